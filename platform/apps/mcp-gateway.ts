import { z } from "zod";
import { MCP_GATEWAY_APP } from "../ai/extension";
import { MCP_AUDIENCE, mcpBackends, mcpParent, mcpRoute, MCP_ROUTE } from "../ai/mcp-backends";
import { mcpPolicies, resourceMetadata } from "../ai/mcp-policies";
import { MCP_ALERTS, MCP_DASHBOARD } from "../ai/observe";
import { httpsName } from "../gateways/listeners";
import { defineApp, type OptionProblem } from "../kit/app";
import type { Connection } from "../kit/requests";
import type { SecretRequest } from "../kit/secrets";
import { GATEWAYS_NAMESPACE, PROXIES_NAMESPACE } from "../names";
import { whereIs } from "../network/where";
import { REDIS, REDIS_ADDRESS, REDIS_PORTS, redisPassword } from "../redis/names";

const backend = z.strictObject({
  /** Where the MCP server listens. */
  url: z
    .url({ protocol: /^https?$/, error: "must be an http or https URL" })
    .describe("Where the MCP server listens, e.g. `http://files.mcp.svc.cluster.local:8000/mcp` or `https://mcp.example.org/mcp`"),
  /** Whether the server wants a key. */
  apiKey: z
    .enum(["none", "config"])
    .default("none")
    .describe("`config`: the gateway sends the secret `mcp-<name>-api-key` as a bearer token"),
  /** Tools that callers see. */
  tools: z.array(z.string().min(1)).min(1).max(32).optional().describe("Tools that callers see; every tool by default"),
});

/**
 * One address for many MCP servers: callers show a token for this gateway, and each has a limit of its own. The gateway
 * keeps no sessions itself (it encrypts them into their id); servers that do find Redis in the Secret `session-store`.
 */
