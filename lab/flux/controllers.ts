import type { ToolName } from "../contracts";

/** Where Flux' processes listen; all on 127.0.0.1. */
export interface FluxPorts {
  /** source-controller's artifacts. */
  readonly storage: number;
  /** notification-controller's endpoint for the other controllers' events. */
  readonly events: number;
  /** notification-controller's webhook receiver. */
  readonly receiver: number;
}

/** What a controller's overrides are made from. */
export interface OverrideContext {
  readonly ports: FluxPorts;
  /** A directory of the controller's own. */
  readonly directory: string;
  /** flux-operator's Flux distributions. */
  readonly distributions: string;
}

/** One of the programs that the lab runs in place of a fake pod's container. */
export interface Controller {
  readonly tool: ToolName;
  /** Pods of the namespace that stand for it. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** Arguments that only address the container's own network and file system; everything else stays as the pod says. */
  readonly overrides: (context: OverrideContext) => Readonly<Record<string, string>>;
  /** Set over the container's environment, for the same reasons. */
  readonly environment?: (context: OverrideContext) => Readonly<Record<string, string>>;
}

const COMMON = { "metrics-addr": "127.0.0.1:0", "health-addr": "127.0.0.1:0", "enable-leader-election": "false" };

function events({ ports }: OverrideContext): Readonly<Record<string, string>> {
  return { "events-addr": `http://127.0.0.1:${ports.events}/` };
}

/** Every program that may run as part of Flux. */
export const CONTROLLERS: readonly Controller[] = [
  {
    tool: "flux-operator",
    podLabels: { "app.kubernetes.io/name": "flux-operator" },
    overrides: ({ distributions }) => ({ ...COMMON, "storage-path": distributions, "web-server-port": "0" }),
    // It refuses to start outside of FIPS mode; the port of its web pages is set by the environment, too.
    environment: ({ ports }) => ({
      GODEBUG: "fips140=on",
      WEB_SERVER_PORT: "0",
      NOTIFICATION_CONTROLLER_ADDRESS: `http://127.0.0.1:${ports.events}/`,
    }),
  },
  {
    tool: "source-controller",
    podLabels: { app: "source-controller" },
    overrides: (context) => ({
      ...COMMON,
      ...events(context),
      "storage-path": `${context.directory}/data`,
      "storage-addr": `127.0.0.1:${context.ports.storage}`,
      "storage-adv-addr": `127.0.0.1:${context.ports.storage}`,
    }),
  },
  {
    tool: "kustomize-controller",
    podLabels: { app: "kustomize-controller" },
    overrides: (context) => ({ ...COMMON, ...events(context) }),
  },
  {
    tool: "helm-controller",
    podLabels: { app: "helm-controller" },
    overrides: (context) => ({ ...COMMON, ...events(context) }),
  },
  {
    tool: "notification-controller",
    podLabels: { app: "notification-controller" },
    overrides: ({ ports }) => ({ ...COMMON, "events-addr": `127.0.0.1:${ports.events}`, receiverAddr: `127.0.0.1:${ports.receiver}` }),
  },
];

/** The controller that a pod stands for; none for any other pod. */
export function controllerOf(labels: Readonly<Record<string, string>> | undefined): Controller | undefined {
  return CONTROLLERS.find(({ podLabels }) => Object.entries(podLabels).every(([key, value]) => labels?.[key] === value));
}

/** A container's arguments with some replaced or added; `--flag`, `--flag=value` and repeated flags keep their place. */
export function overrideArguments(args: readonly string[], overrides: Readonly<Record<string, string>>): readonly string[] {
  const kept = args.filter((arg) => !(flagName(arg) in overrides));
  return [...kept, ...Object.entries(overrides).map(([name, value]) => `--${name}=${value}`)];
}

function flagName(arg: string): string {
  return arg.replace(/^--?/, "").split("=")[0] ?? "";
}
