/** Stands in for the real control plane in tests: remembers what it was asked and answers on a TCP port. */
import { createServer, type Server } from "node:net";
import type { ControlPlaneSpec, KubernetesRuntime } from "../../../lab/contracts";

/** A control plane of which nothing but an echoing socket exists. */
export class FakeKubernetes implements KubernetesRuntime {
  readonly starts: ControlPlaneSpec[] = [];
  readonly registered: string[] = [];
  readonly stoppedNodes: string[] = [];
  readonly stops: { readonly wipe: boolean }[] = [];
  /** Errors that the next starts throw. */
  readonly failures: Error[] = [];
  apiServer: KubernetesRuntime["apiServer"];
  private server: Server | undefined;

  async start(spec: ControlPlaneSpec): Promise<void> {
    const failure = this.failures.shift();
    if (failure) throw failure;
    this.starts.push(spec);
    if (this.server) return;
    const server = createServer((socket) => socket.on("error", () => undefined).end("kube-apiserver"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    this.server = server;
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    this.apiServer = { host: "127.0.0.1", port: address.port };
  }

  registerNode({ facts }: { readonly facts: { readonly hostname: string } }): Promise<void> {
    this.registered.push(facts.hostname);
    return Promise.resolve();
  }

  nodeStopped(name: string): Promise<void> {
    this.stoppedNodes.push(name);
    return Promise.resolve();
  }

  healthy(): Promise<boolean> {
    return Promise.resolve(this.server !== undefined);
  }

  async stop(options: { readonly wipe: boolean }): Promise<void> {
    this.stops.push(options);
    const { server } = this;
    this.server = undefined;
    this.apiServer = undefined;
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}
