import * as pulumi from "@pulumi/pulumi";
import * as runtime from "@pulumi/pulumi/runtime";
import { z } from "zod";
import { resolved } from "../components/secret";
import type { MadeFrom } from "../components/talos/kept-images";
import { type AddressName, NAMED_ADDRESSES, type Role, type VersionPair } from "../config/settings";
import { UserError } from "../config/user-error";
import type { OwnedByTree } from "../platform/keycloak/owned";

/** Version of this contract: raised with every change of an output, also a new one. */
export const CONTRACT_VERSION = 2;

/** The oldest version whose readers understand these outputs: raised to `CONTRACT_VERSION` when an output changes its meaning or goes. */
export const READABLE_SINCE = 1;

const KIND = "hearth.cluster";

/** One node as other stacks see it. */
export interface NodeOutput {
  readonly name: string;
  readonly role: Role;
  readonly address: string;
  readonly addressIpv6?: string;
  readonly vmId: number;
  /** Proxmox host. */
  readonly host: string;
}

/** Where people log in, and who may administer it. */
export interface IdentityOutput {
  /** Keycloak's public address, without a path: `https://auth.example.com`. */
  readonly url: string;
  /** The realm that the platform uses. */
  readonly realm: string;
  /** Id of the administering client in the realm `master`. */
  readonly clientId: string;
  /** What the tree brings into the realm: other stacks leave it alone. */
  readonly owned: OwnedByTree;
}

/** What a cluster stack hands out in clear; a `Text` may be known only once something is made. */
interface PlainOutputs<Text> {
  readonly name: string;
  /** `https://…:6443`. */
  readonly endpoint: string;
  readonly nodes: readonly NodeOutput[];
  readonly addresses: Readonly<Record<AddressName, string>>;
  readonly domains: readonly string[];
  /** Absent without an edge. */
  readonly tunnel?: { readonly id: Text; readonly name: string };
  /** Absent without the app `keycloak`. */
  readonly identity?: IdentityOutput;
  readonly versions: { readonly wanted: VersionPair; readonly installed: VersionPair };
  /** When the client certificates end, RFC 3339. */
  readonly expiry: { readonly kubeconfig: Text; readonly talosconfig: Text };
}

/** What a cluster stack hands out as Pulumi secrets, which they stay in every stack that reads them. */
interface SecretOutputs<Text> {
  readonly kubeconfig: Text;
  readonly talosconfig: Text;
  /** Path below the webhook's host: who knows it can make Flux reconcile. Absent without the app `flux-webhook`. */
  readonly fluxWebhookPath?: Text;
  /** Secret of `identity.clientId`. Absent without the app `keycloak`. */
  readonly identityClientSecret?: Text;
}

/** The outputs of a cluster stack, as its program returns them. */
export interface ClusterOutputs extends PlainOutputs<pulumi.Input<string>>, SecretOutputs<pulumi.Input<string>> {
  /** Tells a cluster stack from any other. */
  readonly kind: typeof KIND;
  readonly contract: number;
  readonly readableSince: number;
  /** The image that each node's machine was made from: the next run keeps it. Nobody else's business. */
  readonly madeFrom: MadeFrom;
}

/** What tells readers whether they can read the rest. */
export const CONTRACT = { kind: KIND, contract: CONTRACT_VERSION, readableSince: READABLE_SINCE } as const;

/** A cluster as the stacks that build on it see it. */
export interface Cluster extends PlainOutputs<string>, SecretOutputs<pulumi.Output<string>> {}

const versionPair = z.object({ talos: z.string(), kubernetes: z.string() });
const names = z.array(z.string());
const PLAIN = z.object({
  name: z.string(),
  endpoint: z.string(),
  nodes: z.array(
    z.object({
      name: z.string(),
      role: z.enum(["controlplane", "worker"]),
      address: z.string(),
      addressIpv6: z.string().exactOptional(),
      vmId: z.number(),
      host: z.string(),
    }),
  ),
  addresses: z.record(z.enum(NAMED_ADDRESSES), z.string()),
  domains: z.array(z.string()),
  tunnel: z.object({ id: z.string(), name: z.string() }).exactOptional(),
  identity: z
    .object({
      url: z.string(),
      realm: z.string(),
      clientId: z.string(),
      owned: z.object({ clients: names, groups: names, roles: names }),
    })
    .exactOptional(),
  versions: z.object({ wanted: versionPair, installed: versionPair }),
  expiry: z.object({ kubeconfig: z.string(), talosconfig: z.string() }),
});

