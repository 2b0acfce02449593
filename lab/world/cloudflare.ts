/**
 * A Cloudflare account as far as Hearth uses one: zones that exist beforehand, tunnels with their configuration and
 * connections, DNS records. A stand-in: it keeps the real account's rules and error codes and serves no traffic.
 */
import { randomBytes, randomUUID } from "node:crypto";
import type { CallBody } from "./calls";
import { checkRecord, normalizeName, type DnsRecord, type DnsRecordFields, type Zone } from "./cloudflare-dns";
import { badRequest, CloudflareError, notFound } from "./cloudflare-error";
import { checkIngress } from "./cloudflare-ingress";
import {
  checkTunnelSecret,
  hashSecret,
  readToken,
  tunnelToken,
  type ConfigSource,
  type Tunnel,
  type TunnelConfiguration,
} from "./cloudflare-tunnel";

/** What the account needs of the world: every request is one call. `Calls` has it. */
export interface CloudflareCalls {
  call<T>(name: string, subject: string, body: CallBody<T>, signal?: AbortSignal): Promise<T>;
}

/** Who asks: the token is compared by hash, the signal ends the wait. */
export interface CloudflareClient {
  readonly apiToken: string;
  readonly signal?: AbortSignal;
}

/** All that outlives a restart; plain JSON without a secret. */
export interface CloudflareSnapshot {
  readonly tunnels: readonly Tunnel[];
  readonly records: readonly DnsRecord[];
}

/** What the account is before Hearth touches it. */
export interface CloudflareAccount {
  readonly accountId: string;
  /** Domain to zone id. */
  readonly zones: Readonly<Record<string, string>>;
  /** `hashSecret` of the one token that is let in. @default any token */
  readonly apiTokenHash?: string;
}

/** What happened in the account, as its log has it. */
export type CloudflareEventKind =
  | `tunnel.${"created" | "updated" | "configured" | "connected" | "disconnected" | "deleted"}`
  | `record.${"created" | "updated" | "deleted"}`;

/** Optional company of an account. */
export interface CloudflareWorldOptions {
  /** @default the system's clock */
  readonly timestamp?: () => string;
  /** @default nowhere */
  readonly events?: { append(at: string, kind: CloudflareEventKind, subject: string): void };
  /** What was there before a restart. @default nothing */
  readonly snapshot?: CloudflareSnapshot;
}

/** Connections that one cloudflared holds. */
const CONNECTIONS_PER_CONNECTOR = 4;

/** The stand-in account. Every method that takes a client is one call to the API, counted under `cloudflare.*`. */
export class CloudflareWorld {
  private readonly tunnels = new Map<string, Tunnel>();
  private readonly records = new Map<string, DnsRecord>();
  /** In memory only: the token look-up hands it out, a restart forgets it. */
  private readonly secrets = new Map<string, string>();

  constructor(
    private readonly account: CloudflareAccount,
    private readonly calls: CloudflareCalls,
    private readonly options: CloudflareWorldOptions = {},
  ) {
    const { snapshot = { tunnels: [], records: [] } } = options;
    snapshot.tunnels.forEach((tunnel) => this.tunnels.set(tunnel.id, tunnel));
    snapshot.records.forEach((record) => this.records.set(record.id, record));
  }

  /** POST cfd_tunnel. Without a secret the account makes one. */
  createTunnel(
    client: CloudflareClient,
    accountId: string,
    fields: { readonly name: string; readonly configSrc: ConfigSource; readonly tunnelSecret?: string },
  ): Promise<Tunnel> {
    return this.request(client, "createTunnel", fields.name, () => {
      this.checkAccount(accountId);
      this.checkTunnelName(fields.name);
      const secret = fields.tunnelSecret ?? randomBytes(32).toString("base64");
      checkTunnelSecret(secret);
      const tunnel: Tunnel = {
        id: randomUUID(),
        name: fields.name,
        configSrc: fields.configSrc,
        secretHash: hashSecret(secret),
        createdAt: this.timestamp(),
        connections: [],
        everConnected: "no",
      };
      this.secrets.set(tunnel.id, secret);
      this.log("tunnel.created", tunnel.name);
      return this.keep(tunnel);
    });
  }

  /** GET cfd_tunnel. */
  getTunnel(client: CloudflareClient, accountId: string, id: string): Promise<Tunnel> {
    return this.request(client, "getTunnel", id, () => this.findTunnel(accountId, id));
  }

  /** PATCH cfd_tunnel. */
  updateTunnel(
    client: CloudflareClient,
    accountId: string,
    id: string,
    fields: { readonly name?: string; readonly tunnelSecret?: string },
  ): Promise<Tunnel> {
    return this.request(client, "updateTunnel", id, () => {
      const tunnel = this.findTunnel(accountId, id);
      if (fields.name !== undefined && fields.name !== tunnel.name) this.checkTunnelName(fields.name);
      if (fields.tunnelSecret !== undefined) {
        checkTunnelSecret(fields.tunnelSecret);
        this.secrets.set(id, fields.tunnelSecret);
      }
      const secretHash = fields.tunnelSecret === undefined ? tunnel.secretHash : hashSecret(fields.tunnelSecret);
      this.log("tunnel.updated", tunnel.name);
      return this.keep({ ...tunnel, name: fields.name ?? tunnel.name, secretHash });
    });
  }

