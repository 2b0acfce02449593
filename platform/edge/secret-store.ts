import { z } from "zod";
import type { KubeObject } from "../kit/objects";
import type { AppSecret } from "../kit/secrets";

/** Secret with what the operator logs in to the store by; of the settings under `external-secrets-<provider>`. */
const CREDENTIALS = "secret-store-credentials";
const KEY = "token";

/** Names of the Bitwarden SDK server, which External Secrets reaches Bitwarden through, and of its certificate's Secret. */
export const BITWARDEN_SDK = { name: "bitwarden-sdk-server", port: 9998, certificate: "bitwarden-sdk-server-tls" } as const;

const address = z.url({ protocol: /^https?$/ });

/** Where secrets come from, by provider; each has options of its own. */
export const storeSchema = z.discriminatedUnion("provider", [
  z.strictObject({
    provider: z.literal("1password").describe("1Password by a service account."),
    /** Vault, by name or id. */
    vault: z.string().min(1).describe("Vault, by name or id."),
  }),
  z.strictObject({
    provider: z.literal("1password-connect").describe("1Password by a Connect server of your own."),
    /** Where the Connect server answers. */
    host: address.describe("Where the Connect server answers."),
    /** Vaults in the order in which they are searched. */
    vaults: z.array(z.string().min(1)).min(1).describe("Vaults in the order in which they are searched."),
  }),
  z.strictObject({
    provider: z.literal("bitwarden").describe("Bitwarden Secrets Manager; needs cert-manager."),
    /** Organization, by id. */
    organization: z.uuid().describe("Organization, by id."),
    /** Project, by id. */
    project: z.uuid().describe("Project, by id."),
    /** Where Bitwarden's API answers. */
    api: address.default("https://api.bitwarden.com").describe("Where Bitwarden's API answers."),
    /** Where Bitwarden logs machine accounts in. */
    identity: address.default("https://identity.bitwarden.com").describe("Where Bitwarden logs machine accounts in."),
  }),
  z.strictObject({
    provider: z.literal("vault").describe("HashiCorp Vault or OpenBao, key-value engine in version 2."),
    /** Where Vault answers. */
    server: address.describe("Where Vault answers."),
    /** Mount of the key-value engine. */
    path: z.string().min(1).default("secret").describe("Mount of the key-value engine."),
    /** PEM of the CA that signed the server's certificate. */
    ca: z.string().startsWith("-----BEGIN CERTIFICATE-----").optional().describe("PEM of the CA that signed the server's certificate."),
    /** Role of the log-in by the operator's own service account. */
    role: z.string().min(1).default("external-secrets").describe("Role of the log-in by the operator's own service account."),
    /** Mount of that log-in. */
    mount: z.string().min(1).default("kubernetes").describe("Mount of that log-in."),
  }),
]);

/** A store as the settings describe it. */
export type Store = z.output<typeof storeSchema>;

/** The ClusterSecretStore: ExternalSecrets of every namespace refer to it by the provider's name. */
export function clusterSecretStore(store: Store, namespace: string): KubeObject {
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "ClusterSecretStore",
    metadata: { name: storeName(store) },
    spec: { provider: provider(store, { name: CREDENTIALS, key: KEY, namespace }) },
  };
}

/** What ExternalSecrets call the store. */
function storeName({ provider }: Store): string {
  return provider.startsWith("1password") ? "onepassword" : provider;
}

/** Hosts that the options name; the providers' own are on the Internet. */
export function storeHosts(store: Store | undefined): readonly string[] {
  switch (store?.provider) {
    case "1password-connect":
      return [new URL(store.host).hostname];
    case "vault":
      return [new URL(store.server).hostname];
    default:
      return [];
  }
}

/** The credentials' Secret; Vault needs none: it trusts the operator's service account. */
export function storeSecrets({ provider }: Store): readonly AppSecret[] {
  return provider === "vault"
    ? []
    : [
        {
          name: CREDENTIALS,
          data: { [KEY]: { from: "config", secret: `external-secrets-${provider.replace("1password", "onepassword")}` } },
        },
      ];
}

/** Field names of the API v1; `v1beta1` is no longer served. */
function provider(
  store: Store,
  ref: { readonly name: string; readonly key: string; readonly namespace: string },
): Readonly<Record<string, unknown>> {
  switch (store.provider) {
    case "1password":
      return { onepasswordSDK: { vault: store.vault, auth: { serviceAccountSecretRef: ref } } };
    case "1password-connect":
      return {
        onepassword: {
          connectHost: store.host,
          vaults: Object.fromEntries(store.vaults.map((vault, index) => [vault, index + 1])),
          auth: { secretRef: { connectTokenSecretRef: ref } },
        },
      };
    case "bitwarden":
      return {
        bitwardensecretsmanager: {
          apiURL: store.api,
          identityURL: store.identity,
          organizationID: store.organization,
          projectID: store.project,
          bitwardenServerSDKURL: `https://${BITWARDEN_SDK.name}.${ref.namespace}.svc.cluster.local:${BITWARDEN_SDK.port}`,
          caProvider: { type: "Secret", name: BITWARDEN_SDK.certificate, key: "ca.crt", namespace: ref.namespace },
          auth: { secretRef: { credentials: ref } },
        },
      };
    case "vault":
      return {
        vault: {
          server: store.server,
          path: store.path,
          version: "v2",
          // An empty bundle is refused, so it is left out.
          ...(store.ca === undefined ? {} : { caBundle: Buffer.from(store.ca).toString("base64") }),
          auth: {
            kubernetes: {
              mountPath: store.mount,
              role: store.role,
              serviceAccountRef: { name: "external-secrets", namespace: ref.namespace },
            },
          },
        },
      };
  }
}
