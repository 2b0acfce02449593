import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ControlPlaneSpec, TalosHelper, Toolchain } from "../contracts";
import { KubeClient } from "./client";
import { admissionConfig, encryptionConfig, schedulerConfig } from "./control-plane-files";
import { apiServerFlags, type ControlPlanePorts, controllerManagerFlags, etcdFlags, schedulerFlags } from "./control-plane-flags";
import { ClusterPki } from "./cluster-pki";
import { type Flags, toArguments } from "./flags";
import { freePorts } from "./free-port";
import { kubeconfig } from "./kubeconfig";
import type { Processes } from "./processes";

const PORT_NAMES = ["etcdClient", "etcdPeer", "apiServer", "controllerManager", "scheduler"] as const;
const START_DEADLINE_MS = 60_000;

/** What the control plane is made of. */
export interface ControlPlaneArgs {
  /** State directory of the lab. */
  readonly labDir: string;
  readonly toolchain: Pick<Toolchain, "path">;
  readonly helper: Pick<TalosHelper, "issue">;
  readonly processes: Processes;
}

interface Part {
  readonly name: string;
  readonly flags: Flags;
  /** Changes with whatever makes a new start necessary. */
  readonly signature: string;
}

/** Real etcd, kube-apiserver, controller-manager and scheduler as processes on 127.0.0.1, as a machine config defines them. */
export class ControlPlane {
  readonly client: KubeClient;
  readonly pki: ClusterPki;
  readonly ports: ControlPlanePorts;
  readonly #args: ControlPlaneArgs;
  readonly #signatures = new Map<string, string>();

  private constructor(args: ControlPlaneArgs, pki: ClusterPki, ports: ControlPlanePorts, client: KubeClient) {
    this.#args = args;
    this.pki = pki;
    this.ports = ports;
    this.client = client;
  }

  /** Starts everything and waits until the API server is ready. @throws Error with the end of the log of what did not come up. */
  static async start(args: ControlPlaneArgs, spec: ControlPlaneSpec): Promise<ControlPlane> {
    const { labDir, helper } = args;
    const pki = new ClusterPki(join(labDir, "pki"), helper, spec.facts);
    await pki.writeAll(spec.controlPlanes.map(({ address }) => address));
    const ports = await freePorts(PORT_NAMES, rememberedPorts(pki.path("ports.json")));
    pki.write("ports.json", JSON.stringify(ports));
    const admin = await pki.client("kubernetes-admin", ["system:masters"]);
    const access = { host: "127.0.0.1", port: ports.apiServer, ca: pki.caCertificate("k8s"), certificate: admin.certificate, key: admin.key };
    const plane = new ControlPlane(args, pki, ports, new KubeClient(access));
    pki.write("admin.kubeconfig", kubeconfig({ server: plane.server, ca: access.ca, user: admin, name: "admin" }));
    await plane.#writeKubeconfigs();
    await plane.#startProcesses(spec);
    return plane;
  }

  /**
   * Takes a changed machine config or another control plane into account, as Talos renders its static pods anew: the API
   * server reads a new certificate by itself; a process whose flags or files changed is started again.
   * @returns the names of the processes that were started again.
   */
  async update(spec: ControlPlaneSpec): Promise<readonly string[]> {
    await this.pki.writeAll(spec.controlPlanes.map(({ address }) => address));
    const changed = this.#plan(spec).filter(({ name, signature }) => this.#signatures.get(name) !== signature);
    for (const part of changed) {
      await this.#args.processes.stop(part.name);
      this.#start(part);
      if (part.name === "etcd" || part.name === "kube-apiserver") await this.#waitUntilReady();
    }
    return changed.map(({ name }) => name);
  }

  /** URL of the API server itself, behind every node's and the VIP's forwarder. */
  get server(): string {
    return `https://127.0.0.1:${this.ports.apiServer}`;
  }

  /** Whether the API server says that it is ready. */
  async ready(): Promise<boolean> {
    return this.client.request("GET", "/readyz", { timeoutMs: 2_000 }).then(
      () => true,
      () => false,
    );
  }

