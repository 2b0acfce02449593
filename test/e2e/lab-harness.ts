/** A lab of its own for a test: its own folder, its own loopback network, the real engine and control plane. */
import type { EngineEvent, OpMap } from "@pulumi/pulumi/automation";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseDocument } from "yaml";
import program = require("../../index");
import { control } from "../../lab/daemon/control";
import type { DaemonStatus } from "../../lab/daemon/daemon";
import { LabHome } from "../../lab/home";
import type { KubeClient } from "../../lab/kubernetes/client";
import { clientOf } from "../../lab/cli/report";
import { writeAccess } from "../../lab/cli/engine-commands";
import { daemonStatus, Session } from "../../lab/session";
import { type EnsuredToolchain, ensureToolchain } from "../../lab/toolchain/toolchain";
import type { FaultRule } from "../../lab/world/faults";
import type { WorldEvent } from "../../lab/world/events";

const ROOT = resolve(__dirname, "../..");
let toolchain: Promise<EnsuredToolchain> | undefined;

/** What one run of the engine did. */
export interface Run {
  /** Operation -> number of resources, without `same` and without what is only read. */
  readonly changes: Readonly<Record<string, number>>;
  readonly events: readonly EngineEvent[];
  readonly seconds: number;
}

/** The toolchain of this machine; made once per test process. */
export function testToolchain(): Promise<EnsuredToolchain> {
  toolchain ??= ensureToolchain({ progress: (line) => process.stderr.write(`${line}\n`) });
  return toolchain;
}

/** A stack file's text with some settings changed: path below `config`, such as `["hearth:network", "mtu"]`; undefined removes. */
export function stackText(base: string, changes: readonly (readonly [path: readonly (string | number)[], value: unknown])[]): string {
  const document = parseDocument(base);
  for (const [path, value] of changes) {
    if (value === undefined) document.deleteIn(["config", ...path]);
    else document.setIn(["config", ...path], document.createNode(value));
  }
  return document.toString();
}

/** Text of the lab's own stack file, moved to another loopback network: `127.<octet>.0.0/24`. */
export function labStackText(octet: number): string {
  return readFileSync(join(ROOT, "Pulumi.lab.yaml"), "utf8").replaceAll("127.10.0.", `127.${octet}.0.`);
}

/** A stack file's text with `cp-1` as the only control plane. */
export function oneControlPlane(text: string): string {
  return stackText(text, [
    [["hearth:nodes", "cp-2"], undefined],
    [["hearth:nodes", "cp-3"], undefined],
  ]);
}

export class TestLab {
  private readonly root = mkdtempSync(join(tmpdir(), "hearth-lab-"));
  readonly home: LabHome;

  constructor(
    readonly stack: string,
    text: string,
  ) {
    this.home = new LabHome(stack, join(this.root, "labs"));
    this.write(text);
  }

  get stackFile(): string {
    return join(this.root, `Pulumi.${this.stack}.yaml`);
  }

  /** Replaces the stack file. */
  write(text: string): void {
    writeFileSync(this.stackFile, text);
  }

  /** Changes some settings of the stack file. */
  change(...changes: Parameters<typeof stackText>[1]): void {
    this.write(stackText(readFileSync(this.stackFile, "utf8"), changes));
  }

  /** Daemon, working copy and stack for the stack file as it is now. `other` replaces the program. */
  async open(other?: typeof program): Promise<Session> {
    return Session.open(
      { stack: this.stack, charts: "lab", stackFile: this.stackFile, home: this.home, program: other ?? program },
      await testToolchain(),
    );
  }

  /** Pushes the tree and runs `up`; rejects with the engine's words. */
  async up(other?: typeof program, policyPacks: string[] = []): Promise<Run> {
    const session = await this.open(other);
    await session.publish();
    return this.upIn(session, undefined, policyPacks);
  }

  /** The engine's part of an `up` alone: nothing is pushed. `watch` sees the engine's events as they come. */
  upIn(session: Session, watch?: (event: EngineEvent) => void, policyPacks: string[] = []): Promise<Run> {
    return this.run(async (note) => {
      const onEvent = (event: EngineEvent): void => {
        note(event);
        watch?.(event);
      };
      const result = await session.stack.up({ onEvent, policyPacks });
      writeAccess(session, result.outputs);
      return result.summary.resourceChanges;
    });
  }

  async preview(other?: typeof program, policyPacks: string[] = []): Promise<Run> {
    return this.previewIn(await this.open(other), policyPacks);
  }

  /** The engine's part of a preview alone. */
  previewIn({ stack }: Session, policyPacks: string[] = []): Promise<Run> {
    return this.run(async (onEvent) => (await stack.preview({ onEvent, policyPacks })).changeSummary);
  }

  async refresh(): Promise<Run> {
    const session = await this.open();
    return this.run(async (onEvent) => (await session.stack.refresh({ onEvent })).summary.resourceChanges);
  }

  async destroy(): Promise<Run> {
    const session = await this.open();
    return this.run(async (onEvent) => (await session.destroy({ onEvent })).summary.resourceChanges);
  }

  /** World events, oldest first. */
  events(): Promise<readonly WorldEvent[]> {
    return control(this.home.socket, "events");
  }

  /** Calls to the world since the start or the last `resetCalls`, by name. */
  calls(): Promise<Readonly<Record<string, number>>> {
    return control(this.home.socket, "calls");
  }

  /** Any command of the daemon: `resetCalls`, `fault`, `clearFaults`, `charts`, `killCluster`, `idle`, ... */
  control<T = unknown>(name: string, args?: unknown): Promise<T> {
    return control<T>(this.home.socket, name, args);
  }

  /** Shortens the waits of the road in a world that is open: for tests that are about something else. */
  hurry(): Promise<unknown> {
    return this.control("latencies", {
      download: 1,
      createMachine: 1,
      boot: 1,
      install: 1,
      etcdBootstrap: 1,
      etcdJoin: 1,
      registerNode: 1,
    });
  }

  fault(rule: FaultRule): Promise<unknown> {
    return this.control("fault", rule);
  }

  /** What is there, by kind; every list is empty after `destroy`. */
  inventory(): Promise<Readonly<Record<string, readonly string[]>>> {
    return control(this.home.socket, "inventory");
  }

  status(): Promise<DaemonStatus | undefined> {
    return daemonStatus(this.home);
  }

  /** A client with the administrator's rights, by the cluster's own kubeconfig. */
  kubernetes(): KubeClient {
    return clientOf(this.home.kubeconfig);
  }

  /** Stops every process and removes the folder. */
  async close(): Promise<void> {
    if ((await this.status()) !== undefined) await this.control("stop");
    process.chdir(ROOT);
    rmSync(this.root, { recursive: true, force: true });
  }

  private async run(work: (onEvent: (event: EngineEvent) => void) => Promise<OpMap | undefined>): Promise<Run> {
    const events: EngineEvent[] = [];
    const start = Date.now();
    const { same: _same, read: _read, ...changes } = (await work((event) => events.push(event))) ?? {};
    return { changes, events, seconds: (Date.now() - start) / 1000 };
  }
}
