import type { ControlPlaneSpec, KubernetesRuntime, TalosHelper, Toolchain } from "../contracts";
import { applyBootstrapManifests, applyTalosServiceAccounts } from "./bootstrap-manifests";
import { KubeClient } from "./client";
import { CniWatch } from "./cni-watch";
import { ControlPlane, wipeCluster } from "./control-plane";
import { kubeconfig } from "./kubeconfig";
import { kwok, stages } from "./kwok";
import { imageTag, NodeAgent, type NodeSpec } from "./node-agent";
import { Processes, stopLeftovers } from "./processes";
import { STAND_INS, StandIns } from "./stand-ins";

/** Version of Kubernetes that the toolchain builds. */
const BUILT_KUBERNETES = "v1.36.3";

/** What the lab's Kubernetes is made of. */
export interface LabKubernetesArgs {
  /** State directory of the lab: etcd's data, `pki/` (keys and kubeconfigs, mode 0700), `log/`, `pids.json`. */
  readonly labDir: string;
  readonly toolchain: Pick<Toolchain, "path">;
  /** Talos' own library, which issues the certificates. */
  readonly helper: Pick<TalosHelper, "issue">;
  /** Told about failures in the background, which are tried again. */
  readonly onError?: (error: unknown) => void;
}

interface Running {
  readonly plane: ControlPlane;
  readonly cni: CniWatch;
  readonly standIns: StandIns;
}

/** The real Kubernetes behind the stand-in nodes: control plane, KWOK, node agents and the stand-ins for operators. */
export class LabKubernetes implements KubernetesRuntime {
  /** Every real process of the lab; Flux' are started here, too. */
  readonly processes: Processes;
  readonly #args: LabKubernetesArgs;
  readonly #agents = new Map<string, NodeAgent>();
  readonly #remarks = new Set<string>();
  #starting: Promise<Running> | undefined;
  #running: Running | undefined;

  constructor(args: LabKubernetesArgs) {
    this.#args = args;
    this.processes = new Processes(args.labDir);
  }

  get apiServer(): { readonly host: string; readonly port: number } | undefined {
    return this.#running === undefined ? undefined : { host: "127.0.0.1", port: this.#running.plane.ports.apiServer };
  }

  /** What differs from what the machine configs say, one line each. */
  get remarks(): readonly string[] {
    return [...this.#remarks];
  }

  /** A client with the administrator's rights. @throws Error before the start. */
  get client(): KubeClient {
    return this.#started().plane.client;
  }

  /** URL and CA (PEM) of the API server itself, for kubeconfigs of processes. @throws Error before the start. */
  get access(): { readonly server: string; readonly ca: string } {
    const { plane } = this.#started();
    return { server: plane.server, ca: plane.pki.caCertificate("k8s") };
  }

  async start(spec: ControlPlaneSpec): Promise<void> {
    if (this.#running !== undefined) {
      this.#remarkVersion("kube-apiserver", spec.facts.apiServerImage);
      await this.#running.plane.update(spec);
      await applyTalosServiceAccounts(this.#running.plane.client, spec.facts);
      return;
    }
    this.#starting ??= this.#start(spec).catch(async (error: unknown) => {
      this.#starting = undefined;
      await this.processes.stopAll();
      throw error;
    });
    this.#running = await this.#starting;
  }

  async registerNode(node: NodeSpec): Promise<void> {
    const { plane, cni } = this.#started();
    const name = node.facts.hostname;
    this.#agents.get(name)?.pause();
    const { certificate, key } = await plane.pki.client(`system:node:${name}`, ["system:nodes"]);
    const kubelet = new KubeClient({ host: "127.0.0.1", port: plane.ports.apiServer, ca: plane.pki.caCertificate("k8s"), certificate, key });
    const agent = new NodeAgent(name, kubelet, plane.client);
    this.#agents.set(name, agent);
    this.#remarkVersion("kubelet", node.facts.kubeletImage);
    for (const refused of await agent.register(node)) this.#remarks.add(refused);
    cni.poke();
  }

  async nodeStopped(name: string): Promise<void> {
    const agent = this.#agents.get(name);
    this.#agents.delete(name);
    if (await this.healthy()) await agent?.stop();
    else agent?.pause();
  }

  async healthy(): Promise<boolean> {
    return (await this.#running?.plane.ready()) ?? false;
  }

  async stop({ wipe }: { readonly wipe: boolean }): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.#starting = undefined;
    for (const agent of this.#agents.values()) agent.pause();
    this.#agents.clear();
    if (running !== undefined) {
      await Promise.all([running.cni.stop(), running.standIns.stop()]);
      await this.processes.stop("kwok");
      await running.plane.stop();
    }
    await this.processes.stopAll();
    await stopLeftovers(this.#args.labDir);
    if (wipe) wipeCluster(this.#args.labDir);
  }

  async #start(spec: ControlPlaneSpec): Promise<Running> {
    const { labDir, toolchain, helper, onError = () => undefined } = this.#args;
    await stopLeftovers(labDir);
    this.#remarkVersion("kube-apiserver", spec.facts.apiServerImage);
    const plane = await ControlPlane.start({ labDir, toolchain, helper, processes: this.processes }, spec);
    await this.#startKwok(plane, spec);
    await applyBootstrapManifests(plane.client, spec.facts);
    const cni = new CniWatch(plane.client, () => this.#agents.values(), onError);
    const standIns = new StandIns(plane.client, STAND_INS, onError);
    cni.start();
    standIns.start();
    return { plane, cni, standIns };
  }

  async #startKwok({ pki, server }: ControlPlane, { facts }: ControlPlaneSpec): Promise<void> {
    const user = await pki.client("lab-kubelets", ["system:masters"]);
    const access = pki.write("kwok.kubeconfig", kubeconfig({ server, ca: pki.caCertificate("k8s"), user, name: "kwok" }));
    const stagesFile = pki.write("stages.yaml", stages());
    const podCidr = facts.podSubnets[0] ?? "10.244.0.0/16";
    this.processes.start(kwok({ command: this.#args.toolchain.path("kwok"), kubeconfig: access, stagesFile, podCidr }));
  }

  #remarkVersion(what: string, image: string): void {
    const wanted = imageTag(image);
    if (wanted !== "" && wanted !== BUILT_KUBERNETES) this.#remarks.add(`${what} ${wanted} is emulated: the lab runs ${BUILT_KUBERNETES}`);
  }

  #started(): Running {
    if (this.#running === undefined) throw new Error("the lab's Kubernetes was not started");
    return this.#running;
  }
}
