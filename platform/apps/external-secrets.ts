import { z } from "zod";
import { bitwardenSdk } from "../edge/bitwarden-sdk";
import { clusterSecretStore, storeHosts, storeSchema, storeSecrets } from "../edge/secret-store";
import { defineApp } from "../kit/app";
import { KEEP } from "../kit/objects";
import { whereIs } from "../network/where";
import { CHARTS } from "../versions";

const NAME = "external-secrets";

/** Secrets from outside the cluster: the operator, and one store that ExternalSecrets of every namespace may read. */
export const externalSecrets = defineApp({
  name: NAME,
  summary: "Secrets out of 1Password, Bitwarden or Vault",
  namespace: { name: NAME, podSecurity: "restricted" },
  presence: "chosen",
  needs: [],
  after: ["cert-manager"],
  options: z.strictObject({
    /** The store; without it there is only the operator. */
    store: storeSchema.optional().describe("The store; without it there is only the operator."),
  }),
  chart: { ...CHARTS.externalSecrets, rights: "cluster" },
  vendored: [{ folder: "external-secrets", annotations: KEEP }],
  values: ({ facts }) => ({
    installCRDs: false,
    replicaCount: facts.replicas,
    leaderElect: facts.replicas > 1,
    resources: memory("64Mi", "256Mi"),
    webhook: { replicaCount: facts.replicas, resources: memory("32Mi", "128Mi") },
    certController: { resources: memory("64Mi", "256Mi") },
  }),
  objects: ({ options }) => (options.store?.provider === "bitwarden" ? bitwardenSdk(NAME) : []),
  configuration: ({ options }) => (options.store === undefined ? [] : [clusterSecretStore(options.store, NAME)]),
  secrets: ({ options }) => (options.store === undefined ? [] : storeSecrets(options.store)),
  monitors: () => [{ kind: "PodMonitor", name: NAME, selector: { "app.kubernetes.io/name": NAME }, port: "metrics", containerPort: 8080 }],
  alerts: () => [
    {
      alert: "ExternalSecretNotReady",
      expr: 'externalsecret_status_condition{condition="Ready",status="False"} == 1',
      for: "15m",
      severity: "warning",
      summary: "ExternalSecret {{ $labels.namespace }}/{{ $labels.name }} is not brought up to date.",
    },
    {
      alert: "SecretStoreNotReady",
      expr: 'clustersecretstore_status_condition{condition="Ready",status="False"} == 1',
      for: "15m",
      severity: "critical",
      summary: "ClusterSecretStore {{ $labels.name }} cannot be reached or refuses its credentials.",
    },
  ],
  // Stores answer on ports of their own, and may be in the cluster.
  network: ({ options }) => ({
    from: [{ peer: "kube-apiserver", ports: [10250] }],
    to: [{ peer: "kube-apiserver" }, { peer: "world" }, ...storeHosts(options.store).map((host) => ({ peer: whereIs(host) }))],
  }),
  problems: ({ options, enabled }) =>
    options.store?.provider === "bitwarden" && !enabled.has("cert-manager")
      ? [
          {
            path: ["store", "provider"],
            message: "Bitwarden is reached through a server that needs a certificate, and cert-manager is off",
            fix: "add cert-manager, or choose another store",
            needs: "cert-manager",
          },
        ]
      : [],
});

function memory(request: string, limit: string): Readonly<Record<string, unknown>> {
  return { requests: { cpu: "10m", memory: request }, limits: { memory: limit } };
}
