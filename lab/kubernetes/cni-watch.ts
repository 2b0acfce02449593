import type { KubeClient } from "./client";
import { Informer } from "./informer";
import { nodeOfRunningPod, type NodeAgent } from "./node-agent";
import type { Pod } from "./objects";

/** Watches the pods of the CNI agent and has each node say whether one runs on it. */
export class CniWatch {
  readonly #agents: () => Iterable<NodeAgent>;
  readonly #pods: Informer<Pod>;

  constructor(client: KubeClient, agents: () => Iterable<NodeAgent>, onError: (error: unknown) => void) {
    this.#agents = agents;
    const query = { labelSelector: "k8s-app=cilium" };
    this.#pods = new Informer<Pod>(client, { path: "/api/v1/pods", query, onChange: () => this.#mark(), onError });
  }

  start(): void {
    this.#pods.start();
  }

  /** Looks again, because a node came or went. */
  poke(): void {
    this.#pods.poke();
  }

  async stop(): Promise<void> {
    await this.#pods.stop();
  }

  async #mark(): Promise<void> {
    const nodes = new Set(this.#pods.items().map(nodeOfRunningPod));
    const running = [...this.#agents()].filter((agent) => agent.running);
    await Promise.all(running.map((agent) => agent.markCni(nodes.has(agent.name) ? "running" : "absent")));
  }
}
