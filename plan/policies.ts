/** The policy pack over settings alone: what it can judge without the engine. */
import { ingressRules } from "../components/edge/tunnel";
import { machinePlan } from "../components/machines/plan";
import type { Settings } from "../config/settings";
import { planPlatform } from "../platform/plan";
import type { Resource } from "../policy/resource";
import type { Context, Rule } from "../policy/rule";
import { RULES } from "../policy/rules";
import { MACHINE, TUNNEL_CONFIG } from "../policy/types";
import type { PolicyFinding } from "./finding";

/** Rules whose subject is in the settings: machines, the tunnel's rules, and what Flux applies. The others need resources. */
export const OVER_SETTINGS: readonly string[] = [
  "control-planes-odd",
  "control-planes-spread",
  "machine-identity-unique",
  "machine-memory-fits",
  "machine-no-balloon",
  "machine-pci-by-mapping",
  "machine-protected",
  "machine-tags-sorted",
  "tunnel-ends-in-404",
  "tunnel-public-host",
  "images-pinned",
  "pods-unprivileged",
  "no-cluster-admin",
  "no-open-world",
  "one-owner",
];

/** How many rules the pack has. */
export const RULE_COUNT = RULES.length;

/** What the pack has against settings, by the defaults of its rules. */
export function policiesOverSettings(settings: Settings, rules: readonly Rule[] = RULES): readonly PolicyFinding[] {
  const resources = [...machines(settings), ...tunnel(settings)];
  const context: Context = {
    settings,
    tree: () => planPlatform(settings).flatMap(({ stages }) => stages.flatMap(({ objects }) => objects)),
  };
  return rules
    .filter(({ id }) => OVER_SETTINGS.includes(id))
    .flatMap((rule) =>
      [...resources.flatMap((resource) => rule.resource(resource, context)), ...rule.stack(resources, context)].map(
        ({ message, urn }): PolicyFinding => ({
          rule: rule.id,
          level: rule.level === "mandatory" ? "mandatory" : "advisory",
          subject: resources.find((resource) => resource.urn === urn)?.name ?? settings.stack,
          message,
        }),
      ),
    );
}

function machines(settings: Settings): readonly Resource[] {
  return machinePlan(settings).map(({ node, args, ignoreChanges }) =>
    resource(MACHINE, node.name, { ...args }, { protect: settings.cluster.deletionProtection, ignoreChanges, deleteBeforeReplace: true }),
  );
}

function tunnel({ cloudflare, cluster }: Settings): readonly Resource[] {
  return cloudflare === undefined
    ? []
    : [resource(TUNNEL_CONFIG, "tunnel-ingress", { config: { ingresses: ingressRules(cluster.domains) } })];
}

function resource(type: string, name: string, props: Resource["props"], options: Partial<Resource["options"]> = {}): Resource {
  const none = { protect: false, ignoreChanges: [], additionalSecretOutputs: [] };
  return { type, name, urn: `${type}::${name}`, props, secrets: [], options: { ...none, ...options } };
}
