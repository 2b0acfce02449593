/**
 * Runs the program under mocks that keep secrets apart: what is registered is kept as it is sent, marks and all, and
 * outputs are secret where the engine would make them so.
 */
import * as pulumi from "@pulumi/pulumi";
import { randomBytes, randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import program from "../../index";
import { ageIdentity } from "../../components/secrets/age-identity";
import { isRecord } from "../../config/path";
import type { Canary } from "../e2e/canary-scan";
import { webhookPath } from "../../platform/webhook-path";
import type { Settings } from "../../config/settings";
import { loadSettings } from "../../stacks/load-settings";
import { prepare, projectWithCharts, sectionsWithSecrets, talosOutputs } from "./under-mocks";

/** A resource as it was sent to the engine. */
export interface Sent {
  readonly type: string;
  readonly name: string;
  /** Inputs of a resource, or outputs of a component or of the stack; secrets are marked. */
  readonly values: unknown;
  /** Of a resource only. */
  readonly options?: SentOptions;
}

/** What was said of a resource besides its inputs. */
export interface SentOptions {
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
  readonly deleteBeforeReplace?: boolean;
  readonly additionalSecretOutputs: readonly string[];
  /** URN; empty when there is none. */
  readonly deletedWith: string;
}

export interface SecretRun {
  readonly sent: readonly Sent[];
  readonly settings: Settings;
  readonly canaries: readonly Canary[];
}

/** How a secret is marked on its way to the engine; source: pulumi sdk/go/common/resource/sig. */
const MARK = { key: "4dabf18193072939515e22adb298388d", value: "1b47061264138c4ac30d75fd1eb44270" };

export function isMarked(value: unknown): boolean {
  return isRecord(value) && value[MARK.key] === MARK.value;
}

/** What is left of values when every secret is taken out. */
export function plainPart(value: unknown): unknown {
  if (isMarked(value)) return "[secret]";
  if (Array.isArray(value)) return value.map(plainPart);
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainPart(item)])) : value;
}

/** Value below the marks at a path; undefined when there is none. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  const [key, ...rest] = path;
  if (isMarked(value) && isRecord(value)) return valueAt(value["value"], ...path);
  if (key === undefined) return value;
  return isRecord(value) ? valueAt(value[key], ...rest) : undefined;
}

/** The parts of the mock monitor's requests that are read here. */
interface Request {
  getType(): string;
  getName(): string;
  getUrn(): string;
  getObject(): { toJavaScript(): unknown } | undefined;
  getOutputs(): { toJavaScript(): unknown } | undefined;
  getAdditionalsecretoutputsList(): string[];
  getProtect(): boolean;
  getIgnorechangesList(): string[];
  getDeletebeforereplace(): boolean;
  getDeletebeforereplacedefined(): boolean;
  getDeletedwith(): string;
}
type Handler = (request: Request, done: unknown) => unknown;

