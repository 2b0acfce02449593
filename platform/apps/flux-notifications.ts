import { z } from "zod";
import { defineApp } from "../kit/app";
import type { KubeObject } from "../kit/objects";
import type { AppSecret } from "../kit/secrets";
import { FLUX_NAMESPACE } from "../names";

const options = z.strictObject({
  /** Git host that shows on each commit whether the cluster runs it; the token is the config secret `commit-status-token`. */
  commitStatus: z
    .enum(["github", "gitlab"])
    .optional()
    .describe("Git host that shows on each commit whether the cluster runs it; the token is the config secret `commit-status-token`"),
  /** Where messages go; the webhook's URL is the config secret `flux-message-url`. */
  message: z
    .enum(["discord", "slack", "msteams", "googlechat", "generic"])
    .optional()
    .describe("Where messages go; the webhook's URL is the config secret `flux-message-url`"),
  /** `error`: only what went wrong; `info`: every change, too. */
  severity: z.enum(["error", "info"]).default("error").describe("`error`: only what went wrong; `info`: every change, too"),
});

type Options = z.output<typeof options>;

const STATUS = "commit-status";
const MESSAGE = "message";

/** Flux says on each commit, and to people, what became of it. */
export const fluxNotifications = defineApp({
  name: "flux-notifications",
  summary: "What became of a commit: as its status at the Git host, and as a message",
  namespace: { name: FLUX_NAMESPACE },
  presence: "chosen",
  needs: [],
  after: [],
  options,
  objects: ({ options: given, settings }) => [
    ...(given.commitStatus === undefined
      ? []
      : [
          notifier(STATUS, { type: given.commitStatus, address: webAddress(settings.git.url) }),
          // A status is worth having whether it is good or bad.
          alert(STATUS, "info", ["Kustomization"]),
        ]),
    ...(given.message === undefined
      ? []
      : [notifier(MESSAGE, { type: given.message }), alert(MESSAGE, given.severity, ["GitRepository", "Kustomization"])]),
  ],
  secrets: ({ options: given }) => secrets(given),
  network: () => ({ to: [{ peer: "world", ports: [443] }] }),
  problems: ({ options: given, settings }) =>
    given.commitStatus !== undefined && sendsInClear(settings.git.url)
      ? [
          {
            path: ["commitStatus"],
            message: "the Git host is called without TLS, and the token would be read on the way",
            fix: "use an https or ssh URL in git.url, or leave commitStatus out",
          },
        ]
      : [],
  warnings: ({ options: given }) =>
    given.commitStatus === undefined && given.message === undefined ? ["nobody is told anything; set commitStatus or message"] : [],
});

function notifier(name: string, spec: Readonly<Record<string, unknown>>): KubeObject {
  return {
    apiVersion: "notification.toolkit.fluxcd.io/v1beta3",
    kind: "Provider",
    metadata: { name },
    spec: { ...spec, secretRef: { name: secretOf(name) } },
  };
}

/** Everything of these kinds in Flux' own namespace; the lock-down lets an Alert see no other. */
function alert(name: string, eventSeverity: "error" | "info", kinds: readonly string[]): KubeObject {
  return {
    apiVersion: "notification.toolkit.fluxcd.io/v1beta3",
    kind: "Alert",
    metadata: { name },
    spec: { providerRef: { name }, eventSeverity, eventSources: kinds.map((kind) => ({ kind, name: "*" })) },
  };
}

const secretOf = (name: string): string => `flux-${name}`;

function secrets({ commitStatus, message }: Options): readonly AppSecret[] {
  return [
    ...(commitStatus === undefined
      ? []
      : [{ name: secretOf(STATUS), data: { token: { from: "config", secret: "commit-status-token" } } } as const]),
    ...(message === undefined
      ? []
      : [{ name: secretOf(MESSAGE), data: { address: { from: "config", secret: "flux-message-url" } } } as const]),
  ];
}

/** Whether the way to the Git host can be listened to; the lab's own is on this machine. */
function sendsInClear(url: string): boolean {
  return url.startsWith("http://") && !new URL(url).hostname.startsWith("127.");
}

/** The repository as a browser finds it: `ssh://git@host/owner/name.git` and `git@host:owner/name.git` name the same. */
function webAddress(url: string): string {
  const scp = /^[\w.-]+@([\w.-]+):(?!\/)(.+)$/.exec(url);
  const [host, path] = scp === null ? [new URL(url).hostname, new URL(url).pathname.slice(1)] : [scp[1] ?? "", scp[2] ?? ""];
  return `https://${host}/${path.replace(/\.git$/, "")}`;
}
