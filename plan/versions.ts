import { compareVersions, inMinors, minorOf, parseVersion, TALOS_KUBERNETES, type Version } from "../config/compatibility";
import { isRecord } from "../config/path";
import type { PolicyFinding } from "./finding";

/** Versions of a cluster as they are written or resolved; what is not known is absent. */
export interface VersionFacts {
  readonly versions: Readonly<Partial<Record<Product, string>>>;
  readonly installed: Readonly<Partial<Record<Product, string>>>;
  /** `v1.13`. */
  readonly contract?: string;
}

const PRODUCTS = { talos: "Talos", kubernetes: "Kubernetes" } as const;
type Product = keyof typeof PRODUCTS;
const EACH: readonly Product[] = ["talos", "kubernetes"];

/** What was written, also where the settings do not hold together; `installed` follows `versions` unless it is written. */
export function writtenVersions(raw: Readonly<Record<string, unknown>>): VersionFacts {
  const cluster = isRecord(raw["cluster"]) ? raw["cluster"] : {};
  const pair = (value: unknown): VersionFacts["versions"] => {
    const { talos, kubernetes } = isRecord(value) ? value : {};
    return { ...(typeof talos === "string" && { talos }), ...(typeof kubernetes === "string" && { kubernetes }) };
  };
  const versions = pair(cluster["versions"]);
  const { contract } = cluster;
  return { versions, installed: cluster["installed"] === undefined ? versions : pair(cluster["installed"]), ...(typeof contract === "string" && { contract }) }; // prettier-ignore
}

/** One step of a version, for a table. */
export interface VersionStep {
  /** `cluster.versions.talos`. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** Every version that changes. */
export function versionSteps(before: VersionFacts, after: VersionFacts): readonly VersionStep[] {
  return (["versions", "installed"] as const).flatMap((kind) =>
    EACH.flatMap((product) => {
      const [old, now] = [before[kind][product], after[kind][product]];
      return old === undefined || now === undefined || old === now ? [] : [{ path: `cluster.${kind}.${product}`, before: old, after: now }];
    }),
  );
}

/**
 * What is wrong with a step from one set of versions to another. Talos and Kubernetes go up by at most one minor at a time
 * and never down: Talos upgrades from one minor to the next only (docs, "Upgrading Talos Linux"), and so does Kubernetes'
 * control plane (version skew policy).
 */
export function versionFindings(before: VersionFacts, after: VersionFacts): readonly PolicyFinding[] {
  const jumps = versionSteps(before, after).flatMap(stepFindings);
  return [...jumps, ...together(before, after), ...tooEarly(before, after), ...contractFindings(before, after)];
}

function stepFindings({ path, before, after }: VersionStep): readonly PolicyFinding[] {
  const [old, now] = [parseVersion(before), parseVersion(after)];
  if (old === undefined || now === undefined) return []; // a rule of config/ names what is no version
  const name = path.endsWith(".talos") ? PRODUCTS.talos : PRODUCTS.kubernetes;
  const mandatory = (message: string, fix: string): readonly PolicyFinding[] => [
    { rule: "versions.step", level: "mandatory", subject: path, message: `${name} ${before} → ${after} ${message}`, fix },
  ];
  if (compareVersions(now, old) < 0) return mandatory("goes down, which neither Talos nor etcd takes", `stay at ${before} or go up`);
  if (now.major !== old.major) return mandatory("is another major version", `stay within ${old.major}`);
  if (now.minor - old.minor <= 1) return [];
  const next = `${old.major}.${old.minor + 1}`;
  return mandatory(`skips ${minorOf({ ...now, minor: now.minor - 1 }) === next ? next : `${next} and later`}`, `go to ${next} first`);
}

/** Both wanted at once: one goes first, and the pair in between must be one that runs. */
function together(before: VersionFacts, after: VersionFacts): readonly PolicyFinding[] {
  const [oldTalos, newTalos] = [parsed(before, "talos"), parsed(after, "talos")];
  const [oldKubernetes, newKubernetes] = [parsed(before, "kubernetes"), parsed(after, "kubernetes")];
  if (!oldTalos || !newTalos || !oldKubernetes || !newKubernetes) return [];
  if (compareVersions(oldTalos, newTalos) === 0 || compareVersions(oldKubernetes, newKubernetes) === 0) return [];
  if (runs(newTalos, oldKubernetes) && runs(oldTalos, newKubernetes)) return [];
  const [first, second] = runs(newTalos, oldKubernetes) ? ["Talos", "Kubernetes"] : ["Kubernetes", "Talos"];
  return [
    {
      rule: "versions.together",
      level: "mandatory",
      subject: "cluster.versions",
      message: "Talos and Kubernetes go up at once, and one of the pairs in between does not run",
      fix: `raise ${first} in this change and ${second} in the next one`,
    },
  ];
}

function parsed(facts: VersionFacts, product: Product): Version | undefined {
  return parseVersion(facts.versions[product] ?? "");
}

/** An unknown minor of Talos is another rule's matter. */
function runs(talos: Version, kubernetes: Version): boolean {
  const range = TALOS_KUBERNETES[minorOf(talos)];
  return range === undefined || inMinors(kubernetes, range);
}

/** `installed` says what nodes run: it can follow only a version that was wanted before. */
function tooEarly(before: VersionFacts, after: VersionFacts): readonly PolicyFinding[] {
  return EACH.flatMap((product): readonly PolicyFinding[] => {
    const [wanted, old, now] = [before.versions[product], before.installed[product], after.installed[product]];
    const [goal, fact] = [parseVersion(wanted ?? ""), parseVersion(now ?? "")];
    if (old === now || goal === undefined || fact === undefined || compareVersions(fact, goal) <= 0) return [];
    return [
      {
        rule: "versions.installed-later",
        level: "mandatory",
        subject: `cluster.installed.${product}`,
        message: `is raised to ${now}, which no node can run yet: ${wanted} was wanted until now`,
        fix: `write installed.${product}: "${old}", and raise it once the nodes are through`,
      },
    ];
  });
}

function contractFindings(before: VersionFacts, after: VersionFacts): readonly PolicyFinding[] {
  if (before.contract === undefined || after.contract === undefined || before.contract === after.contract) return [];
  return [
    {
      rule: "versions.contract-kept",
      level: "mandatory",
      subject: "cluster.contract",
      message: `${before.contract} → ${after.contract}: the contract is that of the cluster's birth, and decides what is generated`,
      fix: `leave it at ${before.contract}`,
    },
  ];
}
