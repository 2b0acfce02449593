import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Toolchain } from "../contracts";
import { ignoreMissing, type KubeClient } from "../kubernetes/client";
import { freePorts } from "../kubernetes/free-port";
import { Informer } from "../kubernetes/informer";
import { type Pod, textAt } from "../kubernetes/objects";
import type { Processes } from "../kubernetes/processes";
import { containerEnvironment, expandArguments, insideDirectory } from "./container-environment";
import { type Controller, controllerOf, CONTROLLERS, type FluxPorts, overrideArguments } from "./controllers";
import { PodToken } from "./pod-token";

const OPERATOR_MODULE = "github.com/controlplaneio-fluxcd/flux-operator";

/** What Flux' processes need of the lab. */
export interface FluxProcessesArgs {
  /** State directory of the lab; Flux' files are in `flux/`. */
  readonly labDir: string;
  readonly toolchain: Pick<Toolchain, "path" | "moduleDir">;
  readonly processes: Processes;
  /** With the administrator's rights, to watch pods and to ask for the tokens of their service accounts. */
  readonly client: KubeClient;
  /** The API server itself: URL and CA (PEM). */
  readonly access: { readonly server: string; readonly ca: string };
  /** @default flux-system */
  readonly namespace?: string;
  readonly onError?: (error: unknown) => void;
}

interface RunningController {
  readonly podUid: string;
  readonly token: PodToken;
}

/**
 * Flux for real. Whenever a pod of flux-operator or of a Flux controller runs (it is fake: KWOK's), the program itself runs
 * as a process with that pod's arguments, environment and service account, so that lock-down, patches and RBAC take effect.
 * It lives as long as its pod: a changed pod template makes a new pod, and so a new process.
 */
export class FluxProcesses {
  readonly #args: FluxProcessesArgs;
  readonly #pods: Informer<Pod>;
  readonly #running = new Map<Controller, RunningController>();
  #ports: FluxPorts | undefined;

  constructor(args: FluxProcessesArgs) {
    this.#args = args;
    const path = `/api/v1/namespaces/${args.namespace ?? "flux-system"}/pods`;
    const onError = args.onError ?? (() => undefined);
    this.#pods = new Informer<Pod>(args.client, { path, onChange: () => this.#reconcile(), onError });
  }

  async start(): Promise<void> {
    this.#ports = await freePorts(["storage", "events", "receiver"], this.#rememberedPorts());
    mkdirSync(join(this.#args.labDir, "flux"), { recursive: true, mode: 0o700 });
    writeFileSync(this.#portsFile, JSON.stringify(this.#ports));
    this.#pods.start();
  }

  /** URL of notification-controller's webhook receiver (without a path); undefined while it does not run. */
  get receiverUrl(): string | undefined {
    const notification = CONTROLLERS.find(({ tool }) => tool === "notification-controller");
    const runs = notification !== undefined && this.#running.has(notification);
    return runs && this.#ports !== undefined ? `http://127.0.0.1:${this.#ports.receiver}` : undefined;
  }

  /** Names of the programs that run now. */
  get running(): readonly string[] {
    return [...this.#running.keys()].map(({ tool }) => tool);
  }

  async stop(): Promise<void> {
    await this.#pods.stop();
    await Promise.all([...this.#running.keys()].map((controller) => this.#stop(controller)));
  }

  get #portsFile(): string {
    return join(this.#args.labDir, "flux", "ports.json");
  }

  /** The ports of the last time, so that addresses in the status of Flux' objects stay true. */
  #rememberedPorts(): Partial<FluxPorts> {
    try {
      return JSON.parse(readFileSync(this.#portsFile, "utf8")) as Partial<FluxPorts>; // our own file; a port that is taken is replaced
    } catch {
      return {};
    }
  }

  async #reconcile(): Promise<void> {
    const errors: unknown[] = [];
    for (const controller of CONTROLLERS) {
      const pod = newestRunning(this.#pods.items().filter(({ metadata }) => controllerOf(metadata.labels) === controller));
      const now = this.#running.get(controller);
      if (now?.podUid === pod?.metadata.uid) continue;
      await this.#stop(controller);
      if (pod !== undefined) await this.#start(controller, pod).catch((error: unknown) => errors.push(error));
    }
    if (errors.length > 0) throw new AggregateError(errors, errors.map(String).join("; "));
  }

  async #start(controller: Controller, pod: Pod): Promise<void> {
    const { labDir, toolchain, processes, client, access } = this.#args;
    const container = pod.spec.containers[0];
    if (container === undefined || this.#ports === undefined) return;
    const directory = join(labDir, "flux", controller.tool);
    for (const folder of ["tmp", "data"]) mkdirSync(join(directory, folder), { recursive: true, mode: 0o700 });
    const environment = await containerEnvironment(pod, container, (kind, name, key) => this.#read(kind, name, key));
    const token = new PodToken(client, pod, directory);
    const kubeconfig = await token.start(access);
    const distributions = join(toolchain.moduleDir(OPERATOR_MODULE), "config", "data");
    const context = { ports: this.#ports, directory, distributions };
    processes.start({
      name: controller.tool,
      command: toolchain.path(controller.tool),
      args: overrideArguments(expandArguments(container.args ?? [], environment), controller.overrides(context)),
      environment: {
        ...insideDirectory(environment, directory),
        ...controller.environment?.(context),
        KUBECONFIG: kubeconfig,
        TMPDIR: join(directory, "tmp"),
      },
      graceMs: 2_000,
    });
    this.#running.set(controller, { podUid: pod.metadata.uid ?? "", token });
  }

  async #stop(controller: Controller): Promise<void> {
    const token = this.#running.get(controller)?.token;
    this.#running.delete(controller);
    await this.#args.processes.stop(controller.tool);
    token?.stop();
  }

  async #read(kind: "secret" | "configMap", name: string, key: string): Promise<string | undefined> {
    const namespace = this.#args.namespace ?? "flux-system";
    const object = await this.#args.client
      .request("GET", `/api/v1/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`)
      .catch(ignoreMissing);
    const text = textAt(object, "data", key);
    return text === undefined || kind === "configMap" ? text : Buffer.from(text, "base64").toString("utf8");
  }
}

function newestRunning(pods: readonly Pod[]): Pod | undefined {
  return pods
    .filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && status?.phase === "Running")
    .sort((a, b) => (b.metadata.creationTimestamp ?? "").localeCompare(a.metadata.creationTimestamp ?? ""))[0];
}
