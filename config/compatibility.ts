/**
 * Which versions go together. Sources, read in July to November 2026:
 * - Talos and Kubernetes: `MinimumKubernetesVersion` and `MaximumKubernetesVersion` in siderolabs/talos,
 *   `pkg/machinery/compatibility/talos1NN`, at v1.13.7 for 1.11 to 1.13 and at v1.14.2 for 1.14.
 * - Cilium and Kubernetes: `Documentation/network/kubernetes/compatibility.rst` in cilium/cilium at v1.20.2
 *   (versions that are tested end to end).
 */

/** Talos minor -> first and last Kubernetes minor that it runs. */
export const TALOS_KUBERNETES: Readonly<Record<string, readonly [number, number]>> = {
  "1.11": [29, 34],
  "1.12": [30, 35],
  "1.13": [31, 36],
  "1.14": [32, 37],
};

/** The Cilium release that Hearth installs, and the first and last Kubernetes minor it is tested with. */
export const CILIUM = { version: "1.20.2", kubernetes: [33, 36] } as const;

/** The Image Factory and machine configs in the form that Hearth writes need at least this Talos minor. */
export const OLDEST_CONTRACT = "v1.12";

export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** `1.13.7`; undefined for anything else. A leading `v` is not accepted, nor a pre-release. */
export function parseVersion(text: string): Version | undefined {
  const match = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.exec(text);
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3]) };
}

/** Negative when `a` is older than `b`, 0 when they are the same. */
export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

/** `1.13` of `1.13.7`. */
export function minorOf(version: Version): string {
  return `${version.major}.${version.minor}`;
}

/** Whether a Kubernetes version lies in a range of minors of Kubernetes 1. */
export function inMinors(version: Version, [first, last]: readonly [number, number]): boolean {
  return version.major === 1 && version.minor >= first && version.minor <= last;
}
