/** A small home: two hosts of one Proxmox cluster, a shared and a local datastore each, a loopback node network. */
import type { ClientConfiguration, MachineFacts, MachineSecrets, TalosHelper } from "../../../lab/contracts";
import type { WorldFacts } from "../../../lab/world/facts";
import type { Machine, MachineSpec } from "../../../lab/world/machine";
import type { Proxmox } from "../../../lab/world/proxmox";
import { World, type WorldOptions } from "../../../lab/world/world";
import { FakeKubernetes } from "./fake-kubernetes";
import { fakeTalosHelper } from "./fake-talos-helper";

/** A loopback network of this process' own, so that several test runs do not meet. */
const BASE = `127.${60 + (process.pid % 100)}.${process.pid % 200}`;

/** An address of the node network. */
export const address = (last: number): string => `${BASE}.${last}`;

export const VIP = address(10);
export const SCHEMATIC = "376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba";
export const FACTORY = "https://factory.talos.dev";
export const ENDPOINT = "https://pve.home:8006/";
export const IMAGE_URL = `${FACTORY}/image/${SCHEMATIC}/v1.13.7/nocloud-amd64.qcow2`;
export const IMAGE_FILE = "talos.qcow2";
export const VOLUME = `local:import/${IMAGE_FILE}`;

export const FACTS: WorldFacts = {
  proxmox: [
    {
      name: "pve",
      endpoint: ENDPOINT,
      hosts: [
        { name: "pve1", cores: 8, memoryMiB: 16_384 },
        { name: "pve2", cores: 4, memoryMiB: 8192 },
      ],
      datastores: [
        { name: "local", contents: ["import", "iso"], hosts: ["pve1", "pve2"], kind: "local" },
        { name: "ceph", contents: ["import", "images"], hosts: ["pve1", "pve2"], kind: "shared" },
        { name: "local-lvm", contents: ["images"], hosts: ["pve1", "pve2"], kind: "local" },
      ],
      bridges: ["vmbr0"],
      pools: ["home"],
      pciMappings: { gpu: ["pve1"] },
    },
  ],
  network: { nodes: `${BASE}.0/24`, taken: [address(1)], vip: VIP },
  imageFactory: FACTORY,
};

/** A world without waits and sockets, and what it leans on. */
export interface Home {
  readonly world: World;
  readonly proxmox: Proxmox;
  readonly kubernetes: FakeKubernetes;
  readonly helper: TalosHelper;
}

export function openHome(options: Partial<WorldOptions> = {}): Home {
  const kubernetes = new FakeKubernetes();
  const helper = options.helper ?? fakeTalosHelper();
  const world = World.open({ facts: FACTS, helper, kubernetes, scale: 0, sockets: "off", unscaledPatienceMs: 300, ...options });
  const proxmox = world.proxmoxAt(ENDPOINT);
  return { world, proxmox, kubernetes, helper };
}

/** Puts the nocloud image into a host's datastore. */
export async function download({ proxmox }: Home, host: string, datastore = "local"): Promise<void> {
  if (!proxmox.storage.find(host, `${datastore}:import/${IMAGE_FILE}`)) {
    await proxmox.storage.download({ host, datastore, content: "import", file: IMAGE_FILE, url: IMAGE_URL });
  }
}

/** A machine as the road makes one. */
export function spec(name: string, last: number, changes: Partial<MachineSpec> = {}): MachineSpec {
  return {
    name,
    host: "pve1",
    cores: 2,
    memoryMiB: 2048,
    protection: "off",
    disks: [{ interface: "scsi0", datastore: "local-lvm", sizeGiB: 20, importFrom: VOLUME }],
    auxiliaryDatastores: ["local-lvm"],
    networkDevices: [{ bridge: "vmbr0" }],
    pciMappings: [],
    bootOrder: ["scsi0"],
    nocloudAddresses: [`${address(last)}/24`],
    agent: "off",
    ...changes,
  };
}

/** Downloads, makes and starts a machine, and waits for maintenance. */
export async function boot(home: Home, name: string, last: number, changes: Partial<MachineSpec> = {}): Promise<Machine> {
  const wanted = spec(name, last, changes);
  await download(home, wanted.host);
  const machine = await home.proxmox.machines.create({ spec: wanted, inputs: {} });
  await home.proxmox.machines.start(machine);
  await home.world.idle();
  return machine;
}

/** One cluster's secrets. */
export interface Secrets {
  readonly machineSecrets: MachineSecrets;
  readonly clientConfiguration: ClientConfiguration;
}

/** A machine config, with these facts over the usual ones. */
export async function configOf(
  { helper }: Home,
  { machineSecrets }: Secrets,
  node: { readonly name: string; readonly last: number; readonly type?: "controlplane" | "worker" },
  changes: Partial<MachineFacts> = {},
): Promise<string> {
  const type = node.type ?? "controlplane";
  const patch: Partial<MachineFacts> = {
    hostname: node.name,
    addresses: [`${address(node.last)}/24`],
    installImage: `factory.talos.dev/nocloud-installer/${SCHEMATIC}:v1.13.7`,
    ...(type === "controlplane" ? { vip: VIP } : {}),
    ...changes,
  };
  const { machineConfiguration } = await helper.config({
    clusterName: "home",
    clusterEndpoint: `https://${VIP}:6443`,
    machineType: type,
    machineSecrets,
    configPatches: [JSON.stringify(patch)],
    kubernetesVersion: "1.36.3",
    contract: "v1.13",
  });
  return machineConfiguration;
}

/** Whom to dial for a node. */
export const target = ({ clientConfiguration }: Secrets, last: number) => ({
  endpoint: address(last),
  node: address(last),
  client: clientConfiguration,
});

/** Boots a machine and applies its config. */
export async function join(
  home: Home,
  secrets: Secrets,
  node: { readonly name: string; readonly last: number; readonly type?: "controlplane" | "worker" },
  changes: Partial<MachineFacts> = {},
): Promise<Machine> {
  const machine = await boot(home, node.name, node.last);
  await home.world.talos.applyConfiguration(target(secrets, node.last), await configOf(home, secrets, node, changes), "auto");
  await home.world.idle();
  return machine;
}

/** Three control planes and a worker, bootstrapped. */
export async function bringUp(home: Home): Promise<Secrets> {
  const secrets = await home.helper.secrets({});
  await join(home, secrets, { name: "cp1", last: 11 });
  await join(home, secrets, { name: "cp2", last: 12 });
  await join(home, secrets, { name: "cp3", last: 13 });
  await join(home, secrets, { name: "w1", last: 21, type: "worker" });
  await home.world.talos.bootstrap(target(secrets, 11));
  await home.world.idle();
  return secrets;
}

/** Kinds of the events so far, of one subject when one is given. */
export const kinds = ({ world }: Home, subject?: string): string[] =>
  world.events
    .list()
    .filter((event) => subject === undefined || event.subject === subject)
    .map((event) => event.kind);
