/**
 * A reader of Cilium's policies that knows nothing of how they were made: whether one party's packets reach another, by
 * the rules of Cilium 1.20 (https://docs.cilium.io/en/v1.20/security/policy/). What it does not understand it refuses.
 */

import { contains, parseAddress, parseCidr } from "../../config/cidr";

/** A pod by its namespace and labels, an address outside the cluster, or what Cilium knows by a reserved name. */
export type Party = { readonly namespace: string; readonly labels?: Readonly<Record<string, string>> } | Outside | Entity;
/** Part of the world: Cilium takes no pod and no node for it, whatever their addresses. */
export interface Outside {
  readonly address: string;
}
export type Entity = "world" | "host" | "remote-node" | "kube-apiserver" | "health";

/** A port that is called. */
export interface Call {
  readonly port: number;
  /** @default "TCP" */
  readonly protocol?: "TCP" | "UDP";
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[];
}

interface AddressSet {
  readonly cidr: string;
  readonly except?: readonly string[];
}

/** One rule of a policy; the fields of both directions. */
interface Rule {
  readonly fromEndpoints?: readonly Selector[];
  readonly toEndpoints?: readonly Selector[];
  readonly fromEntities?: readonly string[];
  readonly toEntities?: readonly string[];
  readonly fromCIDR?: readonly string[];
  readonly toCIDR?: readonly string[];
  readonly fromCIDRSet?: readonly AddressSet[];
  readonly toCIDRSet?: readonly AddressSet[];
  readonly toPorts?: readonly { readonly ports: readonly { readonly port: string; readonly protocol: string }[] }[];
}

/** A CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy as the tree has it. */
export interface Policy {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly endpointSelector: Selector;
    readonly enableDefaultDeny?: { readonly ingress?: boolean; readonly egress?: boolean };
    readonly ingress?: readonly Rule[];
    readonly egress?: readonly Rule[];
  };
}

type Direction = "ingress" | "egress";

const NAMESPACE = "io.kubernetes.pod.namespace";
const KNOWN = {
  spec: ["endpointSelector", "enableDefaultDeny", "ingress", "egress"],
  rule: ["fromEndpoints", "toEndpoints", "fromEntities", "toEntities", "fromCIDR", "toCIDR", "fromCIDRSet", "toCIDRSet", "toPorts"],
} as const;

/** Whether a connection gets through: its caller must be let out, and whom it calls must let it in. */
export function reaches(policies: readonly Policy[], from: Party, to: Party, call: Call): boolean {
  return lets(policies, "egress", from, to, call) && lets(policies, "ingress", to, from, call);
}

/** Whether any policy takes away from a party what is not allowed to it. */
export function isClosed(policies: readonly Policy[], subject: Party, direction: Direction): boolean {
  return policies.some((policy) => selects(policy, subject) && denies(policy, direction));
}

function lets(policies: readonly Policy[], direction: Direction, subject: Party, other: Party, call: Call): boolean {
  if (!isClosed(policies, subject, direction)) return true;
  return policies
    .filter((policy) => selects(policy, subject))
    .some((policy) => (policy.spec[direction] ?? []).some((rule) => matches(policy, rule, other, call)));
}

/** Without a word on it, a policy denies by default in every direction that it has rules for. */
function denies({ spec }: Policy, direction: Direction): boolean {
  understand(spec, KNOWN.spec);
  return spec.enableDefaultDeny?.[direction] ?? spec[direction] !== undefined;
}

/** Policies are for pods and for Cilium's health endpoint, which has no namespace; hosts would need a node selector. */
function selects({ kind, metadata, spec }: Policy, subject: Party): boolean {
  if ((typeof subject === "string" && subject !== "health") || isOutside(subject)) return false;
  const labels = labelsOf(subject);
  if (kind === "CiliumNetworkPolicy" && labels[NAMESPACE] !== metadata.namespace) return false;
  return fits(spec.endpointSelector, labels);
}

function matches(policy: Policy, rule: Rule, other: Party, call: Call): boolean {
  understand(rule, KNOWN.rule);
  const endpoints = [...(rule.fromEndpoints ?? []), ...(rule.toEndpoints ?? [])];
  const entities = [...(rule.fromEntities ?? []), ...(rule.toEntities ?? [])];
  const peer =
    typeof other === "string"
      ? entities.includes(other)
      : isOutside(other)
        ? entities.includes("world") || addressSets(rule).some((set) => covered(set, other))
        : endpoints.some((selector) => fits(placed(policy, selector), labelsOf(other)));
  return peer && (rule.toPorts === undefined || rule.toPorts.some(({ ports }) => ports.some((port) => covers(port, call))));
}

function isOutside(party: Party): party is Outside {
  return typeof party === "object" && "address" in party;
}

function addressSets({ fromCIDR = [], toCIDR = [], fromCIDRSet = [], toCIDRSet = [] }: Rule): readonly AddressSet[] {
  return [...[...fromCIDR, ...toCIDR].map((cidr) => ({ cidr })), ...fromCIDRSet, ...toCIDRSet];
}

function covered({ cidr, except = [] }: AddressSet, { address }: Outside): boolean {
  return within(cidr, address) && !except.some((each) => within(each, address));
}

function within(network: string, address: string): boolean {
  const [cidr, parsed] = [parseCidr(network), parseAddress(address)];
  if (cidr === undefined || parsed === undefined) throw new Error(`the model cannot read ${network} or ${address}`);
  return contains(cidr, parsed);
}

/** A selector of peers that names no namespace means the policy's own, or, cluster-wide, any. */
function placed({ metadata }: Policy, selector: Selector): Selector {
  const keys = [...Object.keys(selector.matchLabels ?? {}), ...(selector.matchExpressions ?? []).map(({ key }) => key)];
  if (keys.some((key) => plain(key) === NAMESPACE)) return selector;
  const own =
    metadata.namespace === undefined
      ? { key: NAMESPACE, operator: "Exists" }
      : { key: NAMESPACE, operator: "In", values: [metadata.namespace] };
  return { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), own] };
}

function labelsOf(party: Party): Readonly<Record<string, string>> {
  return typeof party === "string" || isOutside(party) ? {} : { ...party.labels, [NAMESPACE]: party.namespace };
}

function fits({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Readonly<Record<string, string>>): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[plain(key)] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[plain(key)];
      switch (operator) {
        case "Exists":
          return value !== undefined;
        case "In":
          return value !== undefined && values.includes(value);
        case "NotIn":
          return value === undefined || !values.includes(value);
        default:
          throw new Error(`the model does not know the operator ${operator}`);
      }
    })
  );
}

function plain(key: string): string {
  return key.replace(/^k8s:/, "");
}

function covers({ port, protocol }: { readonly port: string; readonly protocol: string }, call: Call): boolean {
  return Number(port) === call.port && (protocol === "ANY" || protocol === (call.protocol ?? "TCP"));
}

function understand(object: object, known: readonly string[]): void {
  const strange = Object.keys(object).filter((key) => !known.includes(key));
  if (strange.length > 0) throw new Error(`the model does not know ${strange.join(", ")}`);
}
