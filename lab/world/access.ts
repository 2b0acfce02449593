import { randomUUID } from "node:crypto";
import type { Clock } from "./clock";
import { WorldError } from "./errors";
import type { EventLog } from "./events";
import { tokenDigest } from "./facts";

/** An API token, without its secret: Proxmox shows that once. */
export interface ApiToken {
  /** `user@realm!name`. */
  readonly id: string;
  readonly secretSha256: string;
  readonly privilegesSeparation: boolean;
}

/** One line of the access control list. */
export interface AccessRule {
  readonly path: string;
  readonly role: string;
  /** A user or a token. */
  readonly subject: string;
  readonly propagate: boolean;
}

/** What a restart of the daemon keeps. */
export interface AccessSnapshot {
  readonly roles: readonly (readonly [string, readonly string[]])[];
  readonly users: readonly string[];
  readonly tokens: readonly ApiToken[];
  readonly rules: readonly AccessRule[];
}

/** Privileges that Proxmox VE 9 knows, as far as the lab's programs ask for them. */
const PRIVILEGES: ReadonlySet<string> = new Set([
  "Datastore.Allocate",
  "Datastore.AllocateSpace",
  "Datastore.AllocateTemplate",
  "Datastore.Audit",
  "Sys.Audit",
  "VM.Allocate",
  "VM.Audit",
  "VM.Clone",
  "VM.Config.Disk",
  "VM.Config.Options",
  "VM.GuestAgent.Audit",
  "VM.Migrate",
  "VM.PowerMgmt",
]);

const REALMS: readonly string[] = ["pam", "pve"];

/** Users, roles, tokens and the access control list of one Proxmox cluster; those that were there before are not in it. */
export class Access {
  private readonly roles = new Map<string, readonly string[]>();
  private readonly users = new Set<string>();
  private readonly tokens = new Map<string, ApiToken>();
  private readonly rules = new Map<string, AccessRule>();

  constructor(
    private readonly clock: Clock,
    private readonly events: EventLog,
  ) {}

  createRole(id: string, privileges: readonly string[]): void {
    if (this.roles.has(id)) throw new WorldError("already-exists", `role '${id}' already exists`);
    if (id.startsWith("PVE")) throw new WorldError("invalid-argument", `role ID '${id}' is reserved: it starts with PVE`);
    this.setRole(id, privileges);
    this.log("role.created", id);
  }

  updateRole(id: string, privileges: readonly string[]): void {
    if (!this.roles.has(id)) throw new WorldError("not-found", `role '${id}' does not exist`);
    this.setRole(id, privileges);
  }

  role(id: string): readonly string[] | undefined {
    return this.roles.get(id);
  }

  deleteRole(id: string): void {
    if (!this.roles.delete(id)) throw new WorldError("not-found", `role '${id}' does not exist`);
    this.log("role.deleted", id);
  }

  createUser(id: string): void {
    if (this.users.has(id)) throw new WorldError("already-exists", `user '${id}' already exists`);
    if (!REALMS.includes(id.split("@")[1] ?? "")) throw new WorldError("invalid-argument", `domain of '${id}' does not exist`);
    this.users.add(id);
    this.log("user.created", id);
  }

  hasUser(id: string): boolean {
    return this.users.has(id);
  }

  /** Its tokens and rules go with it. */
  deleteUser(id: string): void {
    if (!this.users.delete(id)) throw new WorldError("not-found", `no such user ('${id}')`);
    for (const token of [...this.tokens.keys()]) if (token.startsWith(`${id}!`)) this.forgetToken(token);
    for (const [key, rule] of this.rules) if (rule.subject === id) this.rules.delete(key);
    this.log("user.deleted", id);
  }

  /** @returns the secret, which is never shown again. */
  createToken(user: string, name: string, privilegesSeparation: boolean): string {
    const id = `${user}!${name}`;
    if (!this.users.has(user)) throw new WorldError("not-found", `no such user ('${user}')`);
    if (this.tokens.has(id)) throw new WorldError("already-exists", `token '${id}' already exists`);
    const secret = randomUUID();
    this.tokens.set(id, { id, secretSha256: tokenDigest(secret), privilegesSeparation });
    this.log("token.created", id);
    return secret;
  }

  token(id: string): ApiToken | undefined {
    return this.tokens.get(id);
  }

  deleteToken(id: string): void {
    if (!this.tokens.has(id)) throw new WorldError("not-found", `no such token '${id}'`);
    this.forgetToken(id);
    this.log("token.deleted", id);
  }

  /** Sets a rule; the same one twice is one. */
  allow(rule: AccessRule): void {
    if (!this.roles.has(rule.role)) throw new WorldError("invalid-argument", `role '${rule.role}' does not exist`);
    if (!this.users.has(rule.subject) && !this.tokens.has(rule.subject))
      throw new WorldError("invalid-argument", `user or token '${rule.subject}' does not exist`);
    this.rules.set(keyOf(rule), rule);
    this.log("acl.set", keyOf(rule));
  }

  rule(path: string, role: string, subject: string): AccessRule | undefined {
    return this.rules.get(keyOf({ path, role, subject }));
  }

  /** Proxmox says nothing when there is no such rule. */
  disallow(rule: Omit<AccessRule, "propagate">): void {
    if (this.rules.delete(keyOf(rule))) this.log("acl.removed", keyOf(rule));
  }

  /** What was made through the API, by name. */
  inventory(): {
    readonly roles: readonly string[];
    readonly users: readonly string[];
    readonly tokens: readonly string[];
    readonly rules: readonly string[];
  } {
    return {
      roles: [...this.roles.keys()].sort(),
      users: [...this.users].sort(),
      tokens: [...this.tokens.keys()].sort(),
      rules: [...this.rules.keys()].sort(),
    };
  }

  toJSON(): AccessSnapshot {
    return { roles: [...this.roles], users: [...this.users], tokens: [...this.tokens.values()], rules: [...this.rules.values()] };
  }

  restore({ roles, users, tokens, rules }: AccessSnapshot): void {
    for (const [id, privileges] of roles) this.roles.set(id, privileges);
    for (const id of users) this.users.add(id);
    for (const token of tokens) this.tokens.set(token.id, token);
    for (const rule of rules) this.rules.set(keyOf(rule), rule);
  }

  private setRole(id: string, privileges: readonly string[]): void {
    const unknown = privileges.find((privilege) => !PRIVILEGES.has(privilege));
    if (unknown !== undefined) throw new WorldError("invalid-argument", `invalid privilege '${unknown}'`);
    this.roles.set(id, privileges);
  }

  private forgetToken(id: string): void {
    this.tokens.delete(id);
    for (const [key, rule] of this.rules) if (rule.subject === id) this.rules.delete(key);
  }

  private log(what: string, subject: string): void {
    this.events.append(this.clock.timestamp(), what, subject);
  }
}

function keyOf({ path, role, subject }: Omit<AccessRule, "propagate">): string {
  return `${path}: ${role} for ${subject}`;
}
