import { isDeepStrictEqual } from "node:util";
import { parseAllDocuments } from "yaml";

/** Parts of `machine:` that Talos takes over without a reboot (its `CanApplyImmediate`). */
const IMMEDIATE = [
  "ca", "acceptedCAs", "time", "certSANs", "install", "network", "sysfs", "sysctls", "logging", "controlPlane", "kubelet", "kernel", "registries",
  "pods", "seccompProfiles", "nodeAnnotations", "nodeLabels", "nodeTaints",
]; // prettier-ignore

/** Likewise under `machine.features`. */
const IMMEDIATE_FEATURES = ["kubernetesTalosAPIAccess", "kubePrism", "hostDNS", "imageCache", "nodeAddressSortAlgorithm"];

/** How a running node takes a new config in mode `auto`. */
export function howToApply(before: string, after: string): "immediately" | "reboot" {
  return isDeepStrictEqual(slowPart(before), slowPart(after)) ? "immediately" : "reboot";
}

function slowPart(config: string): unknown {
  for (const document of parseAllDocuments(config)) {
    const value: unknown = document.toJS();
    if (!isRecord(value) || value["kind"] !== undefined || !isRecord(value["machine"])) continue;
    const { features, ...machine } = value["machine"];
    return { ...without(machine, IMMEDIATE), features: isRecord(features) ? without(features, IMMEDIATE_FEATURES) : {} };
  }
  return undefined;
}

const without = (record: Record<string, unknown>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
