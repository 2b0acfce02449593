import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { CloudflareSettings } from "../config/settings";
import { edgeHost } from "../platform/names";
import { Phase } from "./component";
import { ingressRules, tunnelToken } from "./edge/tunnel";

export interface CloudflareEdgeArgs {
  readonly settings: CloudflareSettings;
  /** DNS zones served, the primary first. */
  readonly domains: readonly string[];
}

/** Bytes of the tunnel's secret; Cloudflare asks for 32 at least. */
const TUNNEL_SECRET_BYTES = 32;

/**
 * Makes a remotely managed tunnel, its ingress rules and the one DNS record that they hang on. Makes no other
 * record: external-dns owns those.
 */
export class CloudflareEdge extends Phase {
  readonly tunnel: cloudflare.ZeroTrustTunnelCloudflared;
  readonly tunnelId: pulumi.Output<string>;
  /** What cloudflared needs to connect: a secret. */
  readonly tunnelToken: pulumi.Output<string>;

  constructor(name: string, args: CloudflareEdgeArgs, options: pulumi.ComponentResourceOptions) {
    super("CloudflareEdge", name, options);
    const secret = new random.RandomBytes("tunnel-secret", { length: TUNNEL_SECRET_BYTES }, this.child());
    this.tunnel = this.makeTunnel(args, secret);
    this.tunnelId = this.tunnel.id;
    this.tunnelToken = pulumi.secret(
      pulumi.all([this.tunnel.id, secret.base64]).apply(([id, base64]) => tunnelToken(args.settings.accountId, id, base64)),
    );
    this.makeIngress(args);
    this.makeRecord(args);
    this.registerOutputs({ tunnelId: this.tunnelId, tunnelToken: this.tunnelToken });
  }

  private makeTunnel({ settings }: CloudflareEdgeArgs, secret: random.RandomBytes): cloudflare.ZeroTrustTunnelCloudflared {
    return new cloudflare.ZeroTrustTunnelCloudflared(
      "tunnel",
      { accountId: settings.accountId, name: settings.tunnelName, configSrc: "cloudflare", tunnelSecret: secret.base64 },
      // The API never returns the secret; a later difference would rotate it under running connectors.
      this.child({ ignoreChanges: ["tunnelSecret"] }),
    );
  }

  private makeIngress({ settings, domains }: CloudflareEdgeArgs): void {
    new cloudflare.ZeroTrustTunnelCloudflaredConfig(
      "tunnel-ingress",
      { accountId: settings.accountId, tunnelId: this.tunnel.id, source: "cloudflare", config: { ingresses: [...ingressRules(domains)] } },
      this.child(),
    );
  }

  private makeRecord({ settings, domains }: CloudflareEdgeArgs): void {
    const [primary] = domains;
    const zoneId = primary === undefined ? undefined : settings.zones[primary];
    if (primary === undefined || zoneId === undefined) throw new Error("the settings name a zone for the primary domain"); // a rule of config/
    new cloudflare.DnsRecord(
      edgeHost(primary),
      {
        zoneId,
        name: edgeHost(primary),
        type: "CNAME",
        content: pulumi.interpolate`${this.tunnel.id}.cfargotunnel.com`,
        proxied: true,
        ttl: 1,
      },
      // Two records of one name cannot stand side by side.
      this.child({ deleteBeforeReplace: true }),
    );
  }
}
