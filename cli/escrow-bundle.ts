import { UserError } from "../config";

/** What brings a cluster back when its state is lost: together with backups of etcd, everything else can be made anew. */
export interface EscrowBundle {
  readonly stack: string;
  readonly cluster: string;
  /** RFC 3339. */
  readonly written: string;
  /** In the shape of the talos provider's `machine.Secrets`. */
  readonly machineSecrets: unknown;
  /** Age identity that Flux decrypts with. */
  readonly ageIdentity: string;
  readonly talosconfig: string;
}

/** The parts of an exported deployment (`pulumi stack export --show-secrets`) that the bundle is read from. */
export interface Deployment {
  readonly deployment: { readonly resources?: readonly DeployedResource[] };
}

interface DeployedResource {
  readonly type: string;
  readonly urn: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** Key under which the engine wraps a secret in an export; source: the engine's resource signatures. */
const SECRET = "4dabf18193072939515e22adb298388d";

/** Reads the bundle off a deployment whose secrets are in clear. @throws UserError when something of it is not there yet. */
export function escrowBundle(exported: Deployment, stack: string, now: Date): EscrowBundle {
  const resources = exported.deployment.resources ?? [];
  const outputs = unwrap(need(resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs, stack)) as Readonly<
    Record<string, unknown>
  >;
  const secrets = unwrap(need(resources.find(({ type }) => type === "talos:machine/secrets:Secrets")?.outputs, stack)) as Readonly<
    Record<string, unknown>
  >;
  const sops = resources.find(({ type, urn }) => type === "kubernetes:core/v1:Secret" && urn.endsWith("::secret/flux-system/sops-age"));
  const data = unwrap(need(sops?.inputs?.["data"], stack)) as Readonly<Record<string, string>>;
  return {
    stack,
    cluster: String(need(outputs["name"], stack)),
    written: now.toISOString(),
    machineSecrets: need(secrets["machineSecrets"], stack),
    ageIdentity: Buffer.from(need(data["age.agekey"], stack), "base64").toString("utf8"),
    talosconfig: String(need(outputs["talosconfig"], stack)),
  };
}

function need<T>(value: T | undefined, stack: string): T {
  if (value === undefined)
    throw new UserError(`stack ${stack} has no cluster yet: there is nothing to put into escrow before the first up`);
  return value;
}

/** Takes the engine's wrappers off, at any depth. */
function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== "object" || value === null) return value;
  if (SECRET in value && "plaintext" in value) return unwrap(JSON.parse(String(value.plaintext)));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrap(item)]));
}
