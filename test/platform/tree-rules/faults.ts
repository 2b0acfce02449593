import type { KubeObject } from "../../../platform/kit/objects";
import type { StageFacts, TreeFacts } from "./facts";

/** A doctored tree, and what it is that is wrong with it. */
export interface Fault {
  readonly what: string;
  readonly put: (facts: TreeFacts) => TreeFacts;
}

const stage = (name: string, objects: readonly KubeObject[], more: Partial<StageFacts> = {}): StageFacts => ({
  app: name,
  name,
  dependsOn: [],
  objects,
  crds: [],
  ...more,
});

const withStage = (added: StageFacts) => (facts: TreeFacts) => ({ ...facts, stages: [...facts.stages, added] });
const withObjects = (...objects: readonly KubeObject[]) => withStage(stage("thief", objects));

const named = (kind: string, apiVersion: string, name: string, spec: unknown, namespace = "flux-system"): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace },
  spec,
});

const container = { name: "main", image: "example.com/app:1.0.0", resources: { requests: { memory: "1Mi" }, limits: { memory: "1Mi" } } };
const deployment = (pod: object, spec: object = {}, namespace = "echo"): KubeObject =>
  named("Deployment", "apps/v1", "thief", { ...spec, template: { spec: pod } }, namespace);

const policy = (name: string, target: object): KubeObject => named("SecurityPolicy", "gateway.envoyproxy.io/v1alpha1", name, { ...target });

const host = (facts: TreeFacts, over: Partial<TreeFacts["hosts"][number]>): TreeFacts => ({
  ...facts,
  hosts: [
    ...facts.hosts,
    {
      host: "thief.example.com",
      service: "thief",
      port: 80,
      gateway: "internal",
      protection: { by: "browser" },
      app: "thief",
      namespace: "echo",
      ...over,
    },
  ],
});

