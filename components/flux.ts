import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../config/settings";
import { bootstrapTolerations } from "../platform/storage/proxmox-nodes";
import { FLUX_NAMESPACE } from "../platform/names";
import { Phase } from "./component";
import { fluxInstanceSpec, INSTANCE_NAME } from "./flux/instance";

export interface FluxArgs {
  readonly settings: Settings;
  /** Path of flux-operator's chart, relative to the project. */
  readonly chart: string;
  /** Namespaces and Secrets that Flux itself needs, and the nodes it runs on. */
  readonly needs: readonly pulumi.Resource[];
  /** Holds the instance back until the remote carries the tree of these settings. */
  readonly treePushed: pulumi.ResourceHook;
  /** Holds the end back until the first sync is Ready. */
  readonly synced: pulumi.ResourceHook;
}

/** Seconds that Helm waits for the operator. */
const RELEASE_TIMEOUT = 600;

/** Installs flux-operator and the one FluxInstance. Makes nothing that Flux syncs. */
export class Flux extends Phase {
  readonly operator: kubernetes.helm.v3.Release;
  readonly instance: kubernetes.apiextensions.CustomResource;

  constructor(name: string, args: FluxArgs, options: pulumi.ComponentResourceOptions) {
    super("Flux", name, options);
    this.operator = this.installOperator(args, options);
    this.instance = this.makeInstance(args, options);
    new pulumi.Stash(
      "first-sync",
      { input: "the first sync was Ready" },
      this.child({ dependsOn: [this.instance], hooks: { beforeCreate: [args.synced] } }),
    );
    this.registerOutputs({});
  }

  private installOperator(
    { settings, chart, needs }: FluxArgs,
    { deletedWith }: pulumi.ComponentResourceOptions,
  ): kubernetes.helm.v3.Release {
    const tolerations = bootstrapTolerations(settings);
    return new kubernetes.helm.v3.Release(
      "flux-operator",
      {
        name: "flux-operator",
        namespace: FLUX_NAMESPACE,
        chart,
        ...(tolerations.length === 0 ? {} : { values: { tolerations: [...tolerations] } }),
        timeout: RELEASE_TIMEOUT,
        maxHistory: 3,
      },
      this.child({ deletedWith, dependsOn: [...needs] }),
    );
  }

  private makeInstance(
    { settings, treePushed }: FluxArgs,
    { deletedWith }: pulumi.ComponentResourceOptions,
  ): kubernetes.apiextensions.CustomResource {
    return new kubernetes.apiextensions.CustomResource(
      "flux-instance",
      {
        apiVersion: "fluxcd.controlplane.io/v1",
        kind: "FluxInstance",
        metadata: { name: INSTANCE_NAME, namespace: FLUX_NAMESPACE, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: fluxInstanceSpec(settings),
      },
      this.child({ deletedWith, dependsOn: [this.operator], hooks: { beforeCreate: [treePushed] } }),
    );
  }
}
