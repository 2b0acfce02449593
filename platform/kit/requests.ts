/** What an app asks of others, as plain data. `platform/provide/` turns each request into objects, Secrets and dependencies. */
import type { KubeObject } from "./objects";
import type { SecretRequest } from "./secrets";

/** Gateways of the platform; each has the address of the same name in the settings. */
export type GatewayName = "external" | "internal" | "auth" | "ai" | "mcp";

/** Who stands between a caller and an app. */
export type Protection =
  /** The gateway logs a browser in at Keycloak (OIDC). */
  | { readonly by: "browser" }
  /** The gateway wants a token of Keycloak's for this audience (JWT) and forwards its claims as headers. */
  | { readonly by: "api"; readonly audience: string }
  /** OAuth2-Proxy decides for the gateway (ext_authz). */
  | { readonly by: "proxy" }
  /** The app logs its users in by itself; `reason` says how. */
  | { readonly by: "app"; readonly reason: string }
  /** Nobody: anyone may call; `reason` says why that is meant. */
  | { readonly by: "public"; readonly reason: string };

/** A host name that an app serves: it becomes a route, and what its protection asks for. */
export interface AppHost {
  /** Full DNS name. */
  readonly host: string;
  readonly service: string;
  /** Port of the Service. */
  readonly port: number;
  /** Port of the pods behind it, for network policies. @default `port` */
  readonly containerPort?: number;
  readonly gateway: GatewayName;
  readonly protection: Protection;
  /** @default "http" */
  readonly protocol?: "http" | "grpc";
  /** Path prefixes that are routed. @default ["/"] */
  readonly paths?: readonly string[];
  /**
   * HTTPRoute in the app's namespace that an object of the app leads to, as an AIGatewayRoute makes one of its name. No
   * route is made then; the protection aims at this one. @default the route is made, to `service`
   */
  readonly existingRoute?: string;
}

/** A PostgreSQL database of an app's own, as a cluster in the app's namespace; served at `<name>-rw`, port 5432. */
export interface DatabaseRequest {
  /** DNS label: names the CloudNativePG Cluster. */
  readonly name: string;
  readonly database: string;
  readonly owner: string;
  /** Secret in the app's namespace with `username` and `password`; seeded by the provider. */
  readonly secret: string;
  readonly sizeGiB: number;
  readonly instances: number;
  /** Extensions beyond those that come with PostgreSQL. @default [] */
  readonly extensions?: readonly "pgvector"[];
}

/** A bucket and an access key that reaches only this bucket. */
export interface BucketRequest {
  /** Bucket name, unique in the platform. */
  readonly name: string;
  /** `data`: the app works on it; `backup`: copies for a bad day, kept outside the cluster where there is such a place. */
  readonly purpose: "data" | "backup";
  /** Secret in the app's namespace; seeded by the provider. */
  readonly secret: string;
  /** Keys of that Secret. @default AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY */
  readonly keys?: { readonly accessKey: string; readonly secretKey: string };
  /** Days after which RustFS deletes what lies in it; a store elsewhere has life cycle rules of its own. @default it stays */
  readonly keepDays?: number;
  /** Further keys of that Secret, for programs that want all they know in one. @default {} */
  readonly also?: Readonly<Record<string, SecretRequest>>;
}

/** A client of the platform's realm in Keycloak. */
export interface OidcClientRequest {
  /** Client id, unique in the realm. */
  readonly id: string;
  /** `code`: a person logs in by browser; `service`: a program by its own credentials; `public`: a program without a secret, with PKCE. */
  readonly flow: "code" | "service" | "public";
  /** Exact URLs. @default [] */
  readonly redirectUris?: readonly string[];
  /** Exact URLs. @default [] */
  readonly postLogoutRedirectUris?: readonly string[];
  /** Secret in the app's namespace that gets the client's secret; needed unless the flow is `public`. */
  readonly secret?: { readonly name: string; readonly key: string };
  /** Audiences that the client's access tokens carry besides its own. @default [] */
  readonly audiences?: readonly string[];
  /** Roles that the app knows, made as roles of this client. @default [] */
  readonly roles?: readonly string[];
}

/** An alert with what `promtool` and a person need. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  /** Prometheus duration that the expression must hold. @default at once */
  readonly for?: string;
  readonly severity: "critical" | "warning" | "info";
  /** One sentence: what is wrong. May use Prometheus' `{{ $labels.x }}`. */
  readonly summary: string;
}

/** A Grafana dashboard. */
export interface Dashboard {
  /** DNS label, unique in the platform; also the uid. */
  readonly name: string;
  /** Folder in Grafana. */
  readonly folder: string;
  /** Grafana's own JSON model, without a uid. */
  readonly model: Readonly<Record<string, unknown>>;
}

/** Pods or a Service whose metrics Prometheus reads. */
export interface Monitor {
  readonly kind: "ServiceMonitor" | "PodMonitor";
  readonly name: string;
  /** @default the app's namespace */
  readonly namespace?: string;
  readonly selector: Readonly<Record<string, string>>;
  /** Name of the port. */
  readonly port: string;
  /** Number of that port on the pods, for network policies. */
  readonly containerPort: number;
  /** @default "/metrics" */
  readonly path?: string;
}

/** The other end of a connection, as network policies name it. */
export type Peer =
  | "gateways"
  | "prometheus"
  | "kube-apiserver"
  | "nodes"
  /** Everything outside the cluster. */
  | "world"
  | { readonly app: string }
  /** For what the settings name; of an app of the catalogue, say `app`. */
  | { readonly namespace: string }
  | { readonly cidr: string };

/** Ports are those of the pods, since policies are applied after the translation of a Service's address. No ports: every port. */
export interface Connection {
  readonly peer: Peer;
  /** Namespace of the end that is not the peer, for pods that others run for the app. @default the app's */
  readonly at?: string;
  /** @default every port */
  readonly ports?: readonly number[];
  /** @default "TCP" */
  readonly protocol?: "TCP" | "UDP" | "ANY";
}

/** Connections beyond those that follow from hosts, monitors, databases, buckets and clients; DNS and the app's own namespace are always open. */
export interface NetworkNeeds {
  readonly from?: readonly Connection[];
  readonly to?: readonly Connection[];
}

/** Everything that one app asks of others. */
export interface Requests {
  readonly hosts: readonly AppHost[];
  readonly databases: readonly DatabaseRequest[];
  readonly buckets: readonly BucketRequest[];
  readonly clients: readonly OidcClientRequest[];
  readonly alerts: readonly AlertRule[];
  readonly dashboards: readonly Dashboard[];
  readonly monitors: readonly Monitor[];
  readonly network: NetworkNeeds;
}

/** An object whose status Flux reads by an expression instead of by the usual conditions. */
export type HealthOf = Pick<KubeObject, "apiVersion" | "kind">;
