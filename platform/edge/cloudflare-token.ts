import type { Settings } from "../../config/settings";
import type { AppSecret, SecretRequest } from "../kit/secrets";

/** Secret with a token of Cloudflare's API, in the namespace of each app that edits DNS; key `token`. */
export const CLOUDFLARE_SECRET = { name: "cloudflare-token", key: "token" } as const;

/** Secret of the settings with a token that may do no more than edit the zones' DNS. */
const DNS_TOKEN = "cloudflare-dns-token";

/** A token of its own where the settings have one, else the edge's, which may edit the tunnel as well. */
export function cloudflareSecret({ secrets, cloudflare }: Settings): AppSecret {
  const request: SecretRequest =
    secrets[DNS_TOKEN] !== undefined || cloudflare === undefined
      ? { from: "config", secret: DNS_TOKEN }
      : { from: "setting", value: cloudflare.token };
  return { name: CLOUDFLARE_SECRET.name, data: { [CLOUDFLARE_SECRET.key]: request } };
}
