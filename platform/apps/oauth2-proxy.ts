import type { IDeployment } from "kubernetes-models/apps/v1/Deployment" with { "resolution-mode": "import" };
import { z } from "zod";
import { RESTRICTED, runningAs } from "../kit/restricted";
import { defineApp, type AppContext } from "../kit/app";
import type { KubeObject } from "../kit/objects";
import { typed } from "../kit/typed";
import type { AppSecret } from "../kit/secrets";
import { ENVOY_GATEWAY, OAUTH2_PROXY } from "../names";
import { REDIS, REDIS_ADDRESS, REDIS_PORTS, redisPassword } from "../redis/names";
import { IMAGES } from "../versions";

const LABELS = { "app.kubernetes.io/name": OAUTH2_PROXY.app };

/** Key that cookies are encrypted with; read as 32 bytes. */
const COOKIE_SECRET = "oauth2-proxy-cookie";
const REDIS_SECRET = "oauth2-proxy-redis";

/** Below the paths that the proxy keeps for itself: at `/ping` it would let anybody through to the app's own `/ping`. */
const PING_PATH = "/oauth2/-/ping";
const READY_PATH = "/oauth2/-/ready";

const options = z.strictObject({
  /** Groups of the realm whose members may pass. */
  allowedGroups: z
    .array(z.string().min(1))
    .default([])
    .describe("Groups of the realm whose members may pass; an empty list lets in every user of the realm."),
  /** Mail domains whose addresses may pass. */
  emailDomains: z.array(z.string().min(1)).min(1).default(["*"]).describe("Mail domains whose addresses may pass; `*` is any."),
  /** Time until a new log-in, hours. */
  sessionHours: z.int().min(1).max(8760).default(168).describe("Hours after which a user has to log in again."),
  /** Time after which a session is renewed at Keycloak, minutes. */
  refreshMinutes: z
    .int()
    .min(1)
    .max(1440)
    .default(4)
    .describe("Minutes after which a session is renewed at Keycloak, so that who is locked out there is soon out here."),
});

type Context = AppContext<z.output<typeof options>>;

/**
 * Log-in for hosts with the protection `proxy`: the gateway asks it about every call (ext_authz). It has no host of its own.
 *
 * Sessions are in Redis: Envoy Gateway does not hand a cookie on with an answer of 200, so a session in a cookie would stay
 * as old as it is and be renewed at Keycloak with every single call from then on (oauth2-proxy issues 793 and 1833).
 */
export const oauth2Proxy = defineApp({
  name: OAUTH2_PROXY.app,
  summary: "OAuth2-Proxy: decides for the gateways who may pass",
  namespace: { name: OAUTH2_PROXY.namespace, podSecurity: "restricted" },
  presence: "chosen",
  needs: [ENVOY_GATEWAY, "keycloak", REDIS],
  after: [],
  options,
  objects: (context) => [
    deployment(context),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: OAUTH2_PROXY.service, labels: LABELS },
      spec: { selector: LABELS, ports: [{ name: "http", port: OAUTH2_PROXY.port, targetPort: "http" }] },
    },
    ...(context.facts.replicas > 1 ? [disruptionBudget()] : []),
  ],
  secrets: (): readonly AppSecret[] => [
    { name: COOKIE_SECRET, data: { "cookie-secret": { from: "generated", length: 32, alphabet: "alphanumeric" } } },
    { name: REDIS_SECRET, data: { password: redisPassword("default") } },
  ],
  monitors: () => [{ kind: "PodMonitor", name: OAUTH2_PROXY.app, selector: LABELS, port: "metrics", containerPort: 44180 }],
  network: () => ({
    from: [{ peer: "gateways", ports: [OAUTH2_PROXY.port] }],
    to: [
      { peer: { app: "keycloak" }, ports: [8080] },
      { peer: { app: REDIS }, ports: [REDIS_PORTS.redis] },
    ],
  }),
});

