/** A tunnel of the stand-in Cloudflare account, its secret and its token. */
import { createHash } from "node:crypto";
import { badRequest } from "./cloudflare-error";
import type { IngressRule } from "./cloudflare-ingress";

/** One connection of a connector to the edge. */
export interface TunnelConnection {
  readonly id: string;
  /** Who connected: the machine or pod that runs cloudflared. */
  readonly connector: string;
  readonly openedAt: string;
}

/** Where a tunnel's configuration is kept. */
export type ConfigSource = "local" | "cloudflare";

/** A tunnel; of its secret only a hash. */
export interface Tunnel {
  readonly id: string;
  readonly name: string;
  readonly configSrc: ConfigSource;
  /** SHA-256, hexadecimal. */
  readonly secretHash: string;
  readonly createdAt: string;
  readonly connections: readonly TunnelConnection[];
  /** Whether any connector ever connected. */
  readonly everConnected: "yes" | "no";
  readonly configuration?: TunnelConfiguration;
}

/** What a remotely managed tunnel serves. */
export interface TunnelConfiguration {
  readonly version: number;
  readonly createdAt: string;
  readonly config: { readonly ingress: readonly IngressRule[]; readonly originRequest?: Readonly<Record<string, unknown>> };
}

/** Throws unless a secret is base64 of at least 32 bytes. */
export function checkTunnelSecret(secret: string): void {
  const bytes = Buffer.from(secret, "base64");
  if (bytes.toString("base64") !== secret) throw badRequest(1001, "tunnel_secret must be base64");
  if (bytes.length < 32) throw badRequest(1001, "tunnel_secret must be at least 32 bytes");
}

/** SHA-256 of a secret, hexadecimal: what the world keeps in place of it. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** The token with which cloudflared runs a tunnel; `secret` is base64. */
export function tunnelToken(accountId: string, tunnelId: string, secret: string): string {
  return Buffer.from(JSON.stringify({ a: accountId, t: tunnelId, s: secret })).toString("base64");
}

/** What a token claims; undefined when it is none. */
export function readToken(token: string): { account: string; tunnel: string; secret: string } | undefined {
  try {
    const claim: unknown = JSON.parse(Buffer.from(token, "base64").toString("utf8"));
    if (typeof claim !== "object" || claim === null || !("a" in claim && "t" in claim && "s" in claim)) return undefined;
    return { account: String(claim.a), tunnel: String(claim.t), secret: String(claim.s) };
  } catch {
    return undefined;
  }
}
