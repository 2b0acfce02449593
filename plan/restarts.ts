import { machinePlan } from "../components/machines/plan";
import { formatPath } from "../config/path";
import type { NodeSettings, Settings } from "../config/settings";
import { enabledApps } from "../platform/plan";
import { differences, touches } from "./differences";
import { configDifferences, configView } from "./machine-config";
import { COUNTS_AFTER_START, effectOf } from "./restart-table";

/** What becomes of one node that was there and stays. */
export interface NodeImpact {
  readonly node: string;
  readonly role: NodeSettings["role"];
  /** Fields that restart it, each with why. */
  readonly restart: readonly string[];
  /** Services and static pods on it that restart, sorted. */
  readonly services: readonly string[];
  /** Other fields of its config that change. */
  readonly inPlace: readonly string[];
  /** What of its machine counts only once somebody restarts it. */
  readonly waits: readonly string[];
}

/** Nodes that feel something, in the order in which the program applies: control planes one at a time, then workers. */
export function nodeImpacts(before: Settings, after: Settings): readonly NodeImpact[] {
  const inOrder = [...after.nodes].sort((a, b) => Number(a.role === "worker") - Number(b.role === "worker"));
  return inOrder.flatMap((node) => {
    const old = before.nodes.find(({ name }) => name === node.name);
    // A machine with another id is a new one: it boots, and nothing restarts.
    if (old === undefined || old.vmId !== node.vmId) return [];
    const impact = impactOn(before, old, after, node);
    const feels = [impact.restart, impact.services, impact.inPlace, impact.waits].some((each) => each.length > 0);
    return feels ? [impact] : [];
  });
}

function impactOn(before: Settings, old: NodeSettings, after: Settings, node: NodeSettings): NodeImpact {
  const fields = configDifferences(configView(before, old), configView(after, node)).map(({ path }) => {
    const effect = effectOf(path);
    return { name: formatPath(path), ...effect, ...(node.role === "controlplane" && effect.onControlPlanes) };
  });
  const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];
  return {
    node: node.name,
    role: node.role,
    restart: unique(fields.filter(({ effect }) => effect === "restart").map(({ name, what }) => `${name}: ${what}`)),
    services: unique(fields.filter(({ effect }) => effect === "service").map(({ what }) => what)),
    inPlace: unique(fields.filter(({ effect }) => effect === "none").map(({ name, what }) => `${name}: ${what}`)),
    waits: waiting(before, after, node.name),
  };
}

function waiting(before: Settings, after: Settings, name: string): readonly string[] {
  const argsOf = (settings: Settings): unknown => machinePlan(settings).find(({ node }) => node.name === name)?.args;
  return differences(argsOf(before), argsOf(after))
    .filter(({ path }) => COUNTS_AFTER_START.some((field) => touches(field, path)))
    .map(({ path }) => formatPath(path));
}

/** What rolls the nodes after the merge, because the wanted versions changed; empty when they did not. */
export function upgradeRolls(before: Settings, after: Settings): readonly string[] {
  const rolls = (["talos", "kubernetes"] as const).flatMap((what) => {
    const [old, now] = [before.cluster.versions[what], after.cluster.versions[what]];
    if (old === now) return [];
    return what === "talos"
      ? [`Talos ${old} → ${now}: **every node restarts**, one at a time, in an order that tuppr chooses`]
      : [`Kubernetes ${old} → ${now}: control plane pods and every kubelet restart, one node at a time; no node does`];
  });
  if (rolls.length === 0 || enabledApps(after).has("tuppr")) return rolls;
  return rolls.map((roll) => `${roll} — but **nobody does it**: the app \`tuppr\` is off`);
}
