import type { DeclaredApp } from "../kit/app";
import type { KubeObject } from "../kit/objects";
import { FLUX_NAMESPACE } from "../names";
import type { End, Flow, Pods } from "./flows";

/** Label that Cilium puts on every pod, with the name of its namespace. */
const NAMESPACE_LABEL = "k8s:io.kubernetes.pod.namespace";

/**
 * Namespaces that no policy of ours closes. A mistake in kube-system takes DNS, Cilium and metrics away from the whole
 * cluster, one in flux-system takes away the means to mend it, and Flux brings policies of its own for its controllers.
 */
export const OPEN_NAMESPACES: readonly string[] = ["kube-system", FLUX_NAMESPACE];

/**
 * Policies allow, and only the cluster-wide one denies: what is not in default deny by another policy stays open, so
 * that audit and enforcement differ in one object, and an app's policy can never lock out its neighbours.
 */
const ALLOW_ONLY = { ingress: false, egress: false } as const;

type Rule = Readonly<Record<string, unknown>>;

/**
 * The policies of one app: one for its own namespace, and one for each namespace that its flows end in, where the same
 * flow is allowed from the other side. Every policy is for all pods of its namespace, since labels of pods that charts
 * and operators make can only be guessed; apps that share a namespace therefore share what each of them may do.
 */
export function policiesOf(app: Pick<DeclaredApp, "name" | "namespace">, flows: readonly Flow[]): readonly KubeObject[] {
  const own = app.namespace.name;
  const sides = [...within(own), ...flows.flatMap((flow) => bothSides(flow, flow.at ?? own))];
  const namespaces = [...new Set(sides.map(({ at }) => at))].filter((namespace) => !OPEN_NAMESPACES.includes(namespace)).sort();
  return namespaces.map((namespace) =>
    allowance(
      namespace === own ? app.name : `${app.name}-${namespace}`,
      namespace,
      sides.filter(({ at }) => at === namespace),
    ),
  );
}

/** A policy for all pods of a namespace that opens these flows and closes nothing. */
export function allowance(name: string, namespace: string, flows: readonly Flow[]): KubeObject {
  const [ingress, egress] = [rules("in", flows), rules("out", flows)];
  const opened = { ...(ingress.length === 0 ? {} : { ingress }), ...(egress.length === 0 ? {} : { egress }) };
  return policy(name, namespace, { enableDefaultDeny: ALLOW_ONLY, ...opened });
}

/** A policy that closes all pods of a namespace in both directions, but for these flows and what no pod can do without. */
export function enclosure(name: string, namespace: string, flows: readonly Flow[]): KubeObject {
  return policy(name, namespace, {
    enableDefaultDeny: { ingress: true, egress: true },
    ingress: [...ESSENTIALS.ingress, ...rules("in", flows)],
    egress: [...ESSENTIALS.egress, ...rules("out", flows)],
  });
}

/** A flow as seen from one end. */
interface Side extends Flow {
  readonly at: string;
}

/** Pods of one namespace reach each other. */
function within(namespace: string): readonly Side[] {
  return (["in", "out"] as const).map((direction) => ({ direction, at: namespace, peer: { namespace }, protocol: "ANY" }));
}

/** A flow inside one namespace is open already; one to something without pods has one end that can be selected. */
function bothSides(flow: Flow, at: string): readonly Side[] {
  const { direction, peer, ports, protocol } = flow;
  if (!isPods(peer)) return [{ ...flow, at }];
  if (peer.namespace === at) return [];
  const reversed = direction === "in" ? "out" : "in";
  return [
    { ...flow, at },
    { direction: reversed, at: peer.namespace, peer: { namespace: at }, ports, protocol },
  ];
}

function isPods(end: End): end is Pods {
  return typeof end === "object" && "namespace" in end;
}

function policy(name: string, namespace: string, spec: Rule): KubeObject {
  return {
    apiVersion: "cilium.io/v2",
    kind: "CiliumNetworkPolicy",
    metadata: { name, namespace },
    spec: { endpointSelector: {}, ...spec },
  };
}

