/** Stand-in for the Cloudflare provider: the resources and functions that Hearth's road or its tests touch, on the world's account. */
import type { CloudflareWorld } from "../world/cloudflare";
import { AdapterError, type FunctionAdapter, type ProviderAdapter } from "./adapter";
import { dnsRecordAdapter } from "./cloudflare-dns-record";
import { clientOf, optionalText, request, textOf } from "./cloudflare-request";
import { configuration, getTunnelToken, getZone } from "./cloudflare-tables";
import { tunnelAdapter, tunnelConfigAdapter } from "./cloudflare-tunnel";
import { isObject } from "./values";

/** The Cloudflare provider before this account. Configuring it asks nothing of the account, as with the real one. */
export function cloudflareProvider(world: CloudflareWorld): ProviderAdapter {
  return {
    name: "cloudflare",
    version: "6.22.1",
    configInputs: configuration,
    resources: {
      "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared": tunnelAdapter(world),
      "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig": tunnelConfigAdapter(world),
      "cloudflare:index/dnsRecord:DnsRecord": dnsRecordAdapter(world),
    },
    functions: {
      "cloudflare:index/getZone:getZone": zoneLookup(world),
      "cloudflare:index/getZeroTrustTunnelCloudflaredToken:getZeroTrustTunnelCloudflaredToken": tokenLookup(world),
    },
  };
}

function zoneLookup(world: CloudflareWorld): FunctionAdapter {
  return {
    inputs: getZone,
    invoke: async (args, ctx) => {
      const id = optionalText(args, "zoneId");
      const name = isObject(args["filter"]) ? optionalText(args["filter"], "name") : undefined;
      if (id === undefined && name === undefined) throw new AdapterError("getZone needs zoneId or filter.name");
      const zone = await request(world.getZone(clientOf(ctx), id === undefined ? { name } : { id }));
      const account = { id: world.accountId, name: "stand-in account" };
      return {
        ...args,
        id: zone.id,
        zoneId: zone.id,
        name: zone.name,
        account,
        status: "active",
        type: "full",
        paused: false,
        nameServers: [],
      };
    },
  };
}

/** The result is not secret by itself: the real function's is not either. */
function tokenLookup(world: CloudflareWorld): FunctionAdapter {
  return {
    inputs: getTunnelToken,
    invoke: async (args, ctx) => {
      const [accountId, tunnelId] = [textOf(args, "accountId"), textOf(args, "tunnelId")];
      return { accountId, tunnelId, token: await request(world.getTunnelToken(clientOf(ctx), accountId, tunnelId)) };
    },
  };
}
