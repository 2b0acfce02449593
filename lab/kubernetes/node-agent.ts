import { setInterval } from "node:timers";
import type { MachineFacts } from "../contracts";
import { ApiError, ignoreMissing, type KubeClient } from "./client";
import { type KubeNode, type KubeObject, textAt } from "./objects";

/** KWOK plays only the nodes with this label: the kubelets that run. */
export const KUBELET_LABEL = "lab.hearth.dev/kubelet";
/** Set by a node on itself while a CNI agent's pod runs on it; KWOK's stages make it Ready then. */
export const CNI_ANNOTATION = "lab.hearth.dev/cni";
/** Where the machine is, `region/zone/vmId`: a real cloud controller would ask Proxmox. */
export const PLACE_ANNOTATION = "lab.hearth.dev/place";

const LEASE_SECONDS = 40;
const RENEW_MS = 10_000;

/** A machine on which a kubelet comes up. */
export interface NodeSpec {
  readonly facts: MachineFacts;
  readonly address: string;
  readonly addressIpv6?: string;
  readonly place?: { readonly region: string; readonly zone: string; readonly vmId: number };
  readonly capacity?: { readonly cores: number; readonly memoryMib: number };
}

/**
 * Stand-in for the kubelet of one node, and for Talos' part in registering it. Everything it writes it writes with the
 * node's own client certificate, so that NodeRestriction judges it; labels of a control plane are applied by the admin,
 * as Talos does. KWOK does what a kubelet's status and pod loops would.
 */
export class NodeAgent {
  readonly name: string;
  readonly #kubelet: KubeClient;
  readonly #admin: KubeClient;
  #renewal: NodeJS.Timeout | undefined;

  constructor(name: string, kubelet: KubeClient, admin: KubeClient) {
    this.name = name;
    this.#kubelet = kubelet;
    this.#admin = admin;
  }

  get running(): boolean {
    return this.#renewal !== undefined;
  }

  /**
   * Registers the node or, when it is there, updates what a kubelet may update. Idempotent.
   * @returns what was refused, in the API server's words; Talos goes on without it, too.
   */
  async register(spec: NodeSpec): Promise<readonly string[]> {
    const existing = await this.#kubelet.find<KubeNode>(this.#path);
    const node = existing ?? (await this.#kubelet.request<KubeNode>("POST", "/api/v1/nodes", { body: registration(this.name, spec) }));
    await this.#kubelet.merge(this.#path, { metadata: { labels: { [KUBELET_LABEL]: "running" }, annotations: placeOf(spec) } });
    await this.#kubelet.merge(`${this.#path}/status`, { status: statusOf(this.name, spec) });
    const refused = await this.#applyMachineMetadata(spec.facts);
    await this.#startHeartbeat(node.metadata.uid ?? "");
    return refused;
  }

  /** The kubelet ends: no more heartbeats, and KWOK leaves the node's pods alone. */
  async stop(): Promise<void> {
    this.pause();
    await this.#admin.merge(this.#path, { metadata: { labels: { [KUBELET_LABEL]: null } } }).catch(ignoreMissing);
  }

  /** Stops the heartbeat without a word to the API server, for when the whole lab goes down. */
  pause(): void {
    clearInterval(this.#renewal);
    this.#renewal = undefined;
    this.#kubelet.close();
  }

  /** Says on the Node whether a CNI agent runs on it. */
  async markCni(state: "running" | "absent"): Promise<void> {
    const node = await this.#kubelet.find<KubeNode>(this.#path);
    if (node === undefined) return;
    const wanted = state === "running" ? "running" : null;
    if ((node.metadata.annotations?.[CNI_ANNOTATION] ?? null) === wanted) return;
    await this.#kubelet.merge(this.#path, { metadata: { annotations: { [CNI_ANNOTATION]: wanted } } });
  }

  get #path(): string {
    return `/api/v1/nodes/${this.name}`;
  }

  /** Labels and annotations of the machine config: one update, so that one that is refused takes the others with it. */
  async #applyMachineMetadata(facts: MachineFacts): Promise<readonly string[]> {
    const controlPlane = facts.machineType === "controlplane";
    const labels = { ...facts.nodeLabels, ...(controlPlane ? { "node-role.kubernetes.io/control-plane": "" } : {}) };
    if (Object.keys(labels).length + Object.keys(facts.nodeAnnotations).length === 0) return [];
    const client = controlPlane ? this.#admin : this.#kubelet;
    try {
      await client.merge(this.#path, { metadata: { labels, annotations: facts.nodeAnnotations } });
      return [];
    } catch (error) {
      if (error instanceof ApiError && (error.status === 403 || error.status === 422)) return [`node ${this.name}: ${error.message}`];
      throw error;
    }
  }

  async #startHeartbeat(uid: string): Promise<void> {
    await this.#renew(uid);
    clearInterval(this.#renewal);
    this.#renewal = setInterval(() => {
      // A beat that is lost (the API server restarts) is made up for by the next one.
      void this.#renew(uid).catch(() => undefined);
    }, RENEW_MS);
  }

  async #renew(uid: string): Promise<void> {
    const collection = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
    const renewTime = new Date().toISOString().replace("Z", "000Z");
    const renewed = await this.#kubelet.merge(`${collection}/${this.name}`, { spec: { renewTime } }).catch(ignoreMissing);
    if (renewed !== undefined) return;
    const ownerReferences = [{ apiVersion: "v1", kind: "Node", name: this.name, uid }];
    const spec = { holderIdentity: this.name, leaseDurationSeconds: LEASE_SECONDS, renewTime };
    const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name: this.name, ownerReferences }, spec };
    await this.#kubelet.request("POST", collection, { body: lease });
  }
}

