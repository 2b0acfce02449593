import type { AppSecret, SecretRequest } from "../kit/secrets";
import { REDIS, redisPassword } from "./names";

/** Secret with every user and password: `users.conf` for the server, one key per user for whoever logs in. */
export const USERS_SECRET = "redis-users";
export const USERS_FILE = "users.conf";

/** Who reads metrics. */
export const EXPORTER = "exporter";
/** Who logs in with a password only. */
export const DEFAULT = "default";

/** A user of one's own and the keys that it reaches. */
export type RedisUsers = Readonly<Record<string, { readonly keys: readonly string[] }>>;

/**
 * Everything but what can take the server down or read other users' secrets. Rules apply from left to right: `info` and
 * the commands of a connection are dangerous, too, in Redis' book, and clients need them.
 */
const APPLICATION = "+@all -@dangerous +@connection +info";

/** What the exporter asks for: nothing that reads a value. */
const MEASURING = "-@all +@connection +info +config|get +slowlog|get +slowlog|len +latency|latest +latency|histogram";

/** Users as Redis' configuration has them, so that no password is ever an argument, a variable of the server or in a ConfigMap. */
export function usersSecret(users: RedisUsers): AppSecret {
  const lines = [
    line(DEFAULT, `~* allchannels ${APPLICATION}`),
    line(EXPORTER, `resetkeys resetchannels ${MEASURING}`),
    ...names(users).map((name) => line(name, `${patterns(users[name]?.keys ?? [])} allchannels ${APPLICATION}`)),
  ];
  const passwords = [DEFAULT, EXPORTER, ...names(users)].map((name): [string, SecretRequest] => [name, redisPassword(name)]);
  return {
    name: USERS_SECRET,
    namespace: REDIS,
    data: { [USERS_FILE]: { from: "joined", parts: lines.flat() }, ...Object.fromEntries(passwords) },
  };
}

function names(users: RedisUsers): readonly string[] {
  return Object.keys(users).sort();
}

function line(user: string, rights: string): readonly SecretRequest[] {
  return [{ from: "plain", value: `user ${user} on >` }, redisPassword(user), { from: "plain", value: ` ${rights}\n` }];
}

function patterns(keys: readonly string[]): string {
  return ["resetkeys", ...keys.map((key) => `~${key}`)].join(" ");
}
