import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import { loadStackFile } from "../../config/stack-file";
import type { Settings } from "../../config/settings";
import { SettingsError } from "../../config/messages";
import { labCharts } from "../charts/catalogue";
import { ChartRegistry } from "../charts/chart-registry";
import type { TalosHelper, Toolchain } from "../contracts";
import { GitServer } from "../git/git-server";
import { callReceivers, type Delivery } from "../git/push-webhook";
import type { LabHome } from "../home";
import { cloudflareProvider } from "../providers/cloudflare";
import { serveProviders, type ProviderServers } from "../providers/frame";
import { proxmoxveProvider } from "../providers/proxmoxve";
import { randomProvider } from "../providers/random";
import { talosProvider } from "../providers/talos";
import type { CloudflareWorld } from "../world/cloudflare";
import { cloudflareAccountOf, openCloudflare } from "../world/cloudflare-part";
import { freePorts } from "../kubernetes/free-port";
import { worldFactsOf } from "../world/facts";
import type { FaultRule } from "../world/faults";
import type { Latencies } from "../world/latencies";
import { World } from "../world/world";
import { type Handlers, serveControl } from "./control";
import { RealCluster } from "./real-cluster";

/** What the command line needs to know of a running daemon. */
export interface DaemonStatus {
  readonly pid: number;
  readonly gitUrl: string;
  readonly chartMirror: string;
  /** Provider name -> port; empty until settings were loaded. */
  readonly providers: Readonly<Record<string, number>>;
  readonly flux: readonly string[];
  readonly remarks: readonly string[];
}

interface Ports {
  readonly git: number;
  readonly charts: number;
}

interface Loaded {
  readonly facts: string;
  readonly world: World;
  readonly cloudflare: CloudflareWorld | undefined;
  readonly servers: ProviderServers;
}

/**
 * The lab while it is up: the world with its stand-in providers, the real cluster, Git and the chart registry. It
 * outlives the command that started it, so that a second `up`, `preview` and `destroy` find what the first one made.
 */
export class Daemon {
  private loaded: Loaded | undefined;
  private git: GitServer | undefined;
  private charts: ChartRegistry | undefined;
  private readonly cluster: RealCluster;
  private deliveries: readonly Delivery[] = [];

  constructor(
    private readonly home: LabHome,
    private readonly toolchain: Toolchain,
    private readonly helper: TalosHelper,
  ) {
    this.cluster = new RealCluster({ labDir: home.dir, toolchain, helper, onError: (error) => console.error(error) });
  }

  async start(stopped: () => void): Promise<Server> {
    const ports = await freePorts(["git", "charts"], this.rememberedPorts());
    writeFileSync(this.portsFile, JSON.stringify(ports), { mode: 0o600 });
    const repository = join(this.home.dir, "home.git");
    const token = readFileSync(this.home.gitToken, "utf8");
    this.git = await GitServer.start({ repository, token, port: ports.git, onPush: (push) => this.announce(push) });
    this.charts = await ChartRegistry.start(labCharts(this.toolchain), ports.charts);
    return serveControl(this.home.socket, this.handlers(stopped));
  }

  private handlers(stopped: () => void): Handlers {
    return {
      status: () => Promise.resolve(this.status()),
      load: () => this.load(),
      publish: (args) => this.publish(args as { readonly tree: readonly (readonly [string, string])[]; readonly message: string }), // the command line's own words
      inventory: () => Promise.resolve({ ...this.world().inventory(), ...this.accountInventory() }),
      calls: () => Promise.resolve(this.world().calls.byName()),
      resetCalls: () => Promise.resolve(this.world().calls.reset()),
      events: () => Promise.resolve(this.world().events.list()),
      fault: (args) => Promise.resolve(this.world().faults.arm(args as FaultRule)), // checked by `arm`
      clearFaults: () => Promise.resolve(this.world().faults.clear()),
      upgradeKubernetes: (args) => Promise.resolve(this.upgradeKubernetes(args as { readonly node: string; readonly version: string })), // a test's own words
      idle: () => this.world().idle(),
      charts: (args) => (args === "off" ? this.registry().switchOff() : this.registry().switchOn()),
      chartRequests: () => Promise.resolve(this.registry().requests.length),
      deliveries: () => Promise.resolve(this.deliveries),
      killCluster: () => this.world().clusters.holdControlPlane(),
      reviveCluster: () => Promise.resolve(this.world().clusters.releaseControlPlane()),
      power: (args) => {
        const { machine, wanted } = args as { readonly machine: string; readonly wanted: "on" | "off" }; // a test's own words
        return this.world().power(machine, wanted);
      },
      latencies: (args) => Promise.resolve(this.world().clock.change(args as Partial<Latencies>)), // likewise
      stop: () => this.stop().finally(() => setImmediate(stopped)),
    };
  }

