import * as proxmox from "@muhlba91/pulumi-proxmoxve";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../config/settings";
import { Phase } from "./component";
import { type HaPlan, haPlans, machinePlan, type MachinePlan } from "./machines/plan";
import { imageOf } from "./talos/images";
import type { TalosImages } from "./talos-images";

export interface MachinesArgs {
  readonly settings: Settings;
  readonly images: TalosImages;
  /** By the Proxmox cluster's name. */
  readonly proxmox: ReadonlyMap<string, proxmox.Provider>;
  /** What must be there before any machine and go after the last one: the tunnel. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * Makes the virtual machines and, where asked for, the rule that keeps control planes on different hosts. Does not
 * look into them: addresses come from the settings.
 */
export class Machines extends Phase {
  readonly byNode: ReadonlyMap<string, proxmox.VmLegacy>;

  constructor(name: string, args: MachinesArgs, options: pulumi.ComponentResourceOptions) {
    super("Machines", name, options);
    this.byNode = this.makeMachines(args);
    for (const plan of haPlans(args.settings)) this.keepApart(plan, args);
    this.registerOutputs({});
  }

  private makeMachines(args: MachinesArgs): ReadonlyMap<string, proxmox.VmLegacy> {
    const byNode = new Map<string, proxmox.VmLegacy>();
    for (const plan of machinePlan(args.settings)) {
      const before = plan.after === undefined ? undefined : byNode.get(plan.after);
      byNode.set(plan.node.name, this.makeMachine(plan, args, [...args.after, ...(before === undefined ? [] : [before])]));
    }
    return byNode;
  }

  private makeMachine(
    plan: MachinePlan,
    { settings, images, proxmox: providers }: MachinesArgs,
    before: pulumi.Resource[],
  ): proxmox.VmLegacy {
    const download = images.downloadOf(imageOf(settings, plan.node));
    return new proxmox.VmLegacy(
      plan.node.name,
      plan.args,
      this.child({
        provider: providers.get(plan.node.proxmox),
        dependsOn: [download, ...before],
        protect: settings.cluster.deletionProtection,
        ignoreChanges: [...plan.ignoreChanges],
        // A new machine of the same id cannot stand beside the old one.
        deleteBeforeReplace: true,
      }),
    );
  }

  /** The rule binds only machines that high availability manages, which must be gone from it before they are deleted. */
  private keepApart(plan: HaPlan, { proxmox: providers }: MachinesArgs): void {
    const provider = providers.get(plan.proxmox);
    const managed = Object.entries(plan.resources).map(([node, resource]) => {
      const machine = this.byNode.get(node);
      return new proxmox.Haresource(`ha-${node}`, resource, this.child({ provider, dependsOn: machine === undefined ? [] : [machine] }));
    });
    new proxmox.Harule(`ha-${plan.rule.rule}`, plan.rule, this.child({ provider, dependsOn: managed }));
  }
}
