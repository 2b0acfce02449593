import ipaddr from "ipaddr.js";
import { field, type KubeObject, listAt, type Service, textAt } from "../objects";
import { addressesOf, type AddressRange, contains, rangeOf } from "./address-range";
import type { StandIn, StandInContext } from "./stand-in";

const SERVICES = "/api/v1/services";
const POOLS = "/apis/cilium.io/v2/ciliumloadbalancerippools";
/** The classes that Cilium serves; a Service without one counts, too. */
const CLASSES: readonly (string | undefined)[] = [undefined, "io.cilium/l2-announcer", "io.cilium/bgp-control-plane"];
const REQUESTED = ["lbipam.cilium.io/ips", "io.cilium/lb-ipam-ips"];

interface Pool {
  readonly name: string;
  readonly ranges: readonly AddressRange[];
  readonly selector: unknown;
}

/** Stand-in for the IPAM of Cilium's operator: an address for each LoadBalancer Service, out of a pool that selects it. */
export const loadBalancer: StandIn = {
  kind: "Service of type LoadBalancer",
  why: "Cilium's operator assigns addresses from CiliumLoadBalancerIPPool; Gateways and Flux wait for them",
  watches: [SERVICES, POOLS],
  reconcile,
};

async function reconcile({ client, items }: StandInContext): Promise<void> {
  const pools = items(POOLS).flatMap(toPool);
  const services = items(SERVICES).filter(isLoadBalancer);
  const taken = new Set(services.flatMap(assigned));
  for (const service of services) {
    const now = assigned(service);
    const due = assign(service, pools, taken);
    if (now.join() === due.join()) continue;
    const { namespace = "default", name } = service.metadata;
    await client.merge(`/api/v1/namespaces/${namespace}/services/${name}/status`, {
      status: { loadBalancer: { ingress: due.length === 0 ? null : due.map((ip) => ({ ip, ipMode: "VIP" })) } },
    });
    for (const ip of now) taken.delete(ip);
    for (const ip of due) taken.add(ip);
  }
}

/**
 * The addresses that a Service shall have: those that it asks for, each only when a pool that selects it holds it and
 * nobody else has it; else one per IP family that it keeps or takes from the first pool with a free one.
 */
export function assign(service: Service, pools: readonly Pool[], taken: ReadonlySet<string>): readonly string[] {
  const selecting = pools.filter(({ selector }) => selects(selector, service));
  const own = assigned(service);
  const free = (ip: string): boolean => own.includes(ip) || !taken.has(ip);
  const inPools = (ip: string): boolean => selecting.some(({ ranges }) => ranges.some((range) => contains(range, ip)));
  const asked = requested(service);
  if (asked.length > 0) return asked.filter((ip) => inPools(ip) && free(ip));
  return (service.spec.ipFamilies ?? ["IPv4"]).flatMap((family) => {
    const kept = own.find((ip) => familyOf(ip) === family && inPools(ip));
    if (kept !== undefined) return [kept];
    for (const { ranges } of selecting) {
      for (const range of ranges) {
        if (range.family !== family) continue;
        for (const ip of addressesOf(range)) if (free(ip)) return [ip];
      }
    }
    return [];
  });
}

/** A pool as the stand-in sees it; none for one that is disabled or being deleted. */
export function toPool(object: KubeObject): readonly Pool[] {
  if (object.metadata.deletionTimestamp !== undefined || field(object, "spec", "disabled") === true) return [];
  const ranges = listAt(object, "spec", "blocks").flatMap((block) => {
    const range = rangeOf({ cidr: textAt(block, "cidr"), start: textAt(block, "start"), stop: textAt(block, "stop") });
    return range === undefined ? [] : [range];
  });
  return [{ name: object.metadata.name, ranges, selector: field(object, "spec", "serviceSelector") }];
}

function isLoadBalancer(object: KubeObject): object is Service {
  if (textAt(object, "spec", "type") !== "LoadBalancer" || object.metadata.deletionTimestamp !== undefined) return false;
  return CLASSES.includes(textAt(object, "spec", "loadBalancerClass"));
}

function assigned({ status }: Service): readonly string[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip === undefined ? [] : [ip]));
}

function requested({ metadata }: Service): readonly string[] {
  const text = REQUESTED.map((name) => metadata.annotations?.[name]).find((value) => value !== undefined) ?? "";
  return text.split(",").flatMap((ip) => (ip.trim() === "" ? [] : [ip.trim()]));
}

function selects(selector: unknown, { metadata }: Service): boolean {
  const labels: Readonly<Record<string, string | undefined>> = {
    ...metadata.labels,
    "io.kubernetes.service.namespace": metadata.namespace,
    "io.kubernetes.service.name": metadata.name,
  };
  const equal = Object.entries(field(selector, "matchLabels") ?? {}).every(([key, value]) => labels[key] === value);
  return equal && listAt(selector, "matchExpressions").every((expression) => matches(expression, labels));
}

function matches(expression: unknown, labels: Readonly<Record<string, string | undefined>>): boolean {
  const label = labels[textAt(expression, "key") ?? ""];
  const values = listAt(expression, "values");
  switch (textAt(expression, "operator")) {
    case "In":
      return label !== undefined && values.includes(label);
    case "NotIn":
      return label === undefined || !values.includes(label);
    case "Exists":
      return label !== undefined;
    case "DoesNotExist":
      return label === undefined;
    default:
      return false;
  }
}

function familyOf(ip: string): string {
  return ipaddr.parse(ip).kind() === "ipv6" ? "IPv6" : "IPv4";
}
