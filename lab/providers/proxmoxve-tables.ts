/** Inputs of the Proxmox VE provider's resources that the lab knows, named as in the SDK `@muhlba91/pulumi-proxmoxve`. */
import { flag, listOf, mapOf, number, objectOf, required, text, type PropertyTable } from "./property-table";

/** Configuration of the provider. */
export const configuration: PropertyTable = {
  properties: {
    apiToken: text,
    authTicket: text,
    csrfPreventionToken: text,
    endpoint: text,
    insecure: flag,
    minTls: text,
    otp: text,
    password: text,
    randomVmIdEnd: number,
    randomVmIdStart: number,
    randomVmIds: flag,
    ssh: objectOf({
      agent: flag,
      agentForwarding: flag,
      agentSocket: text,
      nodeAddressSource: text,
      nodes: listOf(objectOf({ address: required(text), name: required(text), port: number })),
      password: text,
      privateKey: text,
      socks5Password: text,
      socks5Server: text,
      socks5Username: text,
      username: text,
    }),
    tmpDir: text,
    username: text,
  },
};

/** `download.File`. */
export const downloadFile: PropertyTable = {
  properties: {
    checksum: text,
    checksumAlgorithm: text,
    contentType: required(text),
    datastoreId: required(text),
    decompressionAlgorithm: text,
    fileName: text,
    nodeName: required(text),
    overwrite: flag,
    overwriteUnmanaged: flag,
    uploadTimeout: number,
    url: required(text),
    verify: flag,
  },
  computed: ["fileName", "overwrite", "overwriteUnmanaged", "size", "uploadTimeout", "verify"],
};

/** `Haresource`. */
export const haResource: PropertyTable = {
  properties: {
    comment: text,
    failback: flag,
    group: text,
    maxRelocate: number,
    maxRestart: number,
    resourceId: required(text),
    state: text,
    type: text,
  },
  computed: ["failback", "state", "type"],
};

/** `Harule`. */
export const haRule: PropertyTable = {
  properties: {
    affinity: text,
    comment: text,
    disable: flag,
    nodes: mapOf(number),
    resources: required(listOf(text)),
    rule: required(text),
    strict: flag,
    type: required(text),
  },
  computed: ["affinity", "disable", "strict"],
};

/** `RoleLegacy`. */
export const role: PropertyTable = { properties: { privileges: required(listOf(text)), roleId: required(text) } };

/** `UserLegacy`. */
export const user: PropertyTable = {
  properties: {
    acls: listOf(objectOf({ path: required(text), propagate: flag, roleId: required(text) })),
    comment: text,
    email: text,
    enabled: flag,
    expirationDate: text,
    firstName: text,
    groups: listOf(text),
    keys: text,
    lastName: text,
    password: text,
    userId: required(text),
  },
};

/** `user.Token`. */
export const userToken: PropertyTable = {
  properties: { comment: text, expirationDate: text, privilegesSeparation: flag, tokenName: required(text), userId: required(text) },
  computed: ["privilegesSeparation", "value"],
  secretOutputs: ["value"],
};

/** `Acl`. */
export const acl: PropertyTable = {
  properties: { groupId: text, path: required(text), propagate: flag, roleId: required(text), tokenId: text, userId: text },
  computed: ["propagate"],
};

/** `PoolLegacy`. */
export const pool: PropertyTable = { properties: { comment: text, poolId: required(text) }, computed: ["members"] };
