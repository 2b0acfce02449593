/** What the real provider refuses and replaces for a machine, from its schema (`proxmoxtf/resource/vm`). */
import { UNKNOWN, type CheckProblem, type DiffResult, type Inputs } from "./adapter";
import { genericDiff, type DiffRules } from "./diff";
import { isObject } from "./values";

/** Path to the values that are taken. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  bios: ["seabios", "ovmf"],
  "efiDisk.type": ["2m", "4m"],
  "efiDisk.fileFormat": ["qcow2", "raw", "vmdk"],
  "tpmState.version": ["v1.2", "v2.0"],
  "agent.type": ["isa", "virtio"],
  scsiHardware: ["lsi", "lsi53c810", "virtio-scsi-pci", "virtio-scsi-single", "megasas", "pvscsi"],
  "operatingSystem.type": ["l24", "l26", "other", "solaris", "w2k", "w2k3", "w2k8", "win7", "win8", "win10", "win11", "wvista", "wxp"],
  "disks[].cache": ["none", "directsync", "writethrough", "writeback", "unsafe"],
  "disks[].discard": ["ignore", "on"],
  "disks[].aio": ["io_uring", "native", "threads"],
  "disks[].fileFormat": ["qcow2", "raw", "vmdk"],
  "networkDevices[].model": ["e1000", "e1000e", "rtl8139", "virtio", "vmxnet3"],
  "initialization.type": ["configdrive2", "nocloud", "opennebula"],
};

/** Path to a number's bounds, both included. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  vmId: [100, 999_999_999],
  "cpu.cores": [1, 1024],
  "cpu.sockets": [1, 16],
  "memory.dedicated": [64, 268_435_456],
  "networkDevices[].mtu": [0, 65_520],
  "networkDevices[].vlanId": [0, 4094],
};

/** Path to the form that a text must have. */
const FORMS: Readonly<Record<string, { readonly form: RegExp; readonly words: string }>> = {
  name: { form: /^(?![-.])[A-Za-z0-9.-]{1,63}$/, words: "a DNS name" },
  machine: {
    form: /^$|^(pc|q35|virt|pc-q35-[\d.]+|pc(-i440fx)?-[\d.]+|virt-[\d.]+)(\+pve\d+)?(\.pxe|,viommu=(intel|virtio))?$/,
    words: "a valid machine type",
  },
  "agent.timeout": { form: /^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/, words: "a duration" },
  "disks[].interface": { form: /^(ide[0-3]|sata[0-5]|scsi([0-9]|[12][0-9]|30)|virtio([0-9]|1[0-5]))$/, words: "a disk interface" },
  "disks[].serial": { form: /^.{0,20}$/, words: "at most 20 characters long" },
  "networkDevices[].macAddress": { form: /^$|^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$/, words: "a MAC address" },
};

/** Everything that the real provider's validators would refuse. */
export function vmProblems(inputs: Inputs): readonly CheckProblem[] {
  const choices = Object.entries(CHOICES).flatMap(([path, allowed]) =>
    valuesAt(inputs, path)
      .filter(({ value }) => typeof value === "string" && !allowed.includes(value))
      .map(({ at, value }) => problem(at, `expected ${at} to be one of ${JSON.stringify(allowed)}, got ${String(value)}`)),
  );
  const ranges = Object.entries(RANGES).flatMap(([path, [least, most]]) =>
    valuesAt(inputs, path)
      .filter(({ value }) => typeof value === "number" && (value < least || value > most))
      .map(({ at, value }) => problem(at, `expected ${at} to be in the range (${least} - ${most}), got ${String(value)}`)),
  );
  const forms = Object.entries(FORMS).flatMap(([path, { form, words }]) =>
    valuesAt(inputs, path)
      .filter(({ value }) => typeof value === "string" && !form.test(value))
      .map(({ at }) => problem(at, `${at} must be ${words}`)),
  );
  return [...choices, ...ranges, ...forms];
}

const problem = (property: string, reason: string): CheckProblem => ({ property, reason });

interface Located {
  readonly at: string;
  readonly value: unknown;
}

/** Values at a path such as `disks[].cache`. */
function valuesAt(inputs: Inputs, path: string): readonly Located[] {
  return path
    .split(".")
    .reduce<readonly Located[]>((found, step) => found.flatMap((located) => below(located, step)), [{ at: "", value: inputs }]);
}

