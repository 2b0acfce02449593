import type { ControlPlaneSpec, KubernetesRuntime, TalosHelper, Toolchain } from "../contracts";
import { FluxProcesses } from "../flux/flux-processes";
import { LabKubernetes } from "../kubernetes/runtime";

export interface RealClusterArgs {
  readonly labDir: string;
  readonly toolchain: Toolchain;
  readonly helper: TalosHelper;
  readonly onError: (error: unknown) => void;
}

/** Everything real behind the stand-in nodes: Kubernetes, and Flux as soon as its pods run there. */
export class RealCluster implements KubernetesRuntime {
  readonly kubernetes: LabKubernetes;
  private flux: FluxProcesses | undefined;

  constructor(private readonly args: RealClusterArgs) {
    this.kubernetes = new LabKubernetes(args);
  }

  get apiServer(): KubernetesRuntime["apiServer"] {
    return this.kubernetes.apiServer;
  }

  /** Names of Flux' programs that run. */
  get fluxPrograms(): readonly string[] {
    return this.flux?.running ?? [];
  }

  /** Where pushes are announced; undefined while notification-controller does not run. */
  get receiverUrl(): string | undefined {
    return this.flux?.receiverUrl;
  }

  async start(spec: ControlPlaneSpec): Promise<void> {
    await this.kubernetes.start(spec);
    if (this.flux !== undefined) return;
    const { labDir, toolchain, onError } = this.args;
    const { processes, client, access } = this.kubernetes;
    this.flux = new FluxProcesses({ labDir, toolchain, processes, client, access, onError });
    await this.flux.start();
  }

  registerNode(node: Parameters<KubernetesRuntime["registerNode"]>[0]): Promise<void> {
    return this.kubernetes.registerNode(node);
  }

  nodeStopped(name: string): Promise<void> {
    return this.kubernetes.nodeStopped(name);
  }

  healthy(): Promise<boolean> {
    return this.kubernetes.healthy();
  }

  async stop(options: { readonly wipe: boolean }): Promise<void> {
    const { flux } = this;
    this.flux = undefined;
    await flux?.stop();
    await this.kubernetes.stop(options);
  }
}