function deployment(context: Context): KubeObject {
  return typed<IDeployment>({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: OAUTH2_PROXY.app, labels: LABELS, annotations: { "reloader.stakater.com/auto": "true" } },
    spec: {
      replicas: context.facts.replicas,
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: {
          automountServiceAccountToken: false,
          securityContext: runningAs(65532),
          containers: [
            {
              name: OAUTH2_PROXY.app,
              image: IMAGES.oauth2Proxy,
              args: proxyArguments(context),
              env: [
                fromSecret("OAUTH2_PROXY_CLIENT_SECRET", OAUTH2_PROXY.clientSecret, "client-secret"),
                fromSecret("OAUTH2_PROXY_COOKIE_SECRET", COOKIE_SECRET, "cookie-secret"),
                fromSecret("OAUTH2_PROXY_REDIS_PASSWORD", REDIS_SECRET, "password"),
              ],
              ports: [
                { name: "http", containerPort: OAUTH2_PROXY.port },
                { name: "metrics", containerPort: 44180 },
              ],
              // Ready only while its session store answers.
              readinessProbe: { httpGet: { path: READY_PATH, port: "http" } },
              livenessProbe: { httpGet: { path: PING_PATH, port: "http" } },
              resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
              securityContext: RESTRICTED,
            },
          ],
        },
      },
    },
  });
}

/** Flags rather than a map of settings: each group is a flag of its own, where a map would keep the last. */
function proxyArguments({ options: given, facts }: Context): string[] {
  const { identity } = facts;
  return [
    `--http-address=0.0.0.0:${OAUTH2_PROXY.port}`,
    "--metrics-address=0.0.0.0:44180",
    "--provider=oidc",
    `--client-id=${OAUTH2_PROXY.app}`,
    // The browser goes through the gateway, everything else to Keycloak's Service: nothing leaves the cluster to come back.
    "--skip-oidc-discovery=true",
    ...(identity === undefined
      ? []
      : [
          `--oidc-issuer-url=${identity.issuer}`,
          `--login-url=${identity.authorizationEndpoint}`,
          `--redeem-url=${identity.internal.tokenEndpoint}`,
          `--oidc-jwks-url=${identity.internal.jwksUri}`,
        ]),
    "--scope=openid profile email",
    "--code-challenge-method=S256",
    ...given.allowedGroups.map((group) => `--allowed-group=${group}`),
    ...given.emailDomains.map((domain) => `--email-domain=${domain}`),
    // Without a mail server Keycloak calls no address verified, and everybody would be refused; an address opens nothing here.
    ...(given.emailDomains.includes("*") ? ["--insecure-oidc-allow-unverified-email=true"] : []),
    // Behind the gateway: host and scheme of the caller are in headers, and whoever is let in gets 200, which ext_authz wants.
    "--reverse-proxy=true",
    "--upstream=static://200",
    "--skip-provider-button=true",
    "--set-xauthrequest=true",
    "--set-authorization-header=true",
    `--ping-path=${PING_PATH}`,
    `--ready-path=${READY_PATH}`,
    "--silence-ping-logging=true",
    // No domain: a session is for one host.
    "--cookie-name=__Host-oauth2-proxy",
    "--cookie-secure=true",
    "--cookie-samesite=lax",
    "--cookie-csrf-per-request=true",
    `--cookie-expire=${given.sessionHours}h`,
    `--cookie-refresh=${given.refreshMinutes}m`,
    "--session-store-type=redis",
    `--redis-connection-url=redis://${REDIS_ADDRESS}`,
  ];
}

function fromSecret(
  name: string,
  secret: string,
  key: string,
): { name: string; valueFrom: { secretKeyRef: { name: string; key: string } } } {
  return { name, valueFrom: { secretKeyRef: { name: secret, key } } };
}

function disruptionBudget(): KubeObject {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: OAUTH2_PROXY.app },
    spec: { minAvailable: 1, selector: { matchLabels: LABELS } },
  };
}
