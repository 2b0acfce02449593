import type { GeneratedSecret } from "../kit/secrets";

/** Name of the app, of its namespace and of its Service. */
export const REDIS = "redis";

export const REDIS_PORTS = { redis: 6379, metrics: 9121 } as const;

/** Host and port for clients inside the cluster. */
export const REDIS_ADDRESS = `${REDIS}.${REDIS}.svc.cluster.local:${REDIS_PORTS.redis}`;

/** Password of a user; an app that seeds the same request beside itself gets the same text. `default` is who logs in without a name. */
export function redisPassword(user: string): GeneratedSecret {
  return { from: "generated", length: 40, alphabet: "alphanumeric", shared: `redis/${user}` };
}
