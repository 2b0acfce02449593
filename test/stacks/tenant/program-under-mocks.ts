/** Runs the tenants' program under Pulumi's mocks: no engine, no provider, no cluster. */
import * as pulumi from "@pulumi/pulumi";
import { OUTPUTS } from "../cluster-outputs";
import { PROJECT } from "../../../stacks/tenant/settings/schema";

/** One resource that the program registered. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly retained: boolean;
}

/** Two teams; their repositories take a token each. */
export const TEAMS = {
  shop: {
    namespaces: { shop: {}, "shop-jobs": { podSecurity: "baseline" } },
    data: "delete",
    git: { url: "https://git.example.com/shop.git", credentials: { kind: "token", token: "hunter2" } },
    network: { gateways: [8080] },
  },
  books: { namespaces: { books: {} } },
} as const;

/** Sets mocks and configuration; the resources that the program registers are pushed to the list returned. */
export function prepare(tenants: Readonly<Record<string, unknown>> = TEAMS): readonly Registered[] {
  const registered: Registered[] = [];
  const retained = new Set<string>();
  void pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        const given = inputs as Readonly<Record<string, unknown>>; // what a program registers is a record
        registered.push({ type, name, inputs: given, retained: retained.has(name) });
        const outputs =
          type === "pulumi:pulumi:StackReference" ? { outputs: OUTPUTS, secretOutputNames: ["kubeconfig", "talosconfig"] } : {};
        return { id: `${name}-id`, state: { ...given, ...outputs } };
      },
      call: ({ inputs }) => ({ ...(inputs as Readonly<Record<string, unknown>>), outputs: OUTPUTS }),
    },
    PROJECT,
    "teams",
    false,
    "organization",
  );
  listen(retained);
  const config = { [`${PROJECT}:cluster`]: "organization/hearth/home", [`${PROJECT}:tenants`]: JSON.stringify(tenants) };
  (pulumi.runtime.setAllConfig as (config: Record<string, string>, secretKeys: string[]) => void)(config, [`${PROJECT}:tenants`]); // the second parameter is not in the types
  return registered;
}

/** Pulumi's mocks know nothing of hooks, which are taken and, as in a preview, not run, and do not tell what is retained. */
function listen(retained: Set<string>): void {
  type Request = { getRetainondelete(): boolean; getName(): string };
  type Call = (request: Request, done: unknown) => unknown;
  const monitor = (pulumi.runtime as unknown as { getMonitor(): Record<string, unknown> & { registerResource: Call } }).getMonitor();
  const { registerResource } = monitor;
  monitor.registerResource = (request, done) => {
    if (request.getRetainondelete()) retained.add(request.getName());
    return registerResource.call(monitor, request, done);
  };
  monitor["registerResourceHook"] = (_request: unknown, done: (error: null, answer: unknown) => void) => done(null, {});
}
