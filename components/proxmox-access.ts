import * as proxmox from "@muhlba91/pulumi-proxmoxve";
import * as pulumi from "@pulumi/pulumi";
import { Phase } from "./component";
import { type AccessPlan, TOKEN_NAME } from "./proxmox-access/plan";
import type { ProxmoxToken } from "./seed-secrets";

export interface ProxmoxAccessArgs {
  readonly plans: readonly AccessPlan[];
  /** By the Proxmox cluster's name. */
  readonly proxmox: ReadonlyMap<string, proxmox.Provider>;
}

/**
 * Makes a user, its roles and its API token in Proxmox for each app that works with Proxmox, with the least rights.
 * Makes none that no app asks for, and no password: the users are programs.
 */
export class ProxmoxAccess extends Phase {
  /** By `<cluster>/<user>`. */
  readonly tokens: ReadonlyMap<string, ProxmoxToken>;

  constructor(name: string, args: ProxmoxAccessArgs, options: pulumi.ComponentResourceOptions) {
    super("ProxmoxAccess", name, options);
    this.tokens = new Map(args.plans.map((plan) => [`${plan.proxmox}/${plan.user}`, this.makeUser(plan, args.proxmox.get(plan.proxmox))]));
    this.registerOutputs({});
  }

  private makeUser(plan: AccessPlan, provider: proxmox.Provider | undefined): ProxmoxToken {
    const key = `${plan.proxmox}-${plan.user}`;
    const user = new proxmox.UserLegacy(
      `user-${key}`,
      { userId: plan.userId, comment: "made by Hearth", enabled: true },
      // A refresh reads the rules below into `acls`; without this they would be taken away again.
      this.child({ provider, ignoreChanges: ["acls"] }),
    );
    const rules = plan.grants.map((grant) => this.grant(key, grant, user, provider));
    const token = new proxmox.user.Token(
      `token-${key}`,
      // The user has nothing but these rights, so its token needs no narrower ones. A changed token would lose its value.
      { userId: user.userId, tokenName: TOKEN_NAME, privilegesSeparation: false },
      this.child({ provider, dependsOn: rules }),
    );
    return { id: pulumi.output(`${plan.userId}!${TOKEN_NAME}`), secret: pulumi.secret(token.value.apply(secretPart)) };
  }

  private grant(
    key: string,
    { name, roleId, path, privileges }: AccessPlan["grants"][number],
    user: proxmox.UserLegacy,
    provider: proxmox.Provider | undefined,
  ): proxmox.Acl {
    const role = new proxmox.RoleLegacy(`role-${key}-${name}`, { roleId, privileges: [...privileges] }, this.child({ provider }));
    return new proxmox.Acl(
      `acl-${key}-${name}`,
      { userId: user.userId, roleId: role.roleId, path, propagate: true },
      this.child({ provider }),
    );
  }
}

/** The provider hands out `user@realm!name=secret`. */
function secretPart(value: string): string {
  return value.slice(value.lastIndexOf("=") + 1);
}