/**
 * The outputs of a cluster stack, typed; secrets stay secrets.
 * @throws UserError in one line when the stack was never deployed, is none of a cluster, or is too old or too new to be read.
 */
export async function clusterOutputs(reference: pulumi.StackReference): Promise<Cluster> {
  const stack = await resolved(reference.name);
  const plain = async (name: string): Promise<unknown> => (await reference.getOutputDetails(name)).value;
  refuseUnreadable(stack, {
    isEmpty: Object.keys(await resolved(reference.outputs)).length === 0,
    kind: await plain("kind"),
    contract: await plain("contract"),
    readableSince: await plain("readableSince"),
  });
  const values = await Promise.all(Object.keys(PLAIN.shape).map(async (name) => [name, await plain(name)] as const));
  const { data, error } = PLAIN.safeParse(Object.fromEntries(values.filter(([, value]) => value !== undefined)));
  if (error !== undefined) {
    const [issue] = error.issues;
    throw new UserError(
      `stack ${stack}: its output ${issue?.path.join(".")} is not what contract ${CONTRACT_VERSION} says (${issue?.message})`,
    );
  }
  const secret = async (name: keyof SecretOutputs<never>): Promise<pulumi.Output<string> | undefined> => {
    const { value, secretValue } = await reference.getOutputDetails(name);
    if (value !== undefined) throw new UserError(`stack ${stack}: its output ${name} is not secret, and must be`);
    return secretValue === undefined ? undefined : pulumi.secret(String(secretValue));
  };
  const required = async (name: keyof SecretOutputs<never>): Promise<pulumi.Output<string>> => {
    const found = await secret(name);
    if (found === undefined) throw new UserError(`stack ${stack}: it has no output ${name}`);
    return found;
  };
  const [fluxWebhookPath, identityClientSecret] = [await secret("fluxWebhookPath"), await secret("identityClientSecret")];
  return {
    ...data,
    kubeconfig: await required("kubeconfig"),
    talosconfig: await required("talosconfig"),
    ...(fluxWebhookPath === undefined ? {} : { fluxWebhookPath }),
    ...(identityClientSecret === undefined ? {} : { identityClientSecret }),
  };
}

/**
 * The cluster of a stack by its name, `organization/hearth/home` where the backend has no organizations.
 * @throws UserError as `clusterOutputs`, and when there is no such stack.
 */
export async function clusterOfStack(name: string): Promise<Cluster> {
  // A reference to a stack that is not there would end the program before anything could be said of it.
  await runtime.invoke("pulumi:pulumi:readStackOutputs", { name }).catch((error: unknown) => {
    throw new UserError(`stack ${name} cannot be read: ${reasonOf(error)}. Is it deployed, and is this its backend (pulumi login)?`);
  });
  return clusterOutputs(new pulumi.StackReference(name));
}

interface Told {
  readonly isEmpty: boolean;
  readonly kind: unknown;
  readonly contract: unknown;
  readonly readableSince: unknown;
}

function refuseUnreadable(stack: string, { isEmpty, kind, contract, readableSince }: Told): void {
  if (isEmpty) throw new UserError(`stack ${stack} was not deployed, or was destroyed: it has no outputs. Run npm run up for it first`);
  if (kind !== KIND)
    throw new UserError(`stack ${stack} is no cluster of Hearth's: its output kind is ${JSON.stringify(kind) ?? "missing"}, not "${KIND}"`);
  if (typeof contract !== "number" || contract < CONTRACT_VERSION) {
    throw new UserError(
      `stack ${stack} is too old to be read: its outputs are of contract ${String(contract)}, this stack reads ${CONTRACT_VERSION}. Run npm run up for it with this version`,
    );
  }
  if (typeof readableSince === "number" && readableSince > CONTRACT_VERSION) {
    throw new UserError(
      `stack ${stack} is too new to be read: its outputs need a reader of contract ${readableSince}, this stack reads ${CONTRACT_VERSION}. Update this one`,
    );
  }
}

/** The last line of an engine's error, without its RPC wrapping. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /unknown stack "[^"]*"/.exec(message)?.[0] ?? message.trim().split("\n")[0] ?? "";
}
