import { z } from "zod";
import { SecretValue } from "../../config/secret-value";
import { realmClient, realmName } from "../../platform/keycloak/options";
import { PASSWORD_LENGTH } from "../../platform/keycloak/realm";

/** Name of the Pulumi project, and of its section in a stack file. */
export const PROJECT = "hearth-identity";

/** Every field that holds a secret; `*` stands for a name that the user chose. */
export const SECRET_FIELDS: readonly (readonly string[])[] = [["users", "*", "temporaryPassword"]];

/** Keycloak keeps names in lower case, and by its own rules 3 to 255 characters (`username` of the default user profile). */
const USER_NAME = /^[a-z0-9][a-z0-9._@-]{2,254}$/;
const LOOPBACK = /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/;
const LONG_ENOUGH = new RegExp(`^[^]{${PASSWORD_LENGTH},}$`);

/** An address without a path; in clear only to this very machine, since the administering client's secret is sent there. */
const address = z.string().superRefine((text, context) => {
  const report = (message: string, fix: string): void =>
    context.addIssue({ code: "custom", message, params: { rule: "url.address", fix } });
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["https:", "http:"].includes(url.protocol))
    return report("is no https URL", "write it like https://auth.example.com");
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "" || url.username !== "")
    return report("has more than scheme, host and port", `write ${url.origin}`);
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname))
    report("sends secrets in clear", "use https, or the loopback end of a port-forward, such as http://127.0.0.1:8080");
});

const group = z.strictObject({
  /** The group that it is below, here or of the tree. */
  parent: realmName.optional(),
  /** Realm roles of the tree. */
  roles: z.array(realmName).default([]),
});

const user = z.strictObject({
  email: z.email(),
  // Keycloak asks for missing names at the first log-in, and the next `up` would take the answer away again.
  firstName: z.string().min(1),
  lastName: z.string().min(1),
  /** Groups of this stack and of the tree: all that the user is in. */
  groups: z.array(realmName).default([]),
  /** Realm roles besides those of the groups. */
  roles: z.array(realmName).default([]),
  enabled: z.boolean().default(true),
  /** First password, which Keycloak asks to change. Counts when the user is made. */
  temporaryPassword: z
    .custom<SecretValue>((value) => value instanceof SecretValue)
    .refine((secret) => secret.matches(LONG_ENOUGH) !== false, {
      error: `is shorter than the realm's ${PASSWORD_LENGTH} characters`,
      params: { rule: "users.password", fix: "choose a longer one" },
    })
    .optional(),
});

const client = realmClient.superRefine(({ flow, redirectUris }, context) => {
  const report = (message: string, fix: string): void =>
    context.addIssue({ code: "custom", path: ["redirectUris"], message, params: { rule: "clients.redirects", fix } });
  if (flow !== "service" && redirectUris.length === 0) report("is empty, and people log in by it", "name where a log-in returns to");
  if (flow === "service" && redirectUris.length > 0) report("means nothing for a program that logs in by itself", "take it out");
});

/** What a stack file of `hearth-identity` may say. */
export const identitySchema = z.strictObject({
  /** The cluster's stack, such as `organization/hearth/home`. */
  cluster: z.string().regex(/^[^/\s]+\/[^/\s]+\/[^/\s]+$/, "must be organization/project/stack"),
  /** Where Keycloak is reached from here. @default its public address */
  url: address.optional(),
  /** PEM of the authority that signed Keycloak's certificate. @default the system's */
  ca: z
    .string()
    .regex(/-----BEGIN CERTIFICATE-----[^]+-----END CERTIFICATE-----/, "must be a certificate in PEM form")
    .optional(),
  groups: z.record(realmName, group).default({}),
  users: z.record(z.string().regex(USER_NAME, "must be 3 to 255 of a-z, 0-9, dot, dash, underscore and @"), user).default({}),
  clients: z.record(realmName, client).default({}),
});

/** @see identitySchema */
export type IdentitySettings = z.output<typeof identitySchema>;
