import type { SecretValue } from "../../config/secret-value";
import type { Settings } from "../../config/settings";

/** Characters that a generated secret is made of. */
export type Alphabet = "alphanumeric" | "hex" | "base64url";

/** A text that is made once and kept in the state. */
export interface GeneratedSecret {
  readonly from: "generated";
  /** Characters. */
  readonly length: number;
  readonly alphabet: Alphabet;
  /** Two Secrets that name the same id get the same text, e.g. `oidc-client/grafana`. @default a text for this key alone */
  readonly shared?: string;
}

/** Users that the program makes in Proxmox, each with the least rights that its app can work with. */
export type ProxmoxUser = "csi" | "ccm";

/** How an app asks for one key of a Secret. */
export type SecretRequest =
  /** The secret of that name in the settings; generated when it is not set and `otherwise` says how. */
  | { readonly from: "config"; readonly secret: string; readonly otherwise?: GeneratedSecret }
  /** A secret that is a field of the settings, such as the BGP password. */
  | { readonly from: "setting"; readonly value: SecretValue }
  | GeneratedSecret
  /** The token that the tunnel's connector runs with, computed by the edge. */
  | { readonly from: "tunnel-token" }
  /** The age key of the settings, else a fresh one. */
  | { readonly from: "age-identity" }
  /** Part of the API token that the program makes for a user of its own in a Proxmox cluster of the settings. */
  | { readonly from: "proxmox-token"; readonly proxmox: string; readonly user: ProxmoxUser; readonly part: "id" | "secret" }
  /** A text put together of others, in order. */
  | { readonly from: "joined"; readonly parts: readonly SecretRequest[] }
  /** A companion that is no secret itself, such as a user name. */
  | { readonly from: "plain"; readonly value: string };

/** A Secret that an app needs. */
export interface AppSecret {
  readonly name: string;
  /** @default the app's namespace */
  readonly namespace?: string;
  /** @default Opaque */
  readonly type?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, SecretRequest>>;
}

/** Where the text of one key comes from, after the settings were looked up. */
export type SecretSource =
  | { readonly from: "given"; readonly value: SecretValue }
  | GeneratedSecret
  | { readonly from: "tunnel-token" }
  | { readonly from: "age-identity" }
  | { readonly from: "proxmox-token"; readonly proxmox: string; readonly user: ProxmoxUser; readonly part: "id" | "secret" }
  | { readonly from: "joined"; readonly parts: readonly SecretSource[] }
  | { readonly from: "plain"; readonly value: string };

/** A Secret that Pulumi seeds. */
export interface SecretSpec {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, SecretSource>>;
}

/** Names of the settings' secrets that a request cannot do without and that are not set. */
export function missingSecrets(secret: AppSecret, settings: Settings): readonly string[] {
  const missing = (request: SecretRequest): readonly string[] => {
    if (request.from === "joined") return request.parts.flatMap(missing);
    return request.from === "config" && request.otherwise === undefined && settings.secrets[request.secret] === undefined
      ? [request.secret]
      : [];
  };
  return Object.values(secret.data).flatMap(missing);
}

function resolve(request: SecretRequest, settings: Settings): SecretSource {
  if (request.from === "setting") return { from: "given", value: request.value };
  if (request.from === "age-identity") {
    const given = settings.secrets["sops-age"];
    return given === undefined ? request : { from: "given", value: given };
  }
  if (request.from === "joined") return { from: "joined", parts: request.parts.map((part) => resolve(part, settings)) };
  if (request.from !== "config") return request;
  const given = settings.secrets[request.secret];
  if (given !== undefined) return { from: "given", value: given };
  if (request.otherwise !== undefined) return request.otherwise;
  throw new Error(`the secret ${request.secret} is not set; validation should have said so`);
}

/**
 * The Secret to seed for a request.
 * @throws Error when a secret of the settings is missing; `missingSecrets` finds that first.
 */
export function secretSpec(secret: AppSecret, namespace: string, settings: Settings): SecretSpec {
  return {
    namespace: secret.namespace ?? namespace,
    name: secret.name,
    type: secret.type ?? "Opaque",
    labels: secret.labels ?? {},
    data: Object.fromEntries(Object.entries(secret.data).map(([key, request]) => [key, resolve(request, settings)])),
  };
}
