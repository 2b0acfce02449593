import type { DiskSpec, Machine, MachineSpec } from "../world/machine";
import type { Proxmox } from "../world/proxmox";
import type { World } from "../world/world";
import { AdapterError, PartialFailure, type CallContext, type Inputs, type ResourceAdapter } from "./adapter";
import { seconds } from "./duration";
import { numberOf, objectOf, objectsOf, request, textOf, textsOf, unlessGone } from "./proxmoxve-request";
import { rebootsFor, vmDiff, vmProblems } from "./proxmoxve-vm-rules";
import { vm } from "./proxmoxve-vm-table";

/** Extension without which a Talos node has no guest agent. */
const AGENT_EXTENSION = "qemu-guest-agent";

/** `VmLegacy`: a machine on a host of the world. */
export function vmAdapter(world: World): ResourceAdapter {
  const on = <T>(ctx: CallContext, operation: string, subject: string, body: (cluster: Proxmox) => T | Promise<T>): Promise<T> =>
    request(world, ctx, { operation, subject }, body);

  const start = (ctx: CallContext, machine: Machine): Promise<void> =>
    on(ctx, "startMachine", machine.spec.name, (cluster) => cluster.machines.start(machine));

  const stop = async (ctx: CallContext, machine: Machine, inputs: Inputs): Promise<void> => {
    if (inputs["stopOnDestroy"] === true) {
      await on(ctx, "stopMachine", machine.spec.name, (cluster) => cluster.machines.stop(machine));
      return;
    }
    const timeout = numberOf(inputs, "timeoutShutdownVm", 1800);
    await on(ctx, "shutdownMachine", machine.spec.name, (cluster) => cluster.machines.shutdown(machine, timeout, agentOf(world, machine)));
  };

  /** The provider waits for addresses from the guest agent unless it is told not to; without an agent that takes the whole timeout. */
  const waitForAgent = async (ctx: CallContext, machine: Machine, inputs: Inputs): Promise<void> => {
    const agent = objectOf(inputs, "agent");
    if (agent["enabled"] !== true || objectOf(agent, "waitForIp")["disabled"] === true || machine.power === "stopped") return;
    await on(ctx, "agentAddresses", machine.spec.name, async () => {
      if (agentOf(world, machine) === "no") await world.clock.sleep(seconds(textOf(agent, "timeout") || "15m"), ctx.signal);
    });
  };

  return {
    inputs: vm,
    check: (inputs) => ({ inputs, failures: vmProblems(inputs) }),
    diff: (id, oldInputs, _oldState, newInputs) => vmDiff(id, oldInputs, newInputs),
    create: async (inputs, ctx) => {
      refuseRootOnly(inputs);
      const machine = await on(ctx, "createMachine", textOf(inputs, "name"), (cluster) =>
        cluster.machines.create(
          { spec: specOf(inputs), ...(typeof inputs["vmId"] === "number" ? { vmId: inputs["vmId"] } : {}), inputs },
          ctx.signal,
        ),
      );
      try {
        if (inputs["started"] !== false && inputs["template"] !== true) await start(ctx, machine);
        await waitForAgent(ctx, machine, inputs);
      } catch (error) {
        throw error instanceof AdapterError ? new PartialFailure(error.message, String(machine.vmId), stateOf(machine)) : error;
      }
      return { id: String(machine.vmId), state: stateOf(machine) };
    },
    read: async (id, _state, ctx) => {
      const machine = await unlessGone(on(ctx, "getMachine", id, (cluster) => cluster.machines.get(Number(id))));
      if (!machine) return undefined;
      await waitForAgent(ctx, machine, machine.inputs);
      return { id, state: stateOf(machine), inputs: currentInputs(machine) };
    },
    update: async (id, _oldState, newInputs, ctx) => {
      const machine = await on(ctx, "getMachine", id, (cluster) => cluster.machines.get(Number(id)));
      const { name } = machine.spec;
      const reboots = rebootsFor(vmDiff(id, machine.inputs, newInputs), newInputs);
      await on(ctx, "updateMachine", name, (cluster) => cluster.machines.update(machine, specOf(newInputs), newInputs));
      if (newInputs["started"] === false && machine.power !== "stopped") await stop(ctx, machine, newInputs);
      else if (newInputs["started"] !== false && machine.power === "stopped") await start(ctx, machine);
      else if (reboots === "yes" && machine.power === "running") await on(ctx, "rebootMachine", name, () => world.nodes.reboot(machine));
      return { state: stateOf(machine) };
    },
    delete: async (id, state, ctx) => {
      const machine = await unlessGone(on(ctx, "getMachine", id, (cluster) => cluster.machines.get(Number(id))));
      if (!machine) return;
      if (machine.power !== "stopped") await stop(ctx, machine, state);
      await unlessGone(
        on(ctx, "deleteMachine", machine.spec.name, (cluster) => {
          if (machine.spec.protection === "off")
            cluster.ha.beforeMachineDeleted(machine.vmId, state["purgeOnDestroy"] === false ? "keep" : "purge");
          return cluster.machines.delete(machine);
        }),
      );
    },
  };
}