/** One rule per peer and protocol, with all of its ports; without ports everything is open between the two. */
function rules(direction: Flow["direction"], flows: readonly Flow[]): readonly Rule[] {
  const byPeer = new Map<string, readonly Flow[]>();
  for (const flow of flows.filter((each) => each.direction === direction)) {
    const key = JSON.stringify([flow.peer, flow.protocol]);
    byPeer.set(key, [...(byPeer.get(key) ?? []), flow]);
  }
  const keys = [...byPeer.keys()].sort();
  return keys.map((key) => rule(direction, byPeer.get(key) ?? []));
}

function rule(direction: Flow["direction"], flows: readonly Flow[]): Rule {
  const [first] = flows;
  if (first === undefined) return {};
  const ends = direction === "in" ? source(first.peer) : target(first.peer);
  if (flows.some(({ ports }) => ports === undefined)) return ends;
  const numbers = [...new Set(flows.flatMap(({ ports = [] }) => ports))].sort((a, b) => a - b);
  return { ...ends, toPorts: [{ ports: numbers.map((port) => ({ port: String(port), protocol: first.protocol })) }] };
}

function source(peer: End): Rule {
  if (isPods(peer)) return { fromEndpoints: [selector(peer)] };
  switch (peer) {
    case "kube-apiserver":
      // Its calls to a pod on another node may carry that node's Cilium address, which belongs to no API server.
      return { fromEntities: ["kube-apiserver", "host", "remote-node"] };
    case "nodes":
      return { fromEntities: ["host", "remote-node"] };
    case "world":
      // A node that takes a call for a load-balancer address and passes it on to another puts its own address on it.
      return { fromEntities: ["world", "host", "remote-node"] };
    default:
      return peer.except === undefined ? { fromCIDR: [peer.cidr] } : { fromCIDRSet: [peer] };
  }
}

function target(peer: End): Rule {
  if (isPods(peer)) return { toEndpoints: [selector(peer)] };
  switch (peer) {
    case "kube-apiserver":
    case "world":
      return { toEntities: [peer] };
    case "nodes":
      return { toEntities: ["host", "remote-node"] };
    default:
      return peer.except === undefined ? { toCIDR: [peer.cidr] } : { toCIDRSet: [peer] };
  }
}

function selector({ namespace, labels = {} }: Pods): Rule {
  const prefixed = Object.fromEntries(Object.entries(labels).map(([key, value]) => [`k8s:${key}`, value]));
  return { matchLabels: { [NAMESPACE_LABEL]: namespace, ...prefixed } };
}

/** What a pod cannot do without: probes of its node, DNS, and the API server, which asks every caller for credentials. */
const ESSENTIALS = {
  ingress: [{ fromEntities: ["host"] }],
  egress: [
    {
      toEndpoints: [{ matchLabels: { [NAMESPACE_LABEL]: "kube-system", "k8s:k8s-app": "kube-dns" } }],
      toPorts: [{ ports: [{ port: "53", protocol: "ANY" }] }],
    },
    { ...target("kube-apiserver"), toPorts: [{ ports: [{ port: "6443", protocol: "TCP" }] }] },
  ],
} as const;

/** What the cluster-wide policy closes, and for whom it stays open. */
export interface DefaultDeny {
  /** `audit`: nothing is refused; `enforce`: what no policy allows is refused. */
  readonly mode: "audit" | "enforce";
  /** Namespaces that stay open, besides `OPEN_NAMESPACES`. */
  readonly exempt: readonly string[];
}

/**
 * Closes every pod of every other namespace, those of users included, but for what a pod cannot do without. Cilium's own
 * health endpoints have no namespace, so this policy is not theirs.
 */
export function defaultDeny({ mode, exempt }: DefaultDeny): KubeObject {
  const closed = mode === "enforce";
  const open = [...new Set([...OPEN_NAMESPACES, ...exempt])].sort();
  return {
    apiVersion: "cilium.io/v2",
    kind: "CiliumClusterwideNetworkPolicy",
    metadata: { name: "default-deny" },
    spec: {
      endpointSelector: {
        matchExpressions: [
          { key: NAMESPACE_LABEL, operator: "Exists" },
          { key: NAMESPACE_LABEL, operator: "NotIn", values: open },
        ],
      },
      enableDefaultDeny: { ingress: closed, egress: closed },
      ...ESSENTIALS,
    },
  };
}