  /** DELETE cfd_tunnel. Refused while a connector is connected. */
  deleteTunnel(client: CloudflareClient, accountId: string, id: string): Promise<void> {
    return this.request(client, "deleteTunnel", id, () => {
      const tunnel = this.findTunnel(accountId, id);
      if (tunnel.connections.length > 0) {
        throw new CloudflareError(
          "failed-precondition",
          400,
          1022,
          `Cannot delete tunnel because it has active connections: ${tunnel.name}`,
        );
      }
      this.tunnels.delete(id);
      this.log("tunnel.deleted", tunnel.name);
      this.secrets.delete(id);
    });
  }

  /** PUT configurations. The stand-in is stricter than the API: a locally managed tunnel takes none. */
  putConfiguration(
    client: CloudflareClient,
    accountId: string,
    id: string,
    config: TunnelConfiguration["config"],
  ): Promise<TunnelConfiguration> {
    return this.request(client, "putConfiguration", id, () => {
      const tunnel = this.findTunnel(accountId, id);
      if (tunnel.configSrc === "local") throw badRequest(1056, "Bad Configuration: the tunnel is managed locally (config_src: local)");
      checkIngress(config.ingress, Object.keys(this.account.zones));
      const configuration = { version: (tunnel.configuration?.version ?? 0) + 1, createdAt: this.timestamp(), config };
      this.keep({ ...tunnel, configuration });
      this.log("tunnel.configured", tunnel.name);
      return configuration;
    });
  }

  /** GET configurations; undefined when there is none yet. */
  getConfiguration(client: CloudflareClient, accountId: string, id: string): Promise<TunnelConfiguration | undefined> {
    return this.request(client, "getConfiguration", id, () => this.findTunnel(accountId, id).configuration);
  }

  /** GET token: base64 of the JSON with account, tunnel and secret. Fails after a restart, which forgets the secret. */
  getTunnelToken(client: CloudflareClient, accountId: string, id: string): Promise<string> {
    return this.request(client, "getTunnelToken", id, () => {
      const secret = this.secrets.get(this.findTunnel(accountId, id).id);
      if (secret !== undefined) return tunnelToken(accountId, id, secret);
      throw new CloudflareError(
        "failed-precondition",
        409,
        1000,
        "the stand-in account was restarted and keeps only a hash of this tunnel's secret",
      );
    });
  }

  /** POST dns_records. */
  createRecord(client: CloudflareClient, zoneId: string, fields: DnsRecordFields): Promise<DnsRecord> {
    return this.request(client, "createRecord", `${fields.type} ${fields.name}`, () => {
      const now = this.timestamp();
      const record = { ...this.complete(zoneId, fields), id: hexId(), zoneId, createdOn: now, modifiedOn: now };
      checkRecord(record, this.recordsOf(zoneId));
      this.records.set(record.id, record);
      this.log("record.created", record.name);
      return record;
    });
  }

  /** GET dns_records. */
  getRecord(client: CloudflareClient, zoneId: string, id: string): Promise<DnsRecord> {
    return this.request(client, "getRecord", id, () => this.findRecord(zoneId, id));
  }

  /** PUT dns_records: every field is replaced. */
  updateRecord(client: CloudflareClient, zoneId: string, id: string, fields: DnsRecordFields): Promise<DnsRecord> {
    return this.request(client, "updateRecord", id, () => {
      const old = this.findRecord(zoneId, id);
      const record = { ...this.complete(zoneId, fields), id, zoneId, createdOn: old.createdOn, modifiedOn: this.timestamp() };
      const others = this.recordsOf(zoneId).filter((other) => other.id !== id);
      checkRecord(record, others);
      this.records.set(id, record);
      this.log("record.updated", record.name);
      return record;
    });
  }

  /** DELETE dns_records. */
  deleteRecord(client: CloudflareClient, zoneId: string, id: string): Promise<void> {
    return this.request(client, "deleteRecord", id, () => {
      const record = this.findRecord(zoneId, id);
      this.records.delete(id);
      this.log("record.deleted", record.name);
    });
  }

  /** GET zones, by id or by name. */
  getZone(client: CloudflareClient, query: { readonly id?: string; readonly name?: string }): Promise<Zone> {
    return this.request(client, "getZone", query.id ?? query.name ?? "", () => {
      const found = this.zones().find((zone) => (query.id === undefined ? zone.name === query.name : zone.id === query.id));
      if (found === undefined) throw notFound(7003, "Could not route to the zone, perhaps your object identifier is invalid?");
      return found;
    });
  }

