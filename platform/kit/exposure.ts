import { z } from "zod";
import type { PlatformFacts } from "./facts";
import type { AppHost, GatewayName, Protection } from "./requests";

/** The one word by which an app, or its stack file, says who protects it. */
const PROTECTIONS = ["browser", "api", "proxy", "app", "public"] as const;
export type ProtectionWord = (typeof PROTECTIONS)[number];

/** What an app suggests for its host. */
export interface ExposureDefaults {
  readonly subdomain: string;
  readonly gateway: Extract<GatewayName, "external" | "internal">;
  readonly protection: ProtectionWord;
}

/** Schemas of the options that `exposure` adds. */
export interface ExposureShape {
  readonly subdomain: z.ZodDefault<z.ZodString>;
  readonly gateway: z.ZodDefault<z.ZodEnum<{ external: "external"; internal: "internal" }>>;
  readonly protection: z.ZodDefault<z.ZodEnum<{ [Word in ProtectionWord]: Word }>>;
  readonly publicReason: z.ZodOptional<z.ZodString>;
}

/** Options of an app with a host of its own; spread them into its `strictObject`. */
export function exposure({ subdomain, gateway, protection }: ExposureDefaults): ExposureShape {
  return {
    /** First label of the host, below the primary domain. */
    subdomain: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be a DNS label")
      .default(subdomain)
      .describe("First label of the host, below the primary domain."),
    /** `external` is reached from the Internet, `internal` from the home network only. */
    gateway: z
      .enum(["external", "internal"])
      .default(gateway)
      .describe("Gateway that serves the host: `external` is reached from the Internet, `internal` from the home network only."),
    /** Who lets callers in: `browser` (login at Keycloak), `api` (token of Keycloak's), `proxy` (OAuth2-Proxy), `app` (the app itself), `public` (nobody; needs `publicReason`). */
    protection: z
      .enum(PROTECTIONS)
      .default(protection)
      .describe(
        "Who lets callers in: `browser` (log-in at Keycloak), `api` (a token of Keycloak's), `proxy` (OAuth2-Proxy), `app` (the app itself), `public` (nobody).",
      ),
    /** Why the host may be open to anyone; only with `protection: public`. */
    publicReason: z
      .string()
      .min(10)
      .optional()
      .describe("Why anyone may call the host; needed with `public` where the app gives no reason itself."),
  };
}

/** The options that `exposure` adds. */
export interface Exposure {
  readonly subdomain: string;
  readonly gateway: "external" | "internal";
  readonly protection: ProtectionWord;
  readonly publicReason?: string | undefined;
}

/** How the app itself protects or opens its host; needed for the words `app` and `public`. */
export interface OwnProtection {
  /** How the app logs its users in. @default it cannot: the word `app` is refused by `exposureProblem` */
  readonly app?: string;
  /** Why it may be public by default. */
  readonly public?: string;
}

/** The host of an app's exposure options. */
export function exposedHost(
  options: Exposure,
  facts: Pick<PlatformFacts, "domain">,
  target: Pick<AppHost, "service" | "port" | "containerPort" | "protocol" | "paths">,
  own: OwnProtection = {},
): AppHost {
  return { host: `${options.subdomain}.${facts.domain}`, gateway: options.gateway, protection: protectionOf(options, own), ...target };
}

function protectionOf({ protection, publicReason, subdomain }: Exposure, own: OwnProtection): Protection {
  switch (protection) {
    case "api":
      return { by: "api", audience: subdomain };
    case "app":
      return { by: "app", reason: own.app ?? "" };
    case "public":
      return { by: "public", reason: publicReason ?? own.public ?? "" };
    default:
      return { by: protection };
  }
}

/** What is wrong with a protection, in words; undefined when nothing is. */
export function protectionProblem(protection: Protection): { readonly message: string; readonly fix: string } | undefined {
  if (!("reason" in protection) || protection.reason.trim() !== "") return undefined;
  return protection.by === "public"
    ? { message: "a public host needs a reason", fix: "say in publicReason why anyone may call it, or choose another protection" }
    : { message: "the app has no log-in of its own", fix: "choose browser, api, proxy, or public with a publicReason" };
}
