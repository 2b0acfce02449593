import type { KeycloakOptions } from "./options";
import { variable } from "./variables";

type Providers = KeycloakOptions["identityProviders"];

/** Where people log in with an account that they have already, as Keycloak's admin API writes it. */
export interface IdentityProvider {
  readonly alias: "google" | "microsoft" | "github";
  readonly displayName: string;
  readonly providerId: "google" | "oidc" | "github";
  readonly enabled: true;
  /** Whether an address from there counts as verified. */
  readonly trustEmail: boolean;
  readonly config: Readonly<Record<string, string>>;
}

/** Gives a role to those who log in by an identity provider. */
export interface IdentityProviderMapper {
  readonly name: string;
  readonly identityProviderAlias: IdentityProvider["alias"];
  readonly identityProviderMapper: "oidc-hardcoded-role-idp-mapper" | "oidc-advanced-role-idp-mapper";
  readonly config: Readonly<Record<string, string>>;
}

/** Secrets of the settings that identity providers need: variable of the import -> name of the secret. */
export const PROVIDER_SECRETS = {
  google: { variable: "GOOGLE_CLIENT_SECRET", secret: "keycloak-google-client-secret" },
  microsoft: { variable: "MICROSOFT_CLIENT_SECRET", secret: "keycloak-microsoft-client-secret" },
  github: { variable: "GITHUB_CLIENT_SECRET", secret: "keycloak-github-client-secret" },
} as const;

/** Roles that the mappers of identity providers name. */
export function providerRoles({ google, microsoft, github }: Providers): readonly string[] {
  const always = [google?.role, microsoft?.role, github?.role].flatMap((role) => role ?? []);
  return [...always, ...Object.values(microsoft?.groupRoles ?? {})];
}

/** The identity providers that the options name. */
export function identityProviders({ google, microsoft, github }: Providers): readonly IdentityProvider[] {
  const credentials = (alias: IdentityProvider["alias"], clientId: string): Readonly<Record<string, string>> => ({
    clientId,
    clientSecret: variable(PROVIDER_SECRETS[alias].variable),
    syncMode: "IMPORT",
  });
  const common = { enabled: true } as const;
  return [
    ...(google === undefined
      ? []
      : [
          {
            ...common,
            alias: "google" as const,
            displayName: "Google",
            providerId: "google" as const,
            trustEmail: true,
            config: {
              ...credentials("google", google.clientId),
              defaultScope: "openid profile email",
              ...(google.hostedDomain === undefined ? {} : { hostedDomain: google.hostedDomain }),
            },
          },
        ]),
    ...(microsoft === undefined
      ? []
      : [
          {
            ...common,
            alias: "microsoft" as const,
            displayName: "Microsoft",
            // The provider of that name reads profiles but no token, and so no groups.
            providerId: "oidc" as const,
            // Entra does not say whether an address is verified.
            trustEmail: false,
            config: { ...credentials("microsoft", microsoft.clientId), ...entra(microsoft.tenant) },
          },
        ]),
    ...(github === undefined
      ? []
      : [
          {
            ...common,
            alias: "github" as const,
            displayName: "GitHub",
            providerId: "github" as const,
            trustEmail: false,
            config: { ...credentials("github", github.clientId), defaultScope: "user:email" },
          },
        ]),
  ];
}

/** Entra's endpoints for one tenant, as its discovery document names them. */
function entra(tenant: string): Readonly<Record<string, string>> {
  const base = `https://login.microsoftonline.com/${tenant}`;
  return {
    authorizationUrl: `${base}/oauth2/v2.0/authorize`,
    tokenUrl: `${base}/oauth2/v2.0/token`,
    logoutUrl: `${base}/oauth2/v2.0/logout`,
    jwksUrl: `${base}/discovery/v2.0/keys`,
    issuer: `${base}/v2.0`,
    useJwksUrl: "true",
    validateSignature: "true",
    clientAuthMethod: "client_secret_post",
    pkceEnabled: "true",
    pkceMethod: "S256",
    defaultScope: "openid profile email",
  };
}

/** Mappers of the identity providers that the options name. */
export function identityProviderMappers({ google, microsoft, github }: Providers): readonly IdentityProviderMapper[] {
  const everybody = (alias: IdentityProvider["alias"], role: string | undefined): readonly IdentityProviderMapper[] =>
    role === undefined
      ? []
      : [
          {
            name: `everybody-${role}`,
            identityProviderAlias: alias,
            identityProviderMapper: "oidc-hardcoded-role-idp-mapper",
            config: { syncMode: "INHERIT", role },
          },
        ];
  const members = Object.entries(microsoft?.groupRoles ?? {}).map(([group, role]): IdentityProviderMapper => ({
    name: `group-${group}`,
    identityProviderAlias: "microsoft",
    identityProviderMapper: "oidc-advanced-role-idp-mapper",
    // At each log-in, so that who leaves the group loses the role.
    config: { syncMode: "FORCE", claims: JSON.stringify([{ key: "groups", value: group }]), "are.claim.values.regex": "false", role },
  }));
  return [
    ...everybody("google", google?.role),
    ...everybody("microsoft", microsoft?.role),
    ...everybody("github", github?.role),
    ...members,
  ];
}