/** Things that an API token may not do, or that need SSH to the host, which the lab does not have. */
function refuseRootOnly(inputs: Inputs): void {
  const rootOnly = [
    objectsOf(inputs, "hostpcis").some((device) => device["id"] !== undefined) ? "hostpcis.id" : undefined,
    objectOf(inputs, "cpu")["affinity"] !== undefined ? "cpu.affinity" : undefined,
    inputs["kvmArguments"] !== undefined ? "kvmArguments" : undefined,
  ].find((name) => name !== undefined);
  if (rootOnly !== undefined) throw new AdapterError(`only root can set '${rootOnly}': an API token is refused`);
  if (objectsOf(inputs, "disks").some((disk) => disk["fileId"] !== undefined))
    throw new AdapterError("disks.fileId is imported over SSH, which the lab does not have: use importFrom");
}

const agentOf = (world: World, machine: Machine): "yes" | "no" =>
  machine.image === undefined ? "no" : world.factory.hasExtension(machine.image.schematic, AGENT_EXTENSION);

function specOf(inputs: Inputs): MachineSpec {
  const [cpu, memory, initialization, efiDisk, tpmState] = ["cpu", "memory", "initialization", "efiDisk", "tpmState"].map((name) =>
    objectOf(inputs, name),
  );
  const auxiliary = [efiDisk, tpmState, initialization].filter(
    (part): part is Inputs => part !== undefined && Object.keys(part).length > 0,
  );
  const pool = textOf(inputs, "poolId");
  return {
    name: textOf(inputs, "name"),
    host: textOf(inputs, "nodeName"),
    cores: numberOf(cpu ?? {}, "cores", 1) * numberOf(cpu ?? {}, "sockets", 1),
    memoryMiB: numberOf(memory ?? {}, "dedicated", 512),
    protection: inputs["protection"] === true ? "on" : "off",
    ...(pool === "" ? {} : { pool }),
    disks: objectsOf(inputs, "disks").map(diskOf),
    auxiliaryDatastores: auxiliary.map((part) => textOf(part, "datastoreId") || "local-lvm"),
    networkDevices: objectsOf(inputs, "networkDevices").map((device) => {
      const mac = textOf(device, "macAddress");
      return { bridge: textOf(device, "bridge") || "vmbr0", ...(mac === "" ? {} : { mac: mac.toUpperCase() }) };
    }),
    pciMappings: objectsOf(inputs, "hostpcis").map((device) => textOf(device, "mapping")),
    bootOrder: textsOf(inputs, "bootOrders"),
    nocloudAddresses: objectsOf(initialization ?? {}, "ipConfigs").flatMap((config) =>
      [textOf(objectOf(config, "ipv4"), "address"), textOf(objectOf(config, "ipv6"), "address")].filter(
        (address) => address !== "" && address !== "dhcp",
      ),
    ),
    agent: objectOf(inputs, "agent")["enabled"] === true ? "on" : "off",
  };
}

function diskOf(disk: Inputs): DiskSpec {
  const importFrom = textOf(disk, "importFrom");
  return {
    interface: textOf(disk, "interface"),
    datastore: textOf(disk, "datastoreId") || "local-lvm",
    sizeGiB: numberOf(disk, "size", 8),
    ...(importFrom === "" ? {} : { importFrom }),
  };
}

/** Inputs as a refresh finds them: what someone changed behind the engine's back shows. */
function currentInputs({ inputs, spec, power }: Machine): Inputs {
  return {
    ...inputs,
    nodeName: spec.host,
    ...("started" in inputs ? { started: power !== "stopped" } : power === "stopped" ? { started: false } : {}),
    ...("protection" in inputs || spec.protection === "on" ? { protection: spec.protection === "on" } : {}),
  };
}

function stateOf(machine: Machine): Inputs {
  const answering = machine.node.address !== undefined && machine.spec.agent === "on";
  return {
    ...currentInputs(machine),
    vmId: machine.vmId,
    name: machine.spec.name,
    macAddresses: machine.macs,
    ipv4Addresses: answering ? [["127.0.0.1"], [machine.node.address ?? ""]] : [],
    ipv6Addresses: answering ? [["::1"], []] : [],
    networkInterfaceNames: answering ? ["lo", "eth0"] : [],
  };
}
