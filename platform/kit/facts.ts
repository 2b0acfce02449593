/** What the platform as a whole offers, computed before any app is asked: where to log in, where to store, where to send traces. */

/** Where Keycloak's realm answers. */
export interface IdentityFacts {
  readonly realm: string;
  /** `https://auth.example.com/realms/home`: what tokens name as their issuer. */
  readonly issuer: string;
  /** For browsers, through the gateway. */
  readonly authorizationEndpoint: string;
  readonly endSessionEndpoint: string;
  /** For programs, through the gateway. */
  readonly tokenEndpoint: string;
  readonly userinfoEndpoint: string;
  readonly jwksUri: string;
  /** Group in the claim `groups` of those who administer the platform. */
  readonly adminsGroup: string;
  /** Keycloak's Service, for what stays inside the cluster. */
  readonly service: { readonly name: string; readonly namespace: string; readonly port: number };
  /** The same endpoints below `http://<service>.<namespace>.svc.cluster.local:<port>`. */
  readonly internal: { readonly tokenEndpoint: string; readonly userinfoEndpoint: string; readonly jwksUri: string };
}

/** An S3 endpoint. */
export interface ObjectStoreFacts {
  /** App that provides it. */
  readonly app: string;
  /** `http://rustfs.rustfs.svc.cluster.local:9000`. */
  readonly url: string;
  /** Host and port of `url`. */
  readonly hostPort: string;
  readonly region: string;
  /** Whether bucket names are paths rather than host names. */
  readonly pathStyle: boolean;
  /** Whether `url` is plain http. */
  readonly insecure: boolean;
  /** Stands before the name of every bucket there; empty where the platform has the store for itself. @see bucketIn */
  readonly bucketPrefix: string;
}

/** What a bucket is called in a store: apps ask for `name` and must use this. */
export function bucketIn(store: Pick<ObjectStoreFacts, "bucketPrefix">, name: string): string {
  return store.bucketPrefix + name;
}

/** Where spans go. */
export interface TracingFacts {
  /** Service that takes OTLP. */
  readonly host: string;
  readonly grpcPort: number;
  readonly httpPort: number;
}

/** Where log lines go, and where they are read. */
export interface LogFacts {
  /** Base URL of Loki's API for those who write. */
  readonly writeUrl: string;
  /** Base URL of Loki's API for those who read. */
  readonly readUrl: string;
  readonly port: number;
}

/** @see PlatformFacts in the functions of an app's definition */
export interface PlatformFacts {
  /** Primary domain of the cluster. */
  readonly domain: string;
  /** Absent while Keycloak is off. */
  readonly identity?: IdentityFacts;
  /** Where apps keep what they work on; absent while no object store is on. */
  readonly dataStore?: ObjectStoreFacts;
  /** Where backups go: outside the cluster where there is such a place. */
  readonly backupStore?: ObjectStoreFacts;
  /** Absent while Tempo is off. */
  readonly tracing?: TracingFacts;
  /** Whether anything scrapes metrics. */
  readonly metrics: boolean;
  /** Prometheus' base URL: queries below `/api/v1`, samples by remote write to `/api/v1/write`; absent while it is off. */
  readonly metricsUrl?: string;
  /** Absent while Loki is off. */
  readonly logs?: LogFacts;
  /** Class for volumes that name none; absent: the cluster's default class, whatever that is. */
  readonly storageClass?: string;
  /** 2 where there is more than one node that takes workloads, else 1: for what may have a second pod. */
  readonly replicas: 1 | 2;
}