  /**
   * A cloudflared connects with its token, as the edge would let it: account, tunnel and secret must be right. No API call.
   * Connecting again changes nothing. Throws `CloudflareError` (unauthenticated) otherwise.
   */
  connectWithToken(token: string, connector: string): void {
    const claim = readToken(token);
    const tunnel = claim === undefined || claim.account !== this.account.accountId ? undefined : this.tunnels.get(claim.tunnel);
    if (claim === undefined || tunnel === undefined || tunnel.secretHash !== hashSecret(claim.secret)) {
      throw new CloudflareError("unauthenticated", 403, 1003, "Unauthorized: Invalid tunnel secret");
    }
    this.connect(tunnel.id, connector);
  }

  /** A connector opens its connections without showing a token. Throws when there is no such tunnel. */
  connect(tunnelId: string, connector: string): void {
    const tunnel = this.findTunnel(this.account.accountId, tunnelId);
    if (tunnel.connections.some((connection) => connection.connector === connector)) return;
    const opened = Array.from({ length: CONNECTIONS_PER_CONNECTOR }, () => ({ id: randomUUID(), connector, openedAt: this.timestamp() }));
    this.keep({ ...tunnel, connections: [...tunnel.connections, ...opened], everConnected: "yes" });
    this.log("tunnel.connected", tunnel.name);
  }

  /** A connector goes away, from one tunnel or from all. */
  disconnect(connector: string, tunnelId?: string): void {
    for (const tunnel of this.tunnels.values()) {
      const connections = tunnel.connections.filter((connection) => connection.connector !== connector);
      if ((tunnelId !== undefined && tunnel.id !== tunnelId) || connections.length === tunnel.connections.length) continue;
      this.keep({ ...tunnel, connections });
      this.log("tunnel.disconnected", tunnel.name);
    }
  }

  /** What there is, for inventories and for the next start. */
  snapshot(): CloudflareSnapshot {
    return { tunnels: [...this.tunnels.values()], records: [...this.records.values()] };
  }

  /** The snapshot, under the name that the world's own file writes it by. */
  toJSON(): CloudflareSnapshot {
    return this.snapshot();
  }

  /** The account's id. */
  get accountId(): string {
    return this.account.accountId;
  }

  private request<T>(client: CloudflareClient, operation: string, subject: string, body: () => T): Promise<T> {
    return this.calls.call(
      `cloudflare.${operation}`,
      subject,
      () => {
        const wrong = this.account.apiTokenHash !== undefined && hashSecret(client.apiToken) !== this.account.apiTokenHash;
        if (client.apiToken === "" || wrong) throw new CloudflareError("unauthenticated", 403, 10000, "Authentication error");
        return body();
      },
      client.signal,
    );
  }

  private timestamp(): string {
    return this.options.timestamp?.() ?? new Date().toISOString();
  }

  private log(kind: CloudflareEventKind, subject: string): void {
    this.options.events?.append(this.timestamp(), kind, subject);
  }

  private keep(tunnel: Tunnel): Tunnel {
    this.tunnels.set(tunnel.id, tunnel);
    return tunnel;
  }

  private findTunnel(accountId: string, id: string): Tunnel {
    this.checkAccount(accountId);
    const tunnel = this.tunnels.get(id);
    if (tunnel === undefined) throw notFound(1003, "Tunnel not found");
    return tunnel;
  }

  private findRecord(zoneId: string, id: string): DnsRecord {
    const record = this.records.get(id);
    if (record === undefined || record.zoneId !== this.zone(zoneId).id) throw notFound(81044, "Record does not exist.");
    return record;
  }

  private recordsOf(zoneId: string): readonly DnsRecord[] {
    return [...this.records.values()].filter((record) => record.zoneId === zoneId);
  }

  private complete(zoneId: string, fields: DnsRecordFields): DnsRecordFields {
    return { ...fields, name: normalizeName(fields.name, this.zone(zoneId)) };
  }

  private zones(): readonly Zone[] {
    return Object.entries(this.account.zones).map(([name, id]) => ({ id, name }));
  }

  private zone(id: string): Zone {
    const found = this.zones().find((zone) => zone.id === id);
    if (found === undefined)
      throw notFound(7003, `Could not route to /zones/${id}/dns_records, perhaps your object identifier is invalid?`);
    return found;
  }

  private checkAccount(accountId: string): void {
    if (accountId !== this.account.accountId) throw new CloudflareError("permission-denied", 403, 10000, "Authentication error");
  }

  private checkTunnelName(name: string): void {
    if (name.trim() === "") throw badRequest(1002, "Tunnel name must not be empty");
    if ([...this.tunnels.values()].some((tunnel) => tunnel.name === name)) {
      throw new CloudflareError("already-exists", 409, 1013, "You already have a tunnel with this name.");
    }
  }
}

const hexId = (): string => randomBytes(16).toString("hex");