  private status(): DaemonStatus {
    return {
      pid: process.pid,
      gitUrl: this.server().url,
      chartMirror: this.registry().mirror,
      providers: this.loaded?.servers.ports ?? {},
      flux: this.cluster.fluxPrograms,
      remarks: [...this.toolchain.remarks, ...this.cluster.kubernetes.remarks],
    };
  }

  /** Takes the settings of the engine's copy; opens the world anew when its hardware is another. */
  private async load(): Promise<DaemonStatus> {
    const { settings, problems } = loadStackFile(join(this.home.project, `Pulumi.${this.home.stack}.yaml`), { secrets: "optional" });
    if (settings === undefined) throw new SettingsError(problems, "the lab's copy of the stack file");
    const facts = JSON.stringify(worldFactsOf(settings));
    if (this.loaded?.facts === facts) return this.status();
    await this.unload();
    this.loaded = { facts, ...(await this.open(settings)) };
    return this.status();
  }

  private async open(settings: Settings): Promise<Omit<Loaded, "facts">> {
    const { helper, cluster, home } = this;
    const scale = process.env["HEARTH_LAB_SCALE"] === undefined ? undefined : Number(process.env["HEARTH_LAB_SCALE"]);
    const world = World.open({ facts: worldFactsOf(settings), helper, kubernetes: cluster, labDir: home.dir, scale });
    const cloudflare = settings.cloudflare === undefined ? undefined : openCloudflare(world, cloudflareAccountOf(settings.cloudflare));
    const adapters = [
      proxmoxveProvider(world),
      talosProvider(world, helper),
      randomProvider(),
      ...(cloudflare === undefined ? [] : [cloudflareProvider(cloudflare)]),
    ];
    return { world, cloudflare, servers: await serveProviders(adapters, { host: "127.0.0.1" }) };
  }

  private upgradeKubernetes({ node, version }: { readonly node: string; readonly version: string }): void {
    this.world().talos.upgradeKubernetes(node, version);
  }

  /** Names of what stands in the Cloudflare account. */
  private accountInventory(): Readonly<Record<string, readonly string[]>> {
    const account = this.loaded?.cloudflare?.snapshot();
    return account === undefined
      ? {}
      : { tunnels: account.tunnels.map(({ name }) => name), records: account.records.map(({ name }) => name) };
  }

  private async publish({
    tree,
    message,
  }: {
    readonly tree: readonly (readonly [string, string])[];
    readonly message: string;
  }): Promise<string> {
    return this.server().publish(new Map(tree), message);
  }

  private async announce(push: Parameters<typeof callReceivers>[1]): Promise<void> {
    if (this.cluster.apiServer === undefined) return;
    const { client } = this.cluster.kubernetes;
    const receiverUrl = (): string | undefined => this.cluster.receiverUrl;
    this.deliveries = [...this.deliveries, ...(await callReceivers({ client, receiverUrl, repositoryUrl: this.server().url }, push))];
  }

  private async unload(): Promise<void> {
    const { loaded } = this;
    this.loaded = undefined;
    await loaded?.servers.close();
    await loaded?.world.close();
  }

  private async stop(): Promise<void> {
    await this.unload();
    await this.cluster.stop({ wipe: false });
    await this.git?.stop();
    await this.charts?.switchOff();
    this.helper.close();
  }

  private world(): World {
    if (this.loaded === undefined) throw new Error("the lab has no world yet: run `npm run lab` first");
    return this.loaded.world;
  }

  private server(): GitServer {
    if (this.git === undefined) throw new Error("the Git server does not run");
    return this.git;
  }

  private registry(): ChartRegistry {
    if (this.charts === undefined) throw new Error("the chart registry does not run");
    return this.charts;
  }

  private get portsFile(): string {
    return join(this.home.dir, "ports.json");
  }

  /** Addresses that the settings carry must outlive a restart of the daemon. */
  private rememberedPorts(): Partial<Ports> {
    return existsSync(this.portsFile) ? (JSON.parse(readFileSync(this.portsFile, "utf8")) as Ports) : {}; // written by `start` only
  }
}
