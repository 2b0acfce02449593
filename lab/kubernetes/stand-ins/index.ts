import { KubeClient } from "../client";
import { Informer } from "../informer";
import type { KubeObject } from "../objects";
import { aiGateway } from "./ai-gateway";
import { certificate } from "./certificate";
import { cloudController } from "./cloud-controller";
import { clusterSecretStore } from "./cluster-secret-store";
import { clusterIssuer, issuer } from "./issuer";
import { gateway } from "./gateway";
import { gatewayClass } from "./gateway-class";
import { keycloak } from "./keycloak";
import { loadBalancer } from "./load-balancer";
import { postgresCluster } from "./postgres-cluster";
import { postgresDatabase } from "./postgres-database";
import { policies } from "./policy";
import { routes } from "./route";
import type { StandIn } from "./stand-in";
import { talosServiceAccount } from "./talos-service-account";
import { volume } from "./volume";

/** Every stand-in for an operator's status that the lab has. A new one is a file and a line here. */
export const STAND_INS: readonly StandIn[] = [
  ...aiGateway,
  ...policies,
  ...routes,
  certificate,
  cloudController,
  clusterIssuer,
  clusterSecretStore,
  gateway,
  gatewayClass,
  issuer,
  keycloak,
  loadBalancer,
  postgresCluster,
  postgresDatabase,
  talosServiceAccount,
  volume,
];

/** Whatever of the lab's Kubernetes is not the real thing, for the lab's report. */
export function standInReport(): readonly Pick<StandIn, "kind" | "why">[] {
  return [
    { kind: "kubelets", why: "KWOK and the lab's node agents: no container runs; a node is Ready while a CNI agent's pod is on it" },
    { kind: "Talos' bootstrap manifests", why: "cluster DNS and the nodes' rights, made by the lab under Talos' field manager" },
    { kind: "admission webhooks", why: "switched off, since no pod answers" },
    ...STAND_INS.map(({ kind, why }) => ({ kind, why })),
  ];
}

/** How often a kind whose CRD has not been seen is looked for: its CRD is what tells, this is for when it does not. */
const UNSERVED_RETRY_MS = 5_000;

/**
 * Runs stand-ins against one cluster; collections that several of them watch are watched once. Most of their kinds come
 * with a CRD, or never: they are waited for by a watch of the CRDs.
 */
export class StandIns {
  readonly #informers = new Map<string, Informer<KubeObject>>();
  readonly #crds: Informer<KubeObject>;

  constructor(client: KubeClient, standIns: readonly StandIn[], onError: (error: unknown) => void) {
    const items = (path: string): readonly KubeObject[] => this.#informers.get(path)?.items() ?? [];
    const paths = new Set(standIns.flatMap(({ watches }) => watches));
    for (const path of paths) {
      const concerned = standIns.filter(({ watches }) => watches.includes(path));
      const onChange = async (): Promise<void> => {
        for (const standIn of concerned) await standIn.reconcile({ client, items });
      };
      this.#informers.set(path, new Informer(client, { path, unservedRetryMs: UNSERVED_RETRY_MS, onChange, onError }));
    }
    const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    this.#crds = new Informer(client, { path, content: "metadata", onChange: () => this.#wake(), onError });
  }

  start(): void {
    this.#crds.start();
    for (const informer of this.#informers.values()) informer.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#crds, ...this.#informers.values()].map((informer) => informer.stop()));
  }

  /** Wakes those whose CRD is there. */
  async #wake(): Promise<void> {
    const names = new Set(this.#crds.items().map(({ metadata }) => metadata.name));
    for (const [path, informer] of this.#informers) if (names.has(crdNameOf(path))) informer.wake();
  }
}

/** `<plural>.<group>` of `/apis/<group>/<version>/<plural>`. */
function crdNameOf(path: string): string {
  const [plural, , group] = path.split("/").reverse();
  return `${plural}.${group}`;
}
