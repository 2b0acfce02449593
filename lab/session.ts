import { spawn } from "node:child_process";
import { existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type * as automation from "@pulumi/pulumi/automation";
import { ensureCharts } from "../charts/cache";
import { loadStackFile, secretPaths, type Settings, SettingsError, UserError } from "../config";
import { type ProtectableState, refuseProtectedState, refuseWhileProtected } from "../cli/protection";
import { stackFilePath } from "../cli/stack-settings";
import { message } from "../components/gates/wait";
import { appSchemas } from "../platform/app-options";
import { planPlatform, platformProblems } from "../platform/plan";
import { renderTree } from "../platform/render";
import { PROGRAM_CHARTS } from "../stacks/charts";
import { modulesOfCharts } from "./charts/catalogue";
import type { Toolchain } from "./contracts";
import { control } from "./daemon/control";
import type { DaemonStatus } from "./daemon/daemon";
import { openStack } from "./engine";
import { LabHome, PROJECT } from "./home";
import { labSecret } from "./lab-secrets";
import { removeStaleLocks } from "./stale-locks";
import { ensureToolchain } from "./toolchain/toolchain";
import { Workspace } from "./workspace";

/** Where charts come from in the lab. */
export type ChartSource = "lab" | "upstream";

export interface SessionOptions {
  readonly stack: string;
  readonly charts: ChartSource;
  /** The stack file to copy. @default `Pulumi.<stack>.yaml` in the project */
  readonly stackFile?: string;
  readonly home?: LabHome;
  readonly program?: automation.PulumiFn;
  /** Receives one line for each thing that may take a while. */
  readonly progress?: (line: string) => void;
}

/** Seconds that a daemon may take to answer after its start. */
const DAEMON_START = 60;

/** A lab that is up as far as the engine needs it: daemon, world, working copy. */
export class Session {
  private constructor(
    readonly home: LabHome,
    readonly settings: Settings,
    readonly daemon: DaemonStatus,
    readonly stack: automation.Stack,
  ) {}

  /**
   * Checks the stack file, starts the daemon if none runs, writes the engine's copy and opens the stack.
   * @throws SettingsError before anything is started when the stack file has problems.
   */
  static async open(options: SessionOptions, toolchain: Toolchain): Promise<Session> {
    const source = stackFileOf(options);
    const wanted = checkSource(source, options.stack);
    const home = (options.home ?? new LabHome(options.stack)).prepare();
    if (options.charts === "lab") await fetchChartModules(wanted, options.progress);
    const status = await ensureDaemon(home);
    const workspace = new Workspace(home, source);
    const overrides = { git: { url: status.gitUrl }, ...(options.charts === "lab" ? { charts: { mirror: status.chartMirror } } : {}) };
    workspace.write(overrides, []);
    const paths = secretPaths(loadStackFile(workspace.stackFile).raw);
    const missing = workspace.write(overrides, paths);
    const daemon = await control<DaemonStatus>(home.socket, "load");
    removeStaleLocks(home);
    const stack = await openStack({ home, toolchain, providers: daemon.providers, program: options.program });
    await makeSecrets(stack, workspace, missing, paths, home);
    const { settings, problems } = loadStackFile(workspace.stackFile, { secrets: "required", apps: appSchemas, further: platformProblems });
    if (settings === undefined) throw new SettingsError(problems, workspace.stackFile);
    await ensureCharts(PROGRAM_CHARTS, settings.charts, home.project);
    process.chdir(home.project); // the program looks for its charts below its working directory
    return new Session(home, settings, daemon, stack);
  }

  /** Takes everything down, in order. @throws UserError before the engine starts while the settings or the last `up` protect it. */
  async destroy(options: automation.DestroyOptions): Promise<automation.DestroyResult> {
    refuseWhileProtected(this.home.stack, this.settings);
    refuseProtectedState(this.home.stack, (await this.stack.exportStack()) as ProtectableState); // the engine's own format
    return this.stack.destroy(options);
  }

  /** Pushes a fresh render of the settings to the lab's Git server; returns the commit. */
  publish(): Promise<string> {
    const { path } = this.settings.git;
    const tree = [...renderTree(this.settings)].map(([file, text]) => [`${path}/${file}`, text] as const);
    return control(this.home.socket, "publish", { tree, message: `Render ${path} from Pulumi.${this.home.stack}.yaml` });
  }
}

/** The stack file that a lab is made from: the project's own, else one of the lab's. @throws UserError when there is none. */
export function stackFileOf({ stack, stackFile }: Pick<SessionOptions, "stack" | "stackFile">): string {
  const path = stackFile ?? stackFilePath(stack, PROJECT);
  if (!existsSync(path)) throw new UserError(`there is no ${path}: make one with npm run init, or name another with --stack`);
  return path;
}

/** Fetches the sources of the charts that these settings' apps run, for the lab's registry, unless they are there. */
async function fetchChartModules(settings: Settings, progress: SessionOptions["progress"]): Promise<void> {
  const charts = planPlatform(settings).flatMap(({ chart }) => (chart === undefined ? [] : [chart.name]));
  const modules = modulesOfCharts(new Set(charts));
  if (modules.length === 0) return;
  progress?.(`charts of ${charts.length} apps: from the sources of ${modules.length} Go modules`);
  await ensureToolchain({ only: [], modules, progress: progress ?? (() => undefined) });
}

/** The settings of a stack file, checked without secrets. @throws SettingsError, or UserError for a network that the lab cannot have. */
export function checkSource(source: string, stack: string): Settings {
  const { settings, problems } = loadStackFile(source, { stack, secrets: "optional", apps: appSchemas, further: platformProblems });
  if (settings === undefined) throw new SettingsError(problems, source);
  if (!settings.network.nodes.ipv4.startsWith("127.")) {
    throw new UserError(
      `${source}: the lab gives nodes addresses on the loopback interface only; set network.nodes to a network in 127.0.0.0/8 and network.loopback to true`,
    );
  }
  return settings;
}

/** The daemon's status; starts one when none answers. */
async function ensureDaemon(home: LabHome): Promise<DaemonStatus> {
  const running = await daemonStatus(home);
  if (running !== undefined) return running;
  if (!existsSync(home.gitToken)) writeFileSync(home.gitToken, randomBytes(24).toString("base64url"), { mode: 0o600 });
  const logPath = join(home.logs, "daemon.log");
  const log = openSync(logPath, "a", 0o600);
  const child = spawn(process.execPath, ["--require", require.resolve("tsx/cjs"), join(__dirname, "daemon", "main.ts"), home.stack], {
    cwd: PROJECT,
    detached: true,
    stdio: ["ignore", log, log],
    env: { ...process.env, HEARTH_LAB_DIR: join(home.dir, "..") },
  });
  child.unref();
  for (const end = Date.now() + DAEMON_START * 1000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const status = await daemonStatus(home);
    if (status !== undefined) return status;
    if (child.exitCode !== null) break;
  }
  throw new UserError(`the lab's daemon did not start: ${readFileSync(logPath, "utf8").trim().split("\n").at(-1) ?? ""} (${logPath})`);
}

/** The daemon's status; undefined when none runs. */
export function daemonStatus(home: LabHome): Promise<DaemonStatus | undefined> {
  return control<DaemonStatus>(home.socket, "status").catch((error: unknown) => {
    if (/ENOENT|ECONNREFUSED/.test(message(error))) return undefined;
    throw error;
  });
}

/** By standard input: the command line of a process, where the Automation API would put it, can be read by everybody. */
async function setSecret(
  { name, workspace: { workDir, envVars, pulumiCommand } }: automation.Stack,
  path: string,
  value: string,
): Promise<void> {
  const args = ["config", "set", "--secret", "--path", `hearth:${path}`, "--stack", name, "--non-interactive"];
  const child = spawn(pulumiCommand.command, args, {
    cwd: workDir,
    env: { ...process.env, ...envVars },
    stdio: ["pipe", "ignore", "pipe"],
  });
  const words: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => words.push(chunk));
  child.stdin.on("error", () => undefined); // the CLI ended early: its exit code and words tell why
  child.stdin.end(value);
  const code = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code !== 0) throw new Error(`pulumi ${args.join(" ")}: ${Buffer.concat(words).toString("utf8").trim()}`);
}

async function makeSecrets(
  stack: automation.Stack,
  workspace: Workspace,
  missing: readonly string[],
  paths: readonly string[],
  home: LabHome,
): Promise<void> {
  if (missing.length === 0) return;
  const gitToken = readFileSync(home.gitToken, "utf8");
  for (const path of missing) await setSecret(stack, path, path === "git.credentials.token" ? gitToken : labSecret(path));
  workspace.keepSecrets(paths);
}
