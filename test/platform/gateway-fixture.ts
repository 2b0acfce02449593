import { z } from "zod";
import type { Settings } from "../../config/settings";
import { platformFacts } from "../../platform/facts";
import { envoyGateway } from "../../platform/apps/envoy-gateway";
import { oauth2Proxy } from "../../platform/apps/oauth2-proxy";
import { redis } from "../../platform/apps/redis";
import { defineApp, type App, type AppDefinition } from "../../platform/kit/app";
import type { PlatformFacts } from "../../platform/kit/facts";
import type { KubeObject } from "../../platform/kit/objects";
import type { Platform, Provided } from "../../platform/kit/provider";
import type { AppHost, Protection } from "../../platform/kit/requests";
import { gateway } from "../../platform/provide/gateway";
import { route } from "../../platform/provide/route";
import { settings } from "./settings";

const ISSUER = "https://auth.example.com/realms/home";
const INTERNAL = "http://keycloak-service.keycloak.svc.cluster.local:8080/realms/home";

/** A realm, as the identity apps would tell of it. */
export const IDENTITY: NonNullable<PlatformFacts["identity"]> = {
  realm: "home",
  issuer: ISSUER,
  authorizationEndpoint: `${ISSUER}/protocol/openid-connect/auth`,
  endSessionEndpoint: `${ISSUER}/protocol/openid-connect/logout`,
  tokenEndpoint: `${ISSUER}/protocol/openid-connect/token`,
  userinfoEndpoint: `${ISSUER}/protocol/openid-connect/userinfo`,
  adminsGroup: "admins",
  jwksUri: `${ISSUER}/protocol/openid-connect/certs`,
  service: { name: "keycloak-service", namespace: "keycloak", port: 8080 },
  internal: {
    tokenEndpoint: `${INTERNAL}/protocol/openid-connect/token`,
    userinfoEndpoint: `${INTERNAL}/protocol/openid-connect/userinfo`,
    jwksUri: `${INTERNAL}/protocol/openid-connect/certs`,
  },
};

/** An app that does nothing but have hosts. */
export function appWith(name: string, hosts: readonly AppHost[], more: Partial<AppDefinition<z.ZodObject>> = {}): App {
  return defineApp({
    name,
    summary: "an app of a test",
    namespace: { name, podSecurity: "restricted" },
    presence: "chosen",
    needs: [],
    after: [],
    options: z.strictObject({}),
    hosts: () => hosts,
    ...more,
  });
}

/** A host of the app `home`. */
export function hostBy(protection: Protection, more: Partial<AppHost> = {}): AppHost {
  return { host: "home.example.com", service: "home", port: 80, gateway: "internal", protection, ...more };
}

/** What other helpers' apps are to the gateways: names. */
const GUARDS = ["cert-manager", "keycloak"].map((name) => appWith(name, []));

/** A platform with Envoy Gateway, OAuth2-Proxy, Redis, Keycloak and the given apps. */
export function platformOf(
  apps: readonly App[],
  {
    options = {},
    proxyOptions = {},
    facts = {},
    off = [],
    overrides = {},
  }: {
    readonly options?: Readonly<Record<string, unknown>>;
    readonly proxyOptions?: Readonly<Record<string, unknown>>;
    readonly facts?: Partial<PlatformFacts>;
    readonly off?: readonly string[];
    readonly overrides?: Partial<Settings>;
  } = {},
): Platform {
  const all = [...GUARDS, envoyGateway, oauth2Proxy, redis, ...apps].filter(({ name }) => !off.includes(name));
  const given = Object.fromEntries(all.map(({ name }) => [name, { "envoy-gateway": options, "oauth2-proxy": proxyOptions }[name] ?? {}]));
  const base = settings({ platform: given, ...overrides });
  const enabled = new Set(all.map(({ name }) => name));
  const context = { settings: base, enabled, facts: { ...platformFacts(base, enabled), identity: IDENTITY, ...facts } };
  return { ...context, apps: all.map((app) => app.declare(given[app.name], context)) };
}

/** What the route provider makes for an app of the platform. */
export function routesOf(name: string, platform: Platform): Provided {
  return route.provide(declared(name, platform), platform);
}

/** What Envoy Gateway is told. */
export function gatewaysOf(platform: Platform): Provided {
  return gateway.provide(declared("envoy-gateway", platform), platform);
}

/** An app of a platform. */
export function declared(name: string, platform: Platform): Platform["apps"][number] {
  const found = platform.apps.find((app) => app.name === name);
  if (found === undefined) throw new Error(`${name} is off`);
  return found;
}

/** A value inside the one object of a kind and name, by its path below `spec`. */
export function at(objects: readonly KubeObject[] | undefined, kind: string, name: string, ...path: readonly (string | number)[]): unknown {
  const found = (objects ?? []).filter((object) => object.kind === kind && object.metadata.name === name);
  if (found.length !== 1) throw new Error(`${found.length} objects ${kind} ${name}`);
  return path.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], found[0]?.["spec"]); // a wrong path fails the test
}