export const mcpGateway = defineApp({
  name: MCP_GATEWAY_APP,
  summary: "One address for many MCP servers, with log-in and limits per caller",
  namespace: { name: "mcp", podSecurity: "restricted" },
  presence: "chosen",
  needs: ["envoy-ai-gateway", "envoy-gateway", "keycloak", "redis"],
  after: [],
  options: z.strictObject({
    /** First label of the host, below the primary domain. */
    subdomain: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be a DNS label")
      .default("mcp")
      .describe("First label of the host, below the primary domain"),
    /** MCP servers by name; their tools are shown as `mcp-<name>__<tool>`. */
    backends: z
      .record(z.string().regex(/^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/, "must be a DNS label of at most 32 characters"), backend)
      .default({})
      .describe("MCP servers by name; their tools are shown as `mcp-<name>__<tool>`"),
    /** Calls per minute that each caller has, counted by each proxy pod for itself. */
    callsPerMinute: z.int().min(1).default(100).describe("Calls per minute that each caller has, counted by each proxy pod for itself"),
    /** Calls per minute that all calls without a known caller share. */
    fallbackPerMinute: z.int().min(1).default(10).describe("Calls per minute that all calls without a known caller share"),
    /** Seconds that a call may be silent before it ends. */
    timeoutSeconds: z.int().min(1).max(3600).default(120).describe("Seconds that a call may be silent before it ends"),
    /** Calls in flight at once, to each server. */
    parallelCalls: z.int().min(1).default(2048).describe("Calls in flight at once, to each server"),
    /** Web pages that may call. */
    corsOrigins: z
      .array(z.string().regex(/^https?:\/\/(\*\.)?[\w.-]+(:\d{1,5})?$/, "must be an origin such as https://*.example.com"))
      .optional()
      .describe("Origins of web pages that may call, e.g. `https://*.example.com`; every host of the cluster's domains by default"),
    /** Where programs that people log in to may be sent back. */
    redirectUris: z
      .array(z.string().min(1))
      .default([])
      .describe("Exact URLs that programs which people log in to are sent back to; none: there are only service clients"),
  }),
  configuration: ({ options, settings, facts }) => {
    if (facts.identity === undefined) return [];
    const host = `${options.subdomain}.${facts.domain}`;
    const parent = mcpParent(httpsName(facts.domain));
    const origins = options.corsOrigins ?? settings.cluster.domains.map((domain) => `https://*.${domain}`);
    return [
      ...mcpPolicies({ ...options, host, origins, identity: facts.identity }),
      ...resourceMetadata({ parent, host, origins, issuer: facts.identity.issuer }),
      ...mcpBackends(options.backends),
      ...(Object.keys(options.backends).length === 0 ? [] : [mcpRoute(options.backends, parent)]),
    ];
  },
  secrets: ({ options }) => [
    { name: "session-store", data: { REDIS_URL: sessionStore() } },
    ...Object.entries(options.backends).flatMap(([name, { apiKey }]) =>
      apiKey === "none"
        ? []
        : [
            {
              name: `mcp-${name}`,
              namespace: GATEWAYS_NAMESPACE,
              data: { apiKey: { from: "config" as const, secret: `mcp-${name}-api-key` } },
            },
          ],
    ),
  ],
  hosts: ({ options, facts }) => [
    {
      host: `${options.subdomain}.${facts.domain}`,
      service: "mcp",
      port: 443,
      gateway: "mcp",
      existingRoute: MCP_ROUTE,
      protection: { by: "app", reason: `the Gateway's one SecurityPolicy wants a token for the audience ${MCP_AUDIENCE}` },
    },
  ],
  clients: ({ options }) => [
    { id: MCP_AUDIENCE, flow: "service", secret: { name: "mcp-gateway-client", key: "client-secret" } },
    ...(options.redirectUris.length === 0
      ? []
      : [{ id: `${MCP_AUDIENCE}-login`, flow: "public" as const, redirectUris: options.redirectUris, audiences: [MCP_AUDIENCE] }]),
  ],
  alerts: () => MCP_ALERTS,
  dashboards: () => [MCP_DASHBOARD],
  // Servers in this namespace call Redis; the proxies call servers, wherever they are.
  network: ({ options }) => ({
    from: [{ peer: "gateways" }],
    to: [{ peer: { app: REDIS }, ports: [REDIS_PORTS.redis] }, ...Object.values(options.backends).map(({ url }) => callOf(url))],
  }),
  problems: ({ options }) => Object.entries(options.backends).flatMap(([name, { url }]) => plainProblem(name, url)),
  warnings: ({ options }) =>
    Object.keys(options.backends).length === 0
      ? ["mcp-gateway has no backend and serves nothing; name one under platform.mcp-gateway.backends"]
      : [],
});

/** A Service's port says nothing of its pods' port, so pods are reached at every one. */
function callOf(url: string): Connection {
  const { protocol, hostname, port } = new URL(url);
  const peer = whereIs(hostname);
  const usual = protocol === "https:" ? 443 : 80;
  return { at: PROXIES_NAMESPACE, peer, ...(peer === "world" ? { ports: [port === "" ? usual : Number(port)] } : {}) };
}

/** Tokens and answers would be readable on their way. */
function plainProblem(name: string, url: string): readonly OptionProblem[] {
  const { protocol, hostname } = new URL(url);
  if (protocol === "https:" || hostname.endsWith(".svc.cluster.local")) return [];
  return [
    {
      path: ["backends", name, "url"],
      message: `${hostname} is outside the cluster and plain http can be read on the way`,
      fix: "use https, or the full name of a Service, <service>.<namespace>.svc.cluster.local",
    },
  ];
}

/** Redis for the servers' sessions, in a database of its own number. */
function sessionStore(): SecretRequest {
  const plain = (value: string): SecretRequest => ({ from: "plain", value });
  return { from: "joined", parts: [plain("redis://:"), redisPassword("default"), plain(`@${REDIS_ADDRESS}/1`)] };
}
