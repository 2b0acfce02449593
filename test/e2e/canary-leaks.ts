/**
 * The program's twin that leaks on purpose: once in every kind of place, a secret of its own each, in another form.
 * What it says in words is made by providers: the engine masks the stack file's secrets by itself wherever it prints.
 */
import * as cloudflare from "@pulumi/cloudflare";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import program from "../../index";
import type { Settings } from "../../config/settings";
import { loadSettings } from "../../stacks/load-settings";
import type { ClusterOutputs } from "../../stacks/outputs";

/** What a leak has at hand. */
interface Twin {
  readonly settings: Settings;
  readonly outputs: ClusterOutputs;
  /** A given secret's text. */
  given(name: string): string;
}

/** One leak. */
export interface Leak {
  /** What the twin does wrong. */
  readonly fault: string;
  /** Name of the secret that it gives away: no other leak does. */
  readonly secret: RegExp;
  /** Where it must be found; the engine may carry it further. */
  readonly channels: readonly string[];
  /** Outputs to add. */
  readonly commit: (twin: Twin) => Promise<pulumi.Inputs> | pulumi.Inputs;
}

const base64 = (text: string): string => Buffer.from(`x${text}`).toString("base64");
const hex = (text: string): string => Buffer.from(text).toString("hex");

/** Leaks of one run that succeeds. */
export const LEAKS: readonly Leak[] = [
  {
    fault: "hands out an output in clear",
    secret: /Stack [a-z-]+\.kubeconfig/,
    channels: ["state", "stdout", "event log"],
    commit: ({ outputs }) => ({ leak: pulumi.unsecret(pulumi.output(outputs.kubeconfig)) }),
  },
  {
    fault: "logs",
    secret: /Stack [a-z-]+\.talosconfig/,
    channels: ["stdout", "event log"],
    commit: async ({ outputs }) => {
      const [, key = ""] = /\bkey: (\S+)/.exec(await known(outputs.talosconfig)) ?? [];
      await pulumi.log.info(`connect with ${encodeURIComponent(key)}`);
      return {};
    },
  },
  {
    fault: "passes a plain input",
    secret: /^given proxmox\.home\.token$/,
    channels: ["state"],
    commit: ({ settings }) => {
      new pulumi.Stash("leak-input", { input: base64(settings.proxmox[0]?.token.reveal() ?? "") });
      return {};
    },
  },
  {
    fault: "writes a ConfigMap",
    secret: /^given secrets\.canary-config-map$/,
    channels: ["cluster objects", "etcd", "state"],
    commit: ({ given, outputs }) => {
      const provider = new kubernetes.Provider("leak", { kubeconfig: outputs.kubeconfig });
      const data = { leak: hex(given("canary-config-map")).toUpperCase() };
      new kubernetes.core.v1.ConfigMap("leak", { metadata: { name: "leak", namespace: "default" }, data }, { provider });
      return {};
    },
  },
  {
    fault: "puts it into what the world keeps",
    secret: /^given secrets\.canary-world$/,
    channels: ["world files", "state"],
    commit: ({ given, settings }) => {
      const token = pulumi.secret(settings.cloudflare?.token.reveal() ?? "");
      const provider = new cloudflare.Provider("leak", { apiToken: token });
      const zoneId = Object.values(settings.cloudflare?.zones ?? {})[0] ?? "";
      const record = { zoneId, name: "leak.lab.example.com", type: "CNAME", content: "example.org", ttl: 1, proxied: true };
      new cloudflare.DnsRecord("leak", { ...record, comment: given("canary-world") }, { provider });
      return {};
    },
  },
  {
    fault: "writes a temporary file",
    secret: /^given secrets\.canary-file$/,
    channels: ["temporary files"],
    commit: ({ given }) => {
      writeFileSync(join(mkdtempSync(join(tmpdir(), "leak-")), "leak.json"), JSON.stringify({ token: given("canary-file") }), {
        mode: 0o600,
      });
      return {};
    },
  },
  {
    fault: "names it on a command line",
    secret: /^given git\.credentials\.token$|flux-system-git/,
    channels: ["command lines"],
    commit: async ({ settings }) => {
      const { credentials } = settings.git;
      const token = credentials.kind === "token" ? credentials.token.reveal() : "";
      await new Promise((done) =>
        spawn(process.execPath, ["-e", "setTimeout(() => undefined, 1500)", JSON.stringify({ url: `https://lab:${token}@git` })]).once(
          "exit",
          done,
        ),
      );
      return {};
    },
  },
];

/** The leak of one run that fails. */
export const ERROR_LEAK = { fault: "throws an error with it", secret: /fluxWebhookPath/, channels: ["error texts", "event log"] } as const;

/** The secret that leaks into the tree: whoever renders and pushes it is not the program. */
export const TREE_LEAK = { fault: "renders it", secret: /^given secrets\.canary-tree$/, channels: ["tree", "Git objects"] } as const;

/** The program, and after it every leak. */
export const twin = async (): Promise<pulumi.Inputs> => {
  const outputs = await program();
  const settings = loadSettings();
  const given = (name: string): string => settings.secrets[name]?.reveal() ?? "";
  const leaking: Twin = { settings, outputs: outputs as unknown as ClusterOutputs, given }; // the shape that stacks/outputs.ts promises
  const more: pulumi.Inputs[] = [];
  for (const { commit } of LEAKS) more.push(await commit(leaking));
  return Object.assign({}, outputs, ...more);
};

/** The program, and a hook that fails with a secret in its words. */
export const failingTwin = async (): Promise<pulumi.Inputs> => {
  const outputs = await program();
  const path = pulumi.output(outputs["fluxWebhookPath"]);
  const fail = new pulumi.ResourceHook("leak-error", async () =>
    Promise.reject(new Error(`nobody answers at https://example.com${await known(path)}`)),
  );
  new pulumi.Stash("leak-error", { input: "never made" }, { hooks: { beforeCreate: [fail] } });
  return outputs;
};

/** The plain value of an output. */
function known(output: pulumi.Input<string>): Promise<string> {
  return new Promise((done) => void pulumi.output(output).apply((value) => done(value)));
}

/** Text of the tree's file that leaks. */
export function leakingFile(secret: string): string {
  return `apiVersion: v1\nkind: Secret\nmetadata:\n  name: leak\ndata:\n  password: ${Buffer.from(secret).toString("base64")}\n`;
}