function placeOf({ place }: NodeSpec): Readonly<Record<string, string>> {
  return place === undefined ? {} : { [PLACE_ANNOTATION]: `${place.region}/${place.zone}/${place.vmId}` };
}

/** The Node object as a kubelet creates it. */
export function registration(name: string, { facts }: NodeSpec): KubeObject {
  const platform = { "kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux", "kubernetes.io/hostname": name };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels: { ...platform, [KUBELET_LABEL]: "running" } },
    spec: { taints: facts.taints.map(({ key, value, effect }) => ({ key, effect, ...(value === "" ? {} : { value }) })) },
  };
}

function statusOf(name: string, { facts, address, addressIpv6, capacity }: NodeSpec): Record<string, unknown> {
  const { cores, memoryMib } = capacity ?? { cores: 4, memoryMib: 16_384 };
  const has = { cpu: String(cores), memory: `${memoryMib}Mi`, "ephemeral-storage": "100Gi", pods: "110" };
  const internal = [address, ...(addressIpv6 === undefined ? [] : [addressIpv6])];
  return {
    addresses: [...internal.map((ip) => ({ type: "InternalIP", address: ip })), { type: "Hostname", address: name }],
    capacity: has,
    // What Talos keeps for the system on a control plane and on a worker differs little: one figure for both.
    allocatable: { ...has, memory: `${Math.max(memoryMib - 512, 256)}Mi` },
    nodeInfo: {
      architecture: "amd64",
      operatingSystem: "linux",
      kubeletVersion: imageTag(facts.kubeletImage),
      kubeProxyVersion: "",
      osImage: `Talos (${imageTag(facts.installImage)}), a stand-in of the lab`,
      kernelVersion: "lab",
      containerRuntimeVersion: "kwok://lab",
      machineID: "",
      systemUUID: "",
      bootID: "",
    },
  };
}

/** Tag of an image reference; empty without one. */
export function imageTag(image: string): string {
  return /:([^/:@]+)(@.*)?$/.exec(image)?.[1] ?? "";
}

/** Name of the node that a pod runs on, when it does. */
export function nodeOfRunningPod(pod: KubeObject): string | undefined {
  const alive = pod.metadata.deletionTimestamp === undefined && textAt(pod, "status", "phase") === "Running";
  return alive ? textAt(pod, "spec", "nodeName") : undefined;
}