/** For each rule the ways of breaking it that a catalogue could really have. */
export const FAULTS: Readonly<Record<string, readonly Fault[]>> = {
  dependencies: [
    { what: "a dependency that is not there", put: withStage(stage("thief", [], { dependsOn: ["nowhere"] })) },
    {
      what: "a circle",
      put: (facts) => ({ ...facts, stages: [...facts.stages, stage("a", [], { dependsOn: ["b"] }), stage("b", [], { dependsOn: ["a"] })] }),
    },
  ],
  "crd-before-cr": [
    { what: "a route that does not wait for its CRD", put: withObjects(named("HTTPRoute", "gateway.networking.k8s.io/v1", "thief", {})) },
  ],
  "one-owner": [
    { what: "an object twice", put: withObjects(named("ConfigMap", "v1", "a", {}), named("ConfigMap", "v1", "a", {})) },
    {
      what: "a release of another stage",
      put: (facts) => ({
        ...facts,
        stages: [
          ...facts.stages,
          stage("a", [named("HelmRelease", "helm.toolkit.fluxcd.io/v2", "r", {})]),
          stage("b", [named("HelmRelease", "helm.toolkit.fluxcd.io/v2", "r", {})]),
        ],
      }),
    },
  ],
  namespaces: [
    { what: "a namespace that nobody makes", put: withObjects(named("ConfigMap", "v1", "a", {}, "nowhere")) },
    { what: "a Namespace in the tree", put: withObjects({ apiVersion: "v1", kind: "Namespace", metadata: { name: "a" } }) },
  ],
  "secrets-seeded": [
    {
      what: "a Secret that nobody seeds",
      put: withObjects(deployment({ containers: [{ ...container, envFrom: [{ secretRef: { name: "nowhere" } }] }] })),
    },
    {
      what: "a Secret that is only in another namespace",
      put: withObjects(deployment({ containers: [container], volumes: [{ name: "a", secret: { secretName: "sops-age" } }] })),
    },
    { what: "a Secret in the tree", put: withObjects({ apiVersion: "v1", kind: "Secret", metadata: { name: "a", namespace: "echo" } }) },
  ],
  "storage-classes": [
    {
      what: "a class that nobody makes",
      put: withObjects(named("PersistentVolumeClaim", "v1", "a", { storageClassName: "local-path" }, "echo")),
    },
  ],
  "named-objects": [
    {
      what: "a gateway that is not there",
      put: withObjects(
        named("HTTPRoute", "gateway.networking.k8s.io/v1", "a", { parentRefs: [{ name: "nowhere", namespace: "gateways" }] }),
      ),
    },
    {
      what: "an issuer that is not there",
      put: withObjects(named("Certificate", "cert-manager.io/v1", "a", { issuerRef: { kind: "ClusterIssuer", name: "nowhere" } })),
    },
    {
      what: "a gateway class that is not there",
      put: withObjects(named("Gateway", "gateway.networking.k8s.io/v1", "a", { gatewayClassName: "nowhere" })),
    },
  ],
  "service-accounts": [
    { what: "a pod's account that is not there", put: withObjects(deployment({ serviceAccountName: "nowhere", containers: [container] })) },
    {
      what: "a release's account that is in another namespace",
      put: withObjects(named("HelmRelease", "helm.toolkit.fluxcd.io/v2", "a", { serviceAccountName: "kustomize-controller" }, "echo")),
    },
  ],
  "one-policy": [
    {
      what: "two policies on one gateway",
      put: withObjects(
        policy("jwt", { targetRefs: [{ kind: "Gateway", name: "mcp" }] }),
        policy("cors", { targetRefs: [{ kind: "Gateway", name: "mcp" }] }),
      ),
    },
    {
      what: "a selector that meets a name",
      put: withObjects(
        {
          ...named("HTTPRoute", "gateway.networking.k8s.io/v1", "r", {}),
          metadata: { name: "r", namespace: "flux-system", labels: { a: "b" } },
        },
        policy("jwt", { targetRefs: [{ kind: "HTTPRoute", name: "r" }] }),
        policy("oidc", { targetSelectors: [{ kind: "HTTPRoute", matchLabels: { a: "b" } }] }),
      ),
    },
  ],
  "protected-hosts": [
    {
      what: "a protected host without a policy",
      put: (facts) => host(withStage(stage("envoy-gateway", []))(facts), {}),
    },
    {
      what: "a public host without a reason",
      put: (facts) => host(withStage(stage("envoy-gateway", []))(facts), { protection: { by: "public", reason: " " } }),
    },
    {
      what: "a route for a host that no app declares",
      put: (facts) =>
        withObjects(named("HTTPRoute", "gateway.networking.k8s.io/v1", "r", { hostnames: ["thief.example.com"] }))(
          withStage(stage("envoy-gateway", []))(facts),
        ),
    },
  ],
  "identity-open": [{ what: "Keycloak behind its own log-in", put: (facts) => host(facts, { app: "keycloak" }) }],
  "dns-owners": [
    { what: "two apps on one host", put: (facts) => host(host(facts, { app: "a" }), { app: "b" }) },
    {
      what: "an app on the tunnel's record",
      put: (facts) => host(facts, { host: `external.${facts.settings.cluster.domains[0]}` }),
    },
  ],
  "pod-security": [
    { what: "a root container in a restricted namespace", put: withObjects(deployment({ containers: [container] })) },
    {
      what: "a host path in a restricted namespace",
      put: withObjects(deployment({ containers: [], volumes: [{ name: "a", hostPath: { path: "/" } }] })),
    },
  ],
  pinned: [
    { what: "an image without a tag", put: withObjects(deployment({ containers: [{ ...container, image: "example.com/app" }] })) },
    { what: "the tag latest", put: withObjects(deployment({ containers: [{ ...container, image: "example.com:5000/app:latest" }] })) },
    {
      what: "a floating chart",
      put: withObjects(named("OCIRepository", "source.toolkit.fluxcd.io/v1", "a", { ref: { tag: "v0.0.0-latest" } })),
    },
    {
      what: "a range of chart versions",
      put: withObjects(named("HelmRelease", "helm.toolkit.fluxcd.io/v2", "a", { chart: { spec: { version: "1.*" } } })),
    },
  ],
  "single-writer": [
    {
      what: "a rolled Deployment on a volume of one writer",
      put: withObjects(
        named("PersistentVolumeClaim", "v1", "data", { accessModes: ["ReadWriteOnce"] }, "echo"),
        deployment({ containers: [container], volumes: [{ name: "a", persistentVolumeClaim: { claimName: "data" } }] }),
      ),
    },
  ],
  "job-names": [
    { what: "a Job without a hash", put: withObjects(named("Job", "batch/v1", "setup", {}, "echo")) },
    { what: "a Job that goes away", put: withObjects(named("Job", "batch/v1", "setup-1a2b3c4d", { ttlSecondsAfterFinished: 60 }, "echo")) },
  ],
  "memory-limits": [{ what: "a container without a limit", put: withObjects(deployment({ containers: [{ name: "a", image: "a:1" }] })) }],
};
