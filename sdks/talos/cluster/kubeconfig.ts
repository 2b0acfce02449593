// Generated from schema.json by generate.ts. Change those, never this file.
import * as pulumi from "@pulumi/pulumi";
import type * as inputs from "../types/input";
import type * as outputs from "../types/output";
import * as utilities from "../utilities";

const shape: utilities.ResourceShape = {
  inputs: ["certificateRenewalDuration", "clientConfiguration", "endpoint", "node", "timeouts"],
  required: ["clientConfiguration", "node"],
  outputs: [
    "certificateRenewalDuration",
    "clientConfiguration",
    "endpoint",
    "kubeconfigRaw",
    "kubernetesClientConfiguration",
    "node",
    "timeouts",
  ],
  secrets: ["clientConfiguration", "kubeconfigRaw", "kubernetesClientConfiguration"],
};

/** Fetches an admin kubeconfig from a control plane and renews it, during an update, when its certificate is about to expire. */
export class Kubeconfig extends pulumi.CustomResource {
  /** @internal */
  static readonly __pulumiType = "talos:cluster/kubeconfig:Kubeconfig";

  /** The existing resource with this id, with what is known of its state. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, state?: KubeconfigState, opts?: pulumi.CustomResourceOptions): Kubeconfig {
    return new Kubeconfig(name, state, { ...opts, id });
  }

  /** Whether a value is such a resource, also when several copies of the SDK are loaded. */
  static override isInstance(value: unknown): value is Kubeconfig {
    return typeof value === "object" && value !== null && "__pulumiType" in value && value.__pulumiType === Kubeconfig.__pulumiType;
  }

  /** Renew when the certificate has less than this left, as a Go duration. Default: `720h`. */
  declare readonly certificateRenewalDuration: pulumi.Output<string>;
  /** Certificate authority and client certificate for the Talos API, base64 PEM. */
  declare readonly clientConfiguration: pulumi.Output<outputs.cluster.KubeconfigClientConfiguration>;
  /** Address that is dialled to reach the node. Default: the node itself. */
  declare readonly endpoint: pulumi.Output<string>;
  /** The admin kubeconfig, YAML. */
  declare readonly kubeconfigRaw: pulumi.Output<string>;
  /** The parts of the kubeconfig. */
  declare readonly kubernetesClientConfiguration: pulumi.Output<outputs.cluster.KubeconfigKubernetesClientConfiguration>;
  /** Address of the node to act on. */
  declare readonly node: pulumi.Output<string>;
  /** How long operations may take, as Go durations such as `10m`. */
  declare readonly timeouts: pulumi.Output<outputs.cluster.KubeconfigTimeouts | undefined>;

  constructor(name: string, args: KubeconfigArgs, opts?: pulumi.CustomResourceOptions);
  /** A resource that exists already: use `Kubeconfig.get`. */
  constructor(name: string, state: KubeconfigState | undefined, opts: utilities.ExistingResourceOptions);
  constructor(name: string, argsOrState?: KubeconfigArgs | KubeconfigState, opts?: pulumi.CustomResourceOptions) {
    super(
      Kubeconfig.__pulumiType,
      name,
      utilities.resourceInputs(argsOrState, opts, shape),
      utilities.resourceOptions(opts, ["clientConfiguration", "kubeconfigRaw", "kubernetesClientConfiguration"]),
    );
  }
}

/** What is known of an existing Kubeconfig. */
export interface KubeconfigState {
  /** Renew when the certificate has less than this left, as a Go duration. Default: `720h`. */
  certificateRenewalDuration?: pulumi.Input<string>;
  /** Certificate authority and client certificate for the Talos API, base64 PEM. */
  clientConfiguration?: pulumi.Input<inputs.cluster.KubeconfigClientConfiguration>;
  /** Address that is dialled to reach the node. Default: the node itself. */
  endpoint?: pulumi.Input<string>;
  /** The admin kubeconfig, YAML. */
  kubeconfigRaw?: pulumi.Input<string>;
  /** The parts of the kubeconfig. */
  kubernetesClientConfiguration?: pulumi.Input<inputs.cluster.KubeconfigKubernetesClientConfiguration>;
  /** Address of the node to act on. */
  node?: pulumi.Input<string>;
  /** How long operations may take, as Go durations such as `10m`. */
  timeouts?: pulumi.Input<inputs.cluster.KubeconfigTimeouts>;
}

/** What a Kubeconfig is made from. */
export interface KubeconfigArgs {
  /** Renew when the certificate has less than this left, as a Go duration. Default: `720h`. */
  certificateRenewalDuration?: pulumi.Input<string>;
  /** Certificate authority and client certificate for the Talos API, base64 PEM. */
  clientConfiguration: pulumi.Input<inputs.cluster.KubeconfigClientConfiguration>;
  /** Address that is dialled to reach the node. Default: the node itself. */
  endpoint?: pulumi.Input<string>;
  /** Address of the node to act on. */
  node: pulumi.Input<string>;
  /** How long operations may take, as Go durations such as `10m`. */
  timeouts?: pulumi.Input<inputs.cluster.KubeconfigTimeouts>;
}
