import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../config/settings";
import { ciliumValues } from "./cilium/values";
import { Phase } from "./component";

export interface CiliumArgs {
  readonly settings: Settings;
  /** Path of the chart's archive, relative to the project. */
  readonly chart: string;
  /** Holds the release back until every node is registered. */
  readonly nodesRegistered: pulumi.ResourceHook;
  /** Holds back what comes after, until every node is Ready. */
  readonly nodesReady: pulumi.ResourceHook;
}

/** Seconds that Helm waits for agents and operator. */
const RELEASE_TIMEOUT = 900;

/**
 * Installs Cilium by Helm and owns its release for good. Makes no pool, policy or peer: Flux owns those.
 */
export class Cilium extends Phase {
  readonly release: kubernetes.helm.v3.Release;
  /** Exists once every node was Ready: what needs working pods depends on it. */
  readonly ready: pulumi.Resource;

  constructor(name: string, args: CiliumArgs, options: pulumi.ComponentResourceOptions) {
    super("Cilium", name, options);
    this.release = this.makeRelease(args, options);
    this.ready = new pulumi.Stash(
      "nodes-ready",
      { input: "every node was Ready" },
      this.child({ dependsOn: [this.release], hooks: { beforeCreate: [args.nodesReady] } }),
    );
    this.registerOutputs({});
  }

  private makeRelease(
    { settings, chart, nodesRegistered }: CiliumArgs,
    { deletedWith }: pulumi.ComponentResourceOptions,
  ): kubernetes.helm.v3.Release {
    return new kubernetes.helm.v3.Release(
      "cilium",
      { name: "cilium", namespace: "kube-system", chart, values: ciliumValues(settings), timeout: RELEASE_TIMEOUT, maxHistory: 3 },
      this.child({ deletedWith, hooks: { beforeCreate: [nodesRegistered] } }),
    );
  }
}
