import { formatAddress } from "../cidr";
import { DEFAULTS } from "../defaults";
import type { Path } from "../path";
import type { WrittenDraft } from "../shape";
import { candidateNetwork } from "./network";
import { candidateNodes } from "./nodes";
import type { Candidate, CandidateHost, CandidateProxmox } from "./types";

export type * from "./types";

type WrittenProxmox = NonNullable<NonNullable<WrittenDraft["proxmox"]>[string]>;

function present<T>(items: readonly (T | undefined)[] | undefined): readonly T[] {
  return (items ?? []).filter((item) => item !== undefined);
}

function candidateHosts(name: string, written: WrittenProxmox): readonly CandidateHost[] {
  return Object.entries(written.hosts ?? {})
    .map(([host, each]) => {
      const imageDatastore = each?.imageDatastore ?? written.imageDatastore ?? DEFAULTS.imageDatastore;
      const diskDatastore = each?.diskDatastore ?? written.diskDatastore ?? DEFAULTS.diskDatastore;
      return {
        name: host,
        path: ["proxmox", name, "hosts", host],
        cores: each?.cores,
        memoryMiB: each?.memoryMiB,
        reservedMemoryMiB: each?.reservedMemoryMiB ?? DEFAULTS.reservedMemoryMiB,
        imageDatastore,
        diskDatastore,
        datastores: [...new Set([diskDatastore, ...present(each?.datastores), ...present(written.sharedDatastores)])],
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function candidateProxmox(written: WrittenDraft["proxmox"]): readonly CandidateProxmox[] {
  return Object.entries(written ?? {})
    .map(([name, each]) => ({ name, path: ["proxmox", name], hosts: candidateHosts(name, each ?? {}) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function isPrefix(short: Path, long: Path): boolean {
  return short.length <= long.length && short.every((step, index) => step === long[index]);
}

/** Fills in defaults and computes what is computed. Total: whatever is missing stays missing. */
export function candidateOf(written: WrittenDraft, stack: string, brokenPaths: readonly Path[] = []): Candidate {
  const network = candidateNetwork(written.network);
  const proxmox = candidateProxmox(written.proxmox);
  const nodes = candidateNodes({ written, network, proxmox });
  const controlPlanes = nodes.filter((node) => node.role === "controlplane");
  const workers = nodes.filter((node) => node.role === "worker");
  const only = controlPlanes.length === 1 ? controlPlanes[0]?.address.ipv4 : undefined;
  const computed = network.vip ?? only;
  return {
    stack,
    written,
    broken: (path) => brokenPaths.some((each) => isPrefix(path, each) || isPrefix(each, path)),
    network,
    proxmox,
    nodes: [...controlPlanes, ...nodes.filter((node) => node.role !== "controlplane")],
    controlPlanes,
    workers,
    scheduleOnControlPlanes: written.cluster?.scheduleOnControlPlanes ?? workers.length === 0,
    endpoint: written.cluster?.endpoint ?? (computed === undefined ? undefined : formatAddress(computed.value)),
  };
}