function below({ at, value }: Located, step: string): readonly Located[] {
  if (!isObject(value)) return [];
  const name = step.replace("[]", "");
  const here = at === "" ? name : `${at}.${name}`;
  const child = value[name];
  if (child === undefined) return [];
  if (!step.endsWith("[]")) return [{ at: here, value: child }];
  return Array.isArray(child) ? child.map((item: unknown, index) => ({ at: `${here}[${index}]`, value: item })) : [];
}

/** Inputs whose change needs a new machine whatever it is. */
const REPLACE_ON = [
  "clone",
  "disks[*].fileId",
  "initialization.type",
  "initialization.userDataFileId",
  "initialization.vendorDataFileId",
  "initialization.networkDataFileId",
  "initialization.metaDataFileId",
];

/** What a change means: disks are matched by interface, an image once imported is never looked at again. */
export function vmDiff(id: string, before: Inputs, after: Inputs): DiffResult {
  const [old, next] = matchDisks(before, after);
  const replaceOn = [...REPLACE_ON];
  if (next["vmId"] !== undefined && next["vmId"] !== UNKNOWN && String(next["vmId"]) !== id) replaceOn.push("vmId");
  if (next["migrate"] !== true) replaceOn.push("nodeName");
  if ((old["amdSev"] === undefined) !== (next["amdSev"] === undefined)) replaceOn.push("amdSev");
  if (isObject(old["tpmState"]) && isObject(next["tpmState"])) replaceOn.push("tpmState.version");
  if (isObject(old["efiDisk"]) && isObject(next["efiDisk"])) replaceOn.push("efiDisk.type");
  const rules: DiffRules = { replaceOn, ignore: ["disks[*].importFrom", "initialization.upgrade"], deleteBeforeReplace: "no" };
  return genericDiff(withDefaults(asKept(old)), withDefaults(next), rules);
}

/** Proxmox sorts tags, and the provider compares with what Proxmox has: any other order is a change in every plan. */
function asKept(inputs: Inputs): Inputs {
  const { tags } = inputs;
  return Array.isArray(tags) && tags.every((tag) => typeof tag === "string") ? { ...inputs, tags: [...tags].sort() } : inputs;
}

/** Defaults that matter for comparing: writing one down changes nothing. */
function withDefaults(inputs: Inputs): Inputs {
  const efiDisk = isObject(inputs["efiDisk"]) ? { efiDisk: { type: "2m", ...inputs["efiDisk"] } } : {};
  const tpmState = isObject(inputs["tpmState"]) ? { tpmState: { version: "v2.0", ...inputs["tpmState"] } } : {};
  const flags = {
    migrate: false,
    onBoot: true,
    protection: false,
    rebootAfterUpdate: true,
    started: true,
    stopOnDestroy: false,
    purgeOnDestroy: true,
  };
  return { ...flags, ...inputs, ...efiDisk, ...tpmState };
}

/** Both lists of disks in the order of the first, so that a mere reordering is no change. */
function matchDisks(before: Inputs, after: Inputs): readonly [Inputs, Inputs] {
  const [old, next] = [disksOf(before), disksOf(after)];
  if (!old || !next) return [before, after];
  const order = old.map((disk) => disk["interface"]);
  const sorted = [...next].sort((a, b) => position(order, a) - position(order, b));
  return [before, { ...after, disks: sorted }];
}

const disksOf = (inputs: Inputs): readonly Inputs[] | undefined =>
  Array.isArray(inputs["disks"]) ? inputs["disks"].filter(isObject) : undefined;

function position(order: readonly unknown[], disk: Inputs): number {
  const index = order.indexOf(disk["interface"]);
  return index === -1 ? order.length : index;
}

/** Inputs whose change is only taken over by a reboot, which the provider does by itself unless `rebootAfterUpdate` is false. */
const REBOOT_ON = ["acpi", "amdSev", "bios", "efiDisk", "hostpcis", "kvmArguments", "machine", "memory", "numas", "rngs", "scsiHardware", "serialDevices", "smbios", "tabletDevice", "tpmState", "vga", "virtiofs"]; // prettier-ignore

/** Whether the provider would reboot a running machine for this change. */
export function rebootsFor(diff: DiffResult, next: Inputs): "yes" | "no" {
  const reboots = Object.keys(diff.detailed).some((path) => REBOOT_ON.includes(path.split(/[.[]/)[0] ?? ""));
  return reboots && next["rebootAfterUpdate"] !== false ? "yes" : "no";
}
