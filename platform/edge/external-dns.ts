import type { AlertRule, Monitor } from "../kit/requests";
import { DNS_LABEL, GATEWAYS_NAMESPACE } from "../names";
import { COMPONENTS } from "../versions";

/** One instance of external-dns: which routes it publishes, and by which mark it knows its own records again. */
export interface ExternalDns {
  /** Names the instance in its records; no two instances may share one: each would delete the other's records. */
  readonly owner: string;
  /** What the Gateways say whose routes are published. */
  readonly audience: "internet" | "home";
  readonly domains: readonly string[];
  /** Names that are somebody else's, and everything below them. */
  readonly exclude: readonly string[];
  readonly sources: readonly string[];
  readonly extraArgs: Readonly<Record<string, string | number | boolean>>;
}

/** Values of the chart that every instance has. */
export function externalDnsValues(instance: ExternalDns): Readonly<Record<string, unknown>> {
  return {
    // The chart's own is older and watches TLSRoute in a version that Gateway API's CRDs no longer serve: it would never start.
    image: { tag: COMPONENTS.externalDns },
    // A token that was rotated counts from the next start on.
    deploymentAnnotations: { "reloader.stakater.com/auto": "true" },
    sources: instance.sources,
    gatewayNamespace: GATEWAYS_NAMESPACE,
    policy: "sync",
    registry: "txt",
    txtOwnerId: instance.owner,
    // With the type in a label of its own, the mark of a domain's own name is inside the zone, too.
    txtPrefix: `k8s.${instance.owner}.%{record_type}.`,
    domainFilters: instance.domains,
    excludeDomains: instance.exclude,
    triggerLoopOnEvent: true,
    extraArgs: { "gateway-label-filter": `${DNS_LABEL}=${instance.audience}`, ...instance.extraArgs },
    // The informers hold every route and namespace: less memory ends the first sync.
    resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
  };
}

/** Metrics of an instance, by its release. */
export function externalDnsMonitor(release: string): Monitor {
  return {
    kind: "ServiceMonitor",
    name: release,
    selector: { "app.kubernetes.io/name": "external-dns", "app.kubernetes.io/instance": release },
    port: "http",
    containerPort: 7979,
  };
}

/** Tells when an instance has not got through to its DNS server; `namespace` is the release's. */
export function externalDnsAlert(namespace: string): AlertRule {
  return {
    alert: "ExternalDnsStale",
    expr: `time() - external_dns_controller_last_sync_timestamp_seconds{namespace="${namespace}"} > 15 * 60`,
    for: "5m",
    severity: "warning",
    summary: `${namespace} has not brought DNS up to date for a quarter of an hour.`,
  };
}
