import { edgeHost, EXTERNAL_GATEWAY_URL } from "../../platform/names";

/** One rule of a tunnel's remote configuration. */
export interface IngressRule {
  readonly hostname?: string;
  readonly service: string;
  readonly originRequest?: { readonly originServerName: string; readonly http2Origin: true };
}

/**
 * One wildcard rule per domain to the external gateway, then 404 for the rest. The gateway is asked under
 * `external.<domain>`, which its certificate covers.
 */
export function ingressRules(domains: readonly string[]): readonly IngressRule[] {
  const wildcards = domains.map((domain): IngressRule => ({
    hostname: `*.${domain}`,
    service: EXTERNAL_GATEWAY_URL,
    originRequest: { originServerName: edgeHost(domain), http2Origin: true },
  }));
  return [...wildcards, { service: "http_status:404" }];
}

/**
 * The token that cloudflared connects with: base64 of a JSON of account, tunnel and secret. Computed, because the
 * provider's look-up would be a call to Cloudflare in every preview.
 */
export function tunnelToken(accountId: string, tunnelId: string, secretBase64: string): string {
  return Buffer.from(JSON.stringify({ a: accountId, t: tunnelId, s: secretBase64 })).toString("base64");
}