/** Runs `run` (the program, unless told otherwise) with settings whose every secret is one that nothing else looks like. */
export async function runWithSecrets(
  stackFile: string,
  run: () => Promise<pulumi.Inputs> = program,
  phase: "up" | "first-preview" = "up",
): Promise<SecretRun> {
  const given: Canary[] = [];
  const make = (name: string, value = randomBytes(24).toString("base64url")): string => {
    given.push({ name, value });
    return value;
  };
  const sections = sectionsWithSecrets(stackFile);
  for (const [name, each] of Object.entries(sections["proxmox"] ?? {})) {
    if (isRecord(each)) Object.assign(each, { token: make(`proxmox.${name}.token`, `root@pam!${name}=${randomUUID()}`) });
  }
  if (sections["cloudflare"] !== undefined) sections["cloudflare"]["token"] = make("cloudflare.token");
  const credentials = sections["git"]?.["credentials"];
  if (isRecord(credentials) && credentials["kind"] === "token") Object.assign(credentials, { token: make("git.credentials.token") });
  const announce = sections["network"]?.["announce"];
  if (isRecord(announce) && announce["mode"] === "bgp") Object.assign(announce, { password: make("network.announce.password") });
  const token = make("secrets.flux-webhook-token");
  sections["secrets"] = { ...sections["secrets"], "flux-webhook-token": token };
  given.push({ name: "Flux webhook path", value: webhookPath(token) });

  const cwd = process.cwd();
  const dir = projectWithCharts();
  const sent: Sent[] = [];
  const generated: Canary[] = [];
  process.chdir(dir);
  try {
    const registered = prepare(sections, "secret", phase);
    keepMarks(sent, generated, phase);
    const outputs = await run();
    await pulumi.runtime.disconnect();
    for (const { name, values } of await stackOutputs(outputs)) sent.push({ type: "pulumi:pulumi:Stack", name, values });
    if (registered.length === 0) throw new Error("the program registered nothing");
    return { sent, settings: loadSettings(), canaries: [...given, ...generated] };
  } finally {
    process.chdir(cwd);
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Each output of the program, marked when it is secret. */
async function stackOutputs(outputs: pulumi.Inputs): Promise<readonly { readonly name: string; readonly values: unknown }[]> {
  const serialized = Object.entries(outputs).map(async ([name, value]) => ({
    name,
    values: await pulumi.runtime.serializeProperty(name, value, new Set()),
  }));
  return Promise.all(serialized);
}

/** Stands in front of the mock monitor: remembers requests and makes outputs secret as the engine does. */
function keepMarks(sent: Sent[], generated: Canary[], phase: "up" | "first-preview"): void {
  const monitor = (pulumi.runtime as unknown as { getMonitor(): Record<string, Handler> & { mocks: pulumi.runtime.Mocks } }).getMonitor(); // what setMocks put there
  const secretOutputs = new Map<string, readonly string[]>();
  const register = monitor["registerResource"]?.bind(monitor);
  const registerOutputs = monitor["registerResourceOutputs"]?.bind(monitor);
  if (register === undefined || registerOutputs === undefined) throw new Error("the mock monitor registers nothing");
  monitor["registerResource"] = (request, done) => {
    const values = request.getObject()?.toJavaScript();
    const marked = Object.entries(isRecord(values) ? values : {}).filter(([, value]) => isMarked(value));
    secretOutputs.set(`${request.getType()} ${request.getName()}`, [
      ...request.getAdditionalsecretoutputsList(),
      ...marked.map(([key]) => key),
    ]);
    sent.push({ type: request.getType(), name: request.getName(), values, options: optionsOf(request) });
    return register(request, done);
  };
  monitor["registerResourceOutputs"] = (request, done) => {
    sent.push({ type: "outputs", name: request.getUrn(), values: request.getOutputs()?.toJavaScript() });
    return registerOutputs(request, done);
  };
  const { mocks } = monitor;
  monitor.mocks = {
    // What a function makes of secrets is made of secrets.
    call: async (args) => ({
      ...(await mocks.call(args)),
      [args.token.includes("client") ? "talosConfig" : "machineConfiguration"]: JSON.stringify(args.inputs),
    }),
    newResource: async (args) => {
      const result = await mocks.newResource(args);
      const made = phase === "up" ? generatedOutputs(args.type, args.name, generated) : {};
      const state: Record<string, unknown> = { ...result.state, ...made };
      for (const key of secretOutputs.get(`${args.type} ${args.name}`) ?? []) if (key in state) state[key] = pulumi.secret(state[key]);
      return { id: result.id, state };
    },
  };
}

function optionsOf(request: Request): SentOptions {
  return {
    protect: request.getProtect(),
    ignoreChanges: request.getIgnorechangesList(),
    ...(request.getDeletebeforereplacedefined() ? { deleteBeforeReplace: request.getDeletebeforereplace() } : {}),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    deletedWith: request.getDeletedwith(),
  };
}

/** What providers generate, each value another. */
function generatedOutputs(type: string, name: string, canaries: Canary[]): Record<string, unknown> {
  const make = (path: string, bytes: number, encoding: BufferEncoding): string => {
    const value = randomBytes(bytes).toString(encoding);
    canaries.push({ name: `${name}.${path}`, value });
    return value;
  };
  switch (type) {
    case "random:index/randomBytes:RandomBytes": {
      const base64 = make("base64", 32, "base64");
      if (name === "age-identity") canaries.push({ name: "age identity", value: ageIdentity(Buffer.from(base64, "base64")) });
      return { base64, hex: Buffer.from(base64, "base64").toString("hex") };
    }
    case "random:index/randomPassword:RandomPassword":
      return { result: make("result", 30, "base64url") };
    case "proxmoxve:user/token:Token":
      return { value: `user@pve!hearth=${make("value", 24, "hex")}` };
    case "talos:machine/secrets:Secrets":
    case "talos:cluster/kubeconfig:Kubeconfig":
      return Object.fromEntries(Object.entries(talosOutputs(type)).map(([key, value]) => [key, withFresh(value, key, make)]));
    default:
      return {};
  }
}

const PUBLIC = ["cert", "caCertificate", "clientCertificate", "host", "id"];

function withFresh(value: unknown, path: string, make: (path: string, bytes: number, encoding: BufferEncoding) => string): unknown {
  if (typeof value === "string") return PUBLIC.includes(path.split(".").at(-1) ?? "") ? value : make(path, 32, "base64");
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withFresh(item, `${path}.${key}`, make)]))
    : value;
}
