/** Runs the whole program under Pulumi's mocks: no engine, no provider, no network. */
import * as pulumi from "@pulumi/pulumi";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { chartReference } from "../../charts/cache";
import { PROGRAM_CHARTS } from "../../stacks/charts";

export const ROOT = resolve(__dirname, "../..");

/** One resource that the program registered. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

type Sections = Record<string, Record<string, unknown>>;

/** Sections of a stack file, with lab secrets put in where the settings need them. */
export function sectionsWithSecrets(stackFile: string): Sections {
  const { config } = parse(readFileSync(stackFile, "utf8")) as { config: Record<string, Record<string, unknown>> };
  const sections: Sections = Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace("hearth:", ""), opened(value)]));
  for (const [name, proxmox] of Object.entries(sections["proxmox"] ?? {})) {
    Object.assign(proxmox as object, { token: `root@pam!${name}=00000000-0000-0000-0000-000000000001` });
  }
  if (sections["cloudflare"] !== undefined) sections["cloudflare"]["token"] = "cloudflare-token";
  const credentials = sections["git"]?.["credentials"] as Record<string, unknown> | undefined;
  if (credentials?.["kind"] === "token") credentials["token"] = "git-token";
  if (credentials?.["kind"] === "deployKey") credentials["deployKey"] = "git-key";
  return sections;
}

/** Sections whose encrypted secrets are a text, as if there were a key to open them. */
function opened<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_key, each: unknown) => (isSecure(each) ? "an-opened-secret" : each)) as T; // only such maps change
}

function isSecure(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).join() === "secure";
}

/** A project folder in which the program's charts are already cached, so that none is fetched. */
export function projectWithCharts(mirror?: string): string {
  const dir = mkdtempSync(join(tmpdir(), "hearth-program-"));
  mkdirSync(join(dir, ".charts"));
  const index = PROGRAM_CHARTS.map((pin) => {
    const { url, version } = chartReference(pin, { mirror, plainHttp: false });
    writeFileSync(join(dir, ".charts", `${pin.name}.tgz`), "");
    return [`${url}@${version}`, `${pin.name}.tgz`];
  });
  writeFileSync(join(dir, ".charts", "index.json"), JSON.stringify(Object.fromEntries(index)));
  return dir;
}

const KEY_PAIR = { cert: "Y2VydA==", key: "a2V5" };

/** What the talos provider's outputs look like: enough for everything that the program derives from them. */
export function talosOutputs(type: string): Record<string, unknown> {
  const certificate = readFileSync(join(ROOT, "test/fixtures/certificate.pem")).toString("base64");
  const client = { caCertificate: certificate, clientCertificate: certificate, clientKey: "a2V5" };
  if (type === "talos:machine/secrets:Secrets") {
    const certs = { etcd: KEY_PAIR, k8s: KEY_PAIR, k8sAggregator: KEY_PAIR, k8sServiceaccount: KEY_PAIR, os: KEY_PAIR };
    return {
      machineSecrets: {
        certs,
        cluster: { id: "id", secret: "s" },
        secrets: { bootstrapToken: "b", secretboxEncryptionSecret: "x" },
        trustdinfo: { token: "t" },
      },
      clientConfiguration: client,
    };
  }
  if (type === "talos:cluster/kubeconfig:Kubeconfig")
    return { kubeconfigRaw: "kubeconfig", kubernetesClientConfiguration: { host: "https://192.0.2.10:6443", ...client } };
  return {};
}

/**
 * Sets mocks and configuration; the resources that the program registers are pushed to the list returned.
 * @param phase In a `first-preview` what providers make is unknown, as it is while nothing exists. @default "up"
 */
export function prepare(sections: Sections, stack: string, phase: "up" | "first-preview" = "up"): Registered[] {
  const registered: Registered[] = [];
  void pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs: inputs as Record<string, unknown> });
        if (phase === "first-preview") return { id: undefined, state: { ...inputs } };
        return { id: `${name}-id`, state: { ...inputs, ...talosOutputs(type), ...randomOutputs(type) } };
      },
      call: ({ token, inputs }) =>
        token === "pulumi:pulumi:readStackOutputs"
          ? { outputs: {} }
          : { ...inputs, ...(token.includes("client") ? { talosConfig: "talosconfig" } : { machineConfiguration: "machine config" }) },
    },
    "hearth",
    stack,
    phase === "first-preview",
    "organization",
  );
  acceptHooks();
  const config = Object.fromEntries(Object.entries(sections).map(([key, value]) => [`hearth:${key}`, JSON.stringify(value)]));
  const secretKeys = ["proxmox", "cloudflare", "git", "secrets", "network"].map((key) => `hearth:${key}`).filter((key) => key in config);
  (pulumi.runtime.setAllConfig as (config: Record<string, string>, secretKeys: string[]) => void)(config, secretKeys); // the second parameter is not in the types
  return registered;
}

/** Pulumi's mocks know nothing of resource hooks; they are taken and, as in a preview, not run. */
function acceptHooks(): void {
  const monitor = (pulumi.runtime as unknown as { getMonitor(): Record<string, unknown> }).getMonitor();
  monitor["registerResourceHook"] = (_request: unknown, done: (error: null, answer: unknown) => void) => done(null, {});
}

function randomOutputs(type: string): Record<string, unknown> {
  if (type === "random:index/randomBytes:RandomBytes") return { base64: Buffer.alloc(32, 7).toString("base64"), hex: "07".repeat(32) };
  if (type === "random:index/randomPassword:RandomPassword") return { result: "a-generated-password" };
  if (type === "proxmoxve:user/token:Token") return { value: "user@pve!hearth=00000000-0000-0000-0000-000000000002" };
  return {};
}

/** The plain value of an output. */
export function value<T>(output: pulumi.Input<T>): Promise<T> {
  return new Promise((done) => void pulumi.output(output).apply((plain) => done(plain as T)));
}
