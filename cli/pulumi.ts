/**
 * `npm run up|preview|refresh|destroy -- <stack> [options of pulumi]`: what `pulumi` would do, after the checks that belong
 * before it: the stack file, trust in the Proxmox endpoints' CA, deletion protection, and the policy pack.
 */
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { loadStackFile, type Settings, SettingsError, UserError } from "../config";
import { appSchemas } from "../platform/app-options";
import { notesOf } from "./check";
import { exitWith } from "./exit";
import { type ProtectableState, refuseProtectedState, refuseWhileProtected } from "./protection";
import { trustOf } from "./trust";

const PROJECT = resolve(__dirname, "..");
const COMMANDS = ["up", "preview", "refresh", "destroy"] as const;
type Command = (typeof COMMANDS)[number];

/** Bytes that an exported state may have. */
const MAX_EXPORT = 512 * 1024 * 1024;
const NO_PULUMI = "there is no pulumi on the PATH: install it (pulumi.com/docs/install) and run this again";

/** Runs one command; resolves with pulumi's exit code. @throws UserError before pulumi is started when a check fails. */
export async function pulumi(args: readonly string[], project: string): Promise<number> {
  const [command, stack, ...rest] = args;
  if (!isCommand(command) || stack === undefined || stack.startsWith("-"))
    throw new UserError(`usage: npm run ${command ?? "up"} -- <stack> [options of pulumi]`);
  const settings = settingsOf(stack, project);
  if (command === "destroy") {
    refuseWhileProtected(stack, settings);
    refuseProtectedState(stack, await exportedState(stack, project));
  }
  if (command === "up" || command === "preview") for (const note of notesOf(settings)) process.stderr.write(`note: ${note}\n`);
  const trust = trustOf(settings);
  const temporary = mkdtempSync(join(tmpdir(), "hearth-")); // the Kubernetes provider leaves kubeconfigs in the temporary folder
  try {
    const env = { ...trust.env, TMPDIR: temporary };
    for (const step of steps(command, stack, rest)) {
      const code = await run(step, project, env);
      if (code !== 0) return code;
    }
    return 0;
  } finally {
    trust.remove();
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** The pack by its folder, which Pulumi's host for Node starts. */
const POLICIES = ["--policy-pack", resolve(PROJECT, "policy")];
const CONFIG = "--policy-pack-config";
/** `-f`, alone or among other letters, and the long form unless it is switched off. */
const SKIPS_PREVIEW = /^(-[a-z]*f[a-z]*|--skip-preview(=(?!false$|0$|f$).*)?)$/i;

/**
 * What pulumi is started with, one after the other. An `up` shows a preview first and goes no further when a policy is
 * broken; told to skip that, it would find out when half is made, so it gets a preview of its own.
 */
function steps(command: Command, stack: string, rest: readonly string[]): readonly (readonly string[])[] {
  const judged = command === "up" || command === "preview" ? POLICIES : [];
  const asked = [command, "--stack", stack, ...judged, ...rest];
  const isSkipped = rest.some((option) => SKIPS_PREVIEW.test(option)) || (process.env["PULUMI_OPTION_SKIP_PREVIEW"] ?? "") !== "";
  if (command !== "up" || !isSkipped) return [asked];
  return [["preview", "--stack", stack, ...POLICIES, ...policyConfig(rest)], asked];
}

/** What loosens or tightens the pack holds for both. */
function policyConfig(options: readonly string[]): readonly string[] {
  return options.filter((option, index) => option.startsWith(CONFIG) || (options[index - 1] === CONFIG && !option.startsWith("-")));
}

function isCommand(text: string | undefined): text is Command {
  return COMMANDS.some((command) => command === text);
}

function settingsOf(stack: string, project: string): Settings {
  const file = `Pulumi.${stack}.yaml`;
  const { settings, problems } = loadStackFile(join(project, file), { secrets: "required", apps: appSchemas });
  if (settings === undefined) throw new SettingsError(problems, file);
  return settings;
}

async function exportedState(stack: string, project: string): Promise<ProtectableState> {
  const options = { cwd: project, maxBuffer: MAX_EXPORT };
  const { stdout } = await promisify(execFile)("pulumi", ["stack", "export", "--stack", stack], options).catch((error: Error) => {
    throw isMissing(error)
      ? new UserError(NO_PULUMI)
      : new UserError(`the state of ${stack} cannot be read: ${error.message.trim().split("\n").at(-1)}`);
  });
  return JSON.parse(stdout) as ProtectableState; // the engine's own format
}

function run(args: readonly string[], project: string, env: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", args, { cwd: project, stdio: "inherit", env: { ...process.env, ...env } });
    child.once("error", (error) => reject(isMissing(error) ? new UserError(NO_PULUMI) : error));
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

function isMissing(error: Error): boolean {
  return "code" in error && error.code === "ENOENT";
}

if (require.main === module) void exitWith(() => pulumi(process.argv.slice(2), PROJECT));