  /** Stops the clients, then the API server, then etcd. */
  async stop(): Promise<void> {
    const { processes } = this.#args;
    await processes.stopAll(["kube-scheduler", "kube-controller-manager"]);
    this.client.close();
    await processes.stop("kube-apiserver");
    await processes.stop("etcd");
  }

  async #writeKubeconfigs(): Promise<void> {
    const { pki } = this;
    for (const name of ["controller-manager", "scheduler"]) {
      const user = await pki.client(`system:kube-${name}`);
      pki.write(`${name}.kubeconfig`, kubeconfig({ server: this.server, ca: pki.caCertificate("k8s"), user, name }));
    }
  }

  async #startProcesses(spec: ControlPlaneSpec): Promise<void> {
    const [etcd, apiServer, ...clients] = this.#plan(spec);
    for (const part of [etcd, apiServer]) if (part !== undefined) this.#start(part);
    await this.#waitUntilReady();
    for (const part of clients) this.#start(part);
  }

  /** What is to run, in the order of starting; the configuration files are written. */
  #plan({ facts }: ControlPlaneSpec): readonly Part[] {
    const { ports, pki } = this;
    const path = (file: string): string => pki.path(file);
    const dataDir = etcdDirectory(this.#args.labDir);
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const [admission, encryption] = [admissionConfig(facts), encryptionConfig(facts)];
    pki.write("admission-control-config.yaml", admission);
    pki.write("encryption-config.yaml", encryption);
    pki.write("scheduler-config.yaml", schedulerConfig(path("scheduler.kubeconfig")));
    return [
      toPart("etcd", etcdFlags(facts, ports, path, dataDir), []),
      toPart("kube-apiserver", apiServerFlags(facts, ports, path), [admission, encryption]),
      toPart("kube-controller-manager", controllerManagerFlags(facts, ports, path), []),
      toPart("kube-scheduler", schedulerFlags(facts, ports, path), []),
    ];
  }

  #start({ name, flags, signature }: Part): void {
    const { processes, toolchain } = this.#args;
    const command = name.replace(/^kube-/, "");
    // The API server waits up to a minute for clients to leave; nothing is lost when it is ended sooner, since etcd goes on.
    const graceMs = name === "kube-apiserver" ? 3_000 : 10_000;
    processes.start({ name, command: toolchain.path("kube"), args: [command, ...toArguments(flags)], graceMs });
    this.#signatures.set(name, signature);
  }

  async #waitUntilReady(): Promise<void> {
    const deadline = Date.now() + START_DEADLINE_MS;
    const { processes } = this.#args;
    while (!(await this.ready())) {
      const failing = ["etcd", "kube-apiserver"].find((name) => processes.restarts(name) > (name === "etcd" ? 1 : 3));
      if (failing !== undefined || Date.now() > deadline) {
        const name = failing ?? "kube-apiserver";
        throw new Error(`${name} does not come up; the end of ${processes.logFile(name)}:\n${processes.logTail(name)}`);
      }
      await sleep(50);
    }
  }
}

function toPart(name: string, flags: Flags, files: readonly string[]): Part {
  return { name, flags, signature: JSON.stringify([toArguments(flags), files]) };
}

/** The cluster is gone: removes etcd's data, and every key and token that was for this cluster alone. Logs stay. */
export function wipeCluster(labDir: string): void {
  const temporary = join(labDir, "tmp");
  // The Kubernetes provider leaves its kubeconfigs there.
  const kubeconfigs = existsSync(temporary) ? readdirSync(temporary).filter((name) => name.startsWith("kubeconfig")) : [];
  const gone = [etcdDirectory(labDir), join(labDir, "pki"), join(labDir, "flux"), ...kubeconfigs.map((name) => join(temporary, name))];
  for (const path of gone) rmSync(path, { recursive: true, force: true });
}

function etcdDirectory(labDir: string): string {
  return join(labDir, "etcd");
}

function rememberedPorts(file: string): Partial<Record<(typeof PORT_NAMES)[number], number>> {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Partial<Record<(typeof PORT_NAMES)[number], number>>; // our own file; a port that is taken is replaced
  } catch {
    return {};
  }
}
