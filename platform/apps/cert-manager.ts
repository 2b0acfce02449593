import { z } from "zod";
import { issuers, ISSUERS, PROFILES, wildcardCertificates } from "../edge/certificates";
import { cloudflareSecret } from "../edge/cloudflare-token";
import { defineApp } from "../kit/app";
import { KEEP } from "../kit/objects";
import { CHARTS } from "../versions";

const NAMESPACE = "cert-manager";

const options = z.strictObject({
  /** Who signs: Let's Encrypt by DNS-01 at Cloudflare, its staging twin (untrusted, without tight limits), or a CA of the cluster's own. */
  issuer: z
    .enum(ISSUERS)
    .default("letsencrypt-production")
    .describe(
      "Who signs: Let's Encrypt by DNS-01 at Cloudflare, its staging twin (untrusted, without tight limits), or a CA of the cluster's own.",
    ),
  /** Address of the account at Let's Encrypt. */
  email: z.email().optional().describe("Address of the account at Let's Encrypt."),
  /** Let's Encrypt's profile: `classic` and `tlsserver` live 90 days, `shortlived` 160 hours. */
  profile: z
    .enum(PROFILES)
    .default("classic")
    .describe("Let's Encrypt's profile: `classic` and `tlsserver` live 90 days, `shortlived` 160 hours."),
  /** Resolvers that are asked whether a challenge is public yet: DNS over HTTPS, so that split DNS at home cannot answer. */
  resolvers: z
    .array(z.url({ protocol: /^https$/ }))
    .min(1)
    .default(["https://1.1.1.1:443/dns-query", "https://1.0.0.1:443/dns-query"])
    .describe("Resolvers that are asked whether a challenge is public yet: DNS over HTTPS, so that split DNS at home cannot answer."),
});

/**
 * Certificates: the issuer, and a wildcard per domain for the Gateways. The issuer is configuration, for which
 * dependants wait; the wildcards come last, since they need Let's Encrypt and Cloudflare, and no database should.
 */
export const certManager = defineApp({
  name: "cert-manager",
  summary: "Certificates: an issuer, and a wildcard per domain for the gateways",
  namespace: { name: NAMESPACE, podSecurity: "restricted" },
  presence: "chosen",
  needs: [],
  after: [],
  options,
  timeout: "15m",
  chart: { ...CHARTS.certManager, rights: "cluster" },
  vendored: [{ folder: "cert-manager", annotations: KEEP }],
  values: ({ options, facts }) => ({
    crds: { enabled: false },
    // Its default is kube-system, which would need rights there.
    global: { leaderElection: { namespace: NAMESPACE } },
    replicaCount: facts.replicas,
    podDisruptionBudget: { enabled: facts.replicas > 1 },
    dns01RecursiveNameservers: options.resolvers.join(","),
    dns01RecursiveNameserversOnly: true,
    resources: memory("64Mi", "256Mi"),
    webhook: {
      replicaCount: facts.replicas,
      podDisruptionBudget: { enabled: facts.replicas > 1 },
      resources: memory("32Mi", "128Mi"),
    },
    cainjector: { replicaCount: facts.replicas, resources: memory("64Mi", "256Mi") },
    startupapicheck: { resources: memory("32Mi", "128Mi") },
  }),
  configuration: ({ options }) => issuers(options, NAMESPACE),
  // The namespace is Envoy Gateway's: without Gateways there is neither a place nor a use for them.
  access: ({ options, settings, enabled }) => (enabled.has("envoy-gateway") ? wildcardCertificates(options, settings.cluster.domains) : []),
  secrets: ({ options, settings }) => (options.issuer === "internal-ca" ? [] : [cloudflareSecret(settings)]),
  monitors: () => [
    {
      kind: "ServiceMonitor",
      name: "cert-manager",
      selector: { "app.kubernetes.io/name": "cert-manager", "app.kubernetes.io/component": "controller" },
      port: "http-metrics",
      containerPort: 9402,
    },
  ],
  alerts: () => [
    {
      alert: "CertificateRenewalOverdue",
      // Relative to the renewal, so that it holds for lives of 90 days and of 160 hours.
      expr: "time() - certmanager_certificate_renewal_timestamp_seconds > 6 * 3600 and certmanager_certificate_renewal_timestamp_seconds > 0",
      severity: "critical",
      summary: "Certificate {{ $labels.namespace }}/{{ $labels.name }} should have been renewed six hours ago.",
    },
    {
      alert: "CertificateNotReady",
      expr: 'certmanager_certificate_ready_status{condition!="True"} == 1',
      for: "30m",
      severity: "warning",
      summary: "Certificate {{ $labels.namespace }}/{{ $labels.name }} is not ready.",
    },
  ],
  // It trusts the system's roots; their CA is not among them.
  warnings: ({ options, enabled }) =>
    options.issuer !== "letsencrypt-production" && enabled.has("cloudflared")
      ? [
          `the tunnel refuses certificates of ${options.issuer}: nothing is reached from the Internet until the issuer is letsencrypt-production`,
        ]
      : [],
  network: () => ({
    from: [{ peer: "kube-apiserver", ports: [10250] }],
    to: [{ peer: "kube-apiserver" }, { peer: "world", ports: [443] }],
  }),
});

function memory(request: string, limit: string): Readonly<Record<string, unknown>> {
  return { requests: { cpu: "10m", memory: request }, limits: { memory: limit } };
}
