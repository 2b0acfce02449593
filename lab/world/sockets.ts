import type { CertKey, KubernetesRuntime, TalosHelper } from "../contracts";
import { isControlPlane } from "./cluster-state";
import type { Clusters, ClusterSockets } from "./clusters";
import { Forwarder, KUBERNETES_API_PORT } from "./forwarder";
import type { NodeAnswers } from "./machine-service";
import type { Machine } from "./machine";
import { openNodeListener, type NodeListener } from "./node-listener";
import type { NodeSockets } from "./talos-nodes";

/** Hours that a node's own certificates live; they are made anew at each boot. */
const CERTIFICATE_HOURS = 24 * 365;

/** What the sockets answer with. */
export interface SocketsContext {
  readonly helper: TalosHelper;
  readonly kubernetes: KubernetesRuntime;
  /** The clusters, once they exist. */
  clusters(): Clusters;
  /** Someone asks a running node to start etcd. */
  bootstrap(machine: Machine): Promise<void>;
  /** An address that cannot be bound (macOS without an alias) is written down; the model goes on without it. */
  failed(address: string, reason: string): void;
}

/** The real sockets of nodes and VIP, on loopback addresses. */
export class Sockets implements NodeSockets, ClusterSockets {
  private readonly listeners = new Map<string, NodeListener>();
  private readonly forwarders = new Map<string, Forwarder>();
  /** One change of the forwarders at a time. */
  private forwarding: Promise<void> = Promise.resolve();

  constructor(private readonly context: SocketsContext) {}

  async openMaintenance(machine: Machine): Promise<void> {
    const { address } = machine.node;
    if (address === undefined) return;
    const certificate = await this.context.helper.selfSigned({
      commonName: "maintenance-service.talos.dev",
      ips: [address],
      ttlHours: CERTIFICATE_HOURS,
    });
    await this.listen(machine, () => openNodeListener(address, { kind: "maintenance", certificate }));
  }

  async openSecure(machine: Machine, ca: CertKey): Promise<void> {
    const { address, facts } = machine.node;
    if (address === undefined || !facts) return;
    const certificate = await this.context.helper.issue({
      ca,
      commonName: facts.hostname,
      dnsNames: [facts.hostname],
      ips: [address],
      usages: ["server", "client"],
      ttlHours: CERTIFICATE_HOURS,
    });
    await this.listen(machine, () =>
      openNodeListener(address, {
        kind: "secure",
        certificate,
        ca: ca.cert,
        answers: () => this.answers(machine),
        bootstrap: () => this.context.bootstrap(machine),
      }),
    );
  }

  async close(machine: Machine): Promise<void> {
    this.listeners.get(machine.key)?.close();
    this.listeners.delete(machine.key);
    const address = machine.node.address ?? machine.node.facts?.addresses[0]?.split("/")[0];
    if (address !== undefined) await this.inTurn(() => this.closeForwarder(address));
  }

  async forward(addresses: readonly string[]): Promise<void> {
    await this.inTurn(async () => {
      for (const address of [...this.forwarders.keys()]) if (!addresses.includes(address)) await this.closeForwarder(address);
      for (const address of addresses) if (!this.forwarders.has(address)) await this.openForwarder(address);
    });
  }

  /** Closes everything. */
  async closeAll(): Promise<void> {
    for (const listener of this.listeners.values()) listener.close();
    this.listeners.clear();
    await this.forward([]);
  }

  private async listen(machine: Machine, open: () => Promise<NodeListener>): Promise<void> {
    this.listeners.get(machine.key)?.close();
    try {
      this.listeners.set(machine.key, await open());
    } catch (error) {
      this.context.failed(machine.node.address ?? machine.spec.name, error instanceof Error ? error.message : String(error));
    }
  }

  private async openForwarder(address: string): Promise<void> {
    try {
      this.forwarders.set(address, await Forwarder.open(address, KUBERNETES_API_PORT, () => this.context.kubernetes.apiServer));
    } catch (error) {
      this.context.failed(address, error instanceof Error ? error.message : String(error));
    }
  }

  private async closeForwarder(address: string): Promise<void> {
    const forwarder = this.forwarders.get(address);
    this.forwarders.delete(address);
    await forwarder?.close();
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    this.forwarding = this.forwarding.then(work, work);
    return this.forwarding;
  }

  private answers(machine: Machine): NodeAnswers {
    const state = this.context.clusters().of(machine);
    const isMember = state?.members.includes(machine.key) === true && state.quorum === "up";
    const { versions, facts } = machine.node;
    const kubelet = state?.registered.includes(machine.key) === true ? "healthy" : "unhealthy";
    return {
      hostname: facts?.hostname ?? machine.spec.name,
      talosVersion: versions?.talos ?? "",
      kubernetesVersion: versions?.kubernetes ?? "",
      platform: versions?.platform ?? "",
      ...(isMember ? { etcd: { members: state.members.length, leader: state.members[0] ?? "" } } : {}),
      services: [
        { id: "apid", health: "healthy" },
        { id: "machined", health: "healthy" },
        { id: "kubelet", health: kubelet },
        ...(isControlPlane(machine) ? [{ id: "etcd", health: isMember ? ("healthy" as const) : ("unhealthy" as const) }] : []),
      ],
    };
  }
}

/** No sockets at all: the model alone, for tests that need no network. */
export const NO_SOCKETS: NodeSockets & ClusterSockets & { closeAll(): Promise<void> } = {
  openMaintenance: () => Promise.resolve(),
  openSecure: () => Promise.resolve(),
  close: () => Promise.resolve(),
  forward: () => Promise.resolve(),
  closeAll: () => Promise.resolve(),
};
