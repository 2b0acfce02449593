/** Rules about who may call what. */
import { at, groupOf, listAt, nameOf, objectsOf, type TreeFacts } from "./facts";
import type { TreeRule } from "./rule";
import type { KubeObject } from "../../../platform/kit/objects";

const POLICIES: ReadonlySet<string> = new Set(["BackendTrafficPolicy", "ClientTrafficPolicy", "SecurityPolicy"]);

/** What a policy aims at: named targets as they are, selectors by the objects that they match. */
function targetsOf(policy: KubeObject, facts: TreeFacts): readonly string[] {
  const named = [
    ...listAt(policy, "spec", "targetRefs"),
    ...(at(policy, "spec", "targetRef") === undefined ? [] : [at(policy, "spec", "targetRef")]),
  ];
  const selected = listAt(policy, "spec", "targetSelectors").flatMap((selector) =>
    objectsOf(facts)
      .filter(({ object }) => object.kind === at(selector, "kind") && object.metadata.namespace === policy.metadata.namespace)
      .filter(({ object }) =>
        Object.entries(Object(at(selector, "matchLabels") ?? {})).every(([key, value]) => object.metadata.labels?.[key] === value),
      )
      .map(({ object }) => `${object.kind} ${nameOf(object)}`),
  );
  const texts = named.map((target) => {
    const section = at(target, "sectionName");
    return `${String(at(target, "kind"))} ${policy.metadata.namespace}/${String(at(target, "name"))}${section === undefined ? "" : ` ${String(section)}`}`;
  });
  return [...texts, ...selected];
}

const onePolicy: TreeRule = {
  id: "one-policy",
  says: "no two policies of one kind aim at the same gateway or route, be it by name or by label: the second would not count",
  violations: (facts) => {
    const aims = new Map<string, string[]>();
    for (const { object } of objectsOf(facts)) {
      if (groupOf(object) !== "gateway.envoyproxy.io" || !POLICIES.has(object.kind)) continue;
      for (const target of new Set(targetsOf(object, facts))) {
        const key = `${object.kind} on ${target}`;
        aims.set(key, [...(aims.get(key) ?? []), nameOf(object)]);
      }
    }
    return [...aims].filter(([, names]) => names.length > 1).map(([key, names]) => `${key}: ${names.join(", ")}`);
  },
};

/** Routes and the hosts that they answer; of an AIGatewayRoute its controller makes an HTTPRoute of the same name. */
function routes(facts: TreeFacts): readonly KubeObject[] {
  return objectsOf(facts)
    .map(({ object }) => (object.kind === "AIGatewayRoute" ? { ...object, kind: "HTTPRoute" } : object))
    .filter(({ kind }) => kind === "HTTPRoute" || kind === "GRPCRoute");
}

const protectedHosts: TreeRule = {
  id: "protected-hosts",
  says: "every route answers hosts that an app declares; a host is protected by a policy on its route, or says why it is not",
  violations: (facts) => {
    if (!facts.stages.some(({ app }) => app === "envoy-gateway")) return [];
    const policies = objectsOf(facts)
      .filter(({ object }) => object.kind === "SecurityPolicy")
      .flatMap(({ object }) => targetsOf(object, facts));
    const unsaid = facts.hosts
      .filter(({ protection }) => "reason" in protection && protection.reason.trim() === "")
      .map(({ host }) => `${host} is open without a reason`);
    const bare = facts.hosts
      .filter(({ protection }) => ["api", "browser", "proxy"].includes(protection.by))
      .filter(({ host }) => {
        const serving = routes(facts).filter((route) => listAt(route, "spec", "hostnames").includes(host));
        return serving.length === 0 || !serving.some((route) => policies.some((target) => target === `${route.kind} ${nameOf(route)}`));
      })
      .map(({ host, protection }) => `${host} says ${protection.by} and no policy is on its route`);
    const declared = new Set(facts.hosts.map(({ host }) => host));
    const stray = routes(facts).flatMap((route) =>
      listAt(route, "spec", "hostnames")
        .filter((host) => typeof host === "string" && !declared.has(host))
        .map((host) => `${route.kind} ${nameOf(route)} answers ${String(host)}, which no app declares`),
    );
    return [...unsaid, ...bare, ...stray];
  },
};

const identityOpen: TreeRule = {
  id: "identity-open",
  says: "Keycloak is reached without logging in at Keycloak",
  violations: (facts) =>
    facts.hosts
      .filter(({ app, protection }) => app === "keycloak" && ["api", "browser", "proxy"].includes(protection.by))
      .map(({ host, protection }) => `${host} is behind ${protection.by}`),
};

const oneNameOneOwner: TreeRule = {
  id: "dns-owners",
  says: "no DNS name has two owners: an app's host, a DNSEndpoint's name, or the tunnel's record of the program",
  violations: (facts) => {
    const tunnel =
      facts.settings.cloudflare === undefined
        ? []
        : facts.settings.cluster.domains.map((domain) => [`external.${domain}`, "the program"] as const);
    const endpoints = objectsOf(facts)
      .filter(({ object }) => object.kind === "DNSEndpoint")
      .flatMap(({ object }) => listAt(object, "spec", "endpoints").map((each) => [String(at(each, "dnsName")), nameOf(object)] as const));
    const hosts = [...new Set(facts.hosts.map(({ host, app }) => `${host} ${app}`))].map((pair) => pair.split(" ") as [string, string]);
    const owners = new Map<string, string[]>();
    for (const [name, owner] of [...tunnel, ...endpoints, ...hosts]) owners.set(name, [...(owners.get(name) ?? []), owner]);
    return [...owners].filter(([, names]) => names.length > 1).map(([name, names]) => `${name}: ${names.join(", ")}`);
  },
};

/** Every rule about who may call what. */
export const EXPOSURE_RULES: readonly TreeRule[] = [onePolicy, protectedHosts, identityOpen, oneNameOneOwner];
