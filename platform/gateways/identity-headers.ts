/** Headers that tell an app who calls. Gateways write them, so what callers send under these names is taken off first. */

/** What OAuth2-Proxy answers with. */
export const PROXY_HEADERS = [
  "x-auth-request-user",
  "x-auth-request-email",
  "x-auth-request-groups",
  "x-auth-request-preferred-username",
] as const;

/** Claims of a token for an API. */
export const API_CLAIMS = [
  { claim: "sub", header: "x-jwt-sub" },
  { claim: "email", header: "x-jwt-email" },
  { claim: "preferred_username", header: "x-jwt-preferred-username" },
  { claim: "groups", header: "x-jwt-groups" },
  { claim: "realm_access.roles", header: "x-jwt-roles" },
] as const;

/** Claims of a token for the MCP gateway. */
export const MCP_CLAIMS = [
  { claim: "sub", header: "x-jwt-sub" },
  { claim: "email", header: "x-jwt-email" },
  { claim: "scope", header: "x-jwt-scope" },
  { claim: "azp", header: "x-jwt-azp" },
] as const;

/** All of them, by name. */
export const IDENTITY_HEADERS: readonly string[] = [
  ...new Set([...PROXY_HEADERS, ...[...API_CLAIMS, ...MCP_CLAIMS].map(({ header }) => header)]),
].sort();
