/** Inputs of the Cloudflare provider's resources and functions that Hearth's lab knows, named as in the SDK `@pulumi/cloudflare`. */
import { anything, flag, listOf, number, objectOf, required, text, type Property, type PropertyTable } from "./property-table";

/** Configuration of the provider. */
export const configuration: PropertyTable = {
  properties: { apiKey: text, apiToken: text, apiUserServiceKey: text, baseUrl: text, email: text, userAgentOperatorSuffix: text },
};

/** `ZeroTrustTunnelCloudflared`. */
export const tunnel: PropertyTable = {
  properties: { accountId: required(text), configSrc: text, name: required(text), tunnelSecret: text },
  secretOutputs: ["tunnelSecret"],
  computed: [
    "accountTag",
    "configSrc",
    "connections",
    "connsActiveAt",
    "connsInactiveAt",
    "createdAt",
    "deletedAt",
    "metadata",
    "remoteConfig",
    "status",
    "tunType",
  ],
};

const originRequest: Property = objectOf({
  access: objectOf({ audTags: required(listOf(text)), required: flag, teamName: required(text) }),
  caPool: text,
  connectTimeout: number,
  disableChunkedEncoding: flag,
  http2Origin: flag,
  httpHostHeader: text,
  keepAliveConnections: number,
  keepAliveTimeout: number,
  matchSnItoHost: flag,
  noHappyEyeballs: flag,
  noTlsVerify: flag,
  originServerName: text,
  proxyType: text,
  tcpKeepAlive: number,
  tlsTimeout: number,
});

/** `ZeroTrustTunnelCloudflaredConfig`. */
export const tunnelConfig: PropertyTable = {
  properties: {
    accountId: required(text),
    config: objectOf({
      ingresses: listOf(objectOf({ hostname: text, originRequest, path: text, service: required(text) })),
      originRequest,
    }),
    source: text,
    tunnelId: required(text),
  },
  computed: ["config", "createdAt", "source", "version"],
};

const recordData: Property = objectOf({
  algorithm: number,
  altitude: number,
  certificate: text,
  digest: text,
  digestType: number,
  fingerprint: text,
  flags: anything,
  keyTag: number,
  latDegrees: number,
  latDirection: text,
  latMinutes: number,
  latSeconds: number,
  longDegrees: number,
  longDirection: text,
  longMinutes: number,
  longSeconds: number,
  matchingType: number,
  order: number,
  port: number,
  precisionHorz: number,
  precisionVert: number,
  preference: number,
  priority: number,
  protocol: number,
  publicKey: text,
  regex: text,
  replacement: text,
  selector: number,
  service: text,
  size: number,
  tag: text,
  target: text,
  type: number,
  usage: number,
  value: text,
  weight: number,
});

/** `DnsRecord`. */
export const dnsRecord: PropertyTable = {
  properties: {
    comment: text,
    content: text,
    data: recordData,
    includeShadowMetadata: flag,
    name: required(text),
    priority: number,
    privateRouting: flag,
    proxied: flag,
    settings: objectOf({ flattenCname: flag, ipv4Only: flag, ipv6Only: flag }),
    tags: listOf(text),
    ttl: required(number),
    type: required(text),
    zoneId: required(text),
  },
  computed: [
    "commentModifiedOn",
    "content",
    "createdOn",
    "meta",
    "modifiedOn",
    "proxiable",
    "proxied",
    "settings",
    "tags",
    "tagsModifiedOn",
  ],
};

/** `getZone`. */
export const getZone: PropertyTable = {
  properties: {
    filter: objectOf({
      account: objectOf({ id: text, name: text }),
      direction: text,
      match: text,
      name: text,
      order: text,
      status: text,
      types: listOf(text),
    }),
    zoneId: text,
  },
};

/** `getZeroTrustTunnelCloudflaredToken`. */
export const getTunnelToken: PropertyTable = { properties: { accountId: required(text), tunnelId: required(text) } };
