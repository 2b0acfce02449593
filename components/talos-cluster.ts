import * as pulumi from "@pulumi/pulumi";
import * as talos from "@pulumiverse/talos";
import type { NodeSettings, Settings } from "../config/settings";
import { Phase } from "./component";
import { TalosGates } from "./talos/gates";
import { patchesFor } from "./talos/patches";

export interface TalosClusterArgs {
  readonly settings: Settings;
  /** The machine of every node, by the node's name: its config is applied once it is there. */
  readonly machines: ReadonlyMap<string, pulumi.Resource>;
}

/** How long the provider retries one apply; it retries everything but a refused config. */
const APPLY_TIMEOUTS = { create: "15m", update: "10m", delete: "2m" };

/**
 * Makes machine secrets, applies every node's config, bootstraps etcd once and fetches kubeconfig and talosconfig.
 * Does not upgrade anything: running versions belong to tuppr.
 */
export class TalosCluster extends Phase {
  readonly secrets: talos.machine.Secrets;
  /** A secret; its server is the cluster's endpoint. */
  readonly kubeconfig: pulumi.Output<string>;
  readonly kubernetesClient: talos.cluster.Kubeconfig["kubernetesClientConfiguration"];
  /** A secret; lists every control plane's own address. */
  readonly talosconfig: pulumi.Output<string>;
  readonly clientConfiguration: talos.machine.Secrets["clientConfiguration"];
  readonly gates: TalosGates;

  private readonly settings: Settings;
  private readonly controlPlanes: readonly NodeSettings[];

  constructor(name: string, args: TalosClusterArgs, options: pulumi.ComponentResourceOptions) {
    super("TalosCluster", name, options);
    this.settings = args.settings;
    this.controlPlanes = args.settings.nodes.filter(({ role }) => role === "controlplane");
    this.secrets = this.makeSecrets();
    this.clientConfiguration = this.secrets.clientConfiguration;
    this.gates = new TalosGates(args.settings, this.secrets);
    const applied = this.applyControlPlanes(args.machines);
    this.applyWorkers(args.machines);
    const bootstrap = this.bootstrap(applied);
    const kubeconfig = this.fetchKubeconfig(bootstrap);
    this.kubeconfig = pulumi.secret(kubeconfig.kubeconfigRaw);
    this.kubernetesClient = kubeconfig.kubernetesClientConfiguration;
    this.talosconfig = this.composeTalosconfig();
    this.registerOutputs({ kubeconfig: this.kubeconfig, talosconfig: this.talosconfig });
  }

  private makeSecrets(): talos.machine.Secrets {
    const { contract, deletionProtection } = this.settings.cluster;
    return new talos.machine.Secrets(
      "machine-secrets",
      { talosVersion: contract },
      // A lower contract would replace them, and with them the cluster.
      this.child({ protect: deletionProtection, ignoreChanges: ["talosVersion"] }),
    );
  }

  /** One after the other on a change; the first time the chain costs nothing, since an apply returns at once. */
  private applyControlPlanes(machines: TalosClusterArgs["machines"]): readonly pulumi.Resource[] {
    const applied: pulumi.Resource[] = [];
    for (const node of this.controlPlanes) {
      const before = applied.slice(-1);
      const hooks = { beforeUpdate: [this.gates.versionHolds(node), this.gates.othersHealthy(node)] };
      applied.push(this.apply(node, { ...onMachine(node, machines, before), hooks }));
    }
    return applied;
  }

  /** Nothing waits for them: they are gated only before what needs the nodes. */
  private applyWorkers(machines: TalosClusterArgs["machines"]): void {
    for (const node of this.settings.nodes.filter(({ role }) => role === "worker")) {
      this.apply(node, { ...onMachine(node, machines), hooks: { beforeUpdate: [this.gates.versionHolds(node)] } });
    }
  }

  private apply(node: NodeSettings, options: pulumi.CustomResourceOptions): talos.machine.ConfigurationApply {
    return new talos.machine.ConfigurationApply(
      `config-${node.name}`,
      {
        node: node.address.ipv4,
        endpoint: node.address.ipv4,
        clientConfiguration: this.clientConfiguration,
        machineConfigurationInput: this.machineConfiguration(node.role),
        configPatches: [...patchesFor(this.settings, node)],
        applyMode: "auto",
        onDestroy: { reset: false, graceful: false, reboot: false },
        timeouts: APPLY_TIMEOUTS,
      },
      this.child(options),
    );
  }

  /** The role's config before patches: a pure function of the provider, safe in every preview. */
  private machineConfiguration(machineType: NodeSettings["role"]): pulumi.Output<string> {
    const { name, endpointUrl, installed, contract } = this.settings.cluster;
    const config = talos.machine.getConfigurationOutput(
      {
        clusterName: name,
        clusterEndpoint: endpointUrl,
        machineType,
        machineSecrets: this.secrets.machineSecrets,
        kubernetesVersion: installed.kubernetes,
        talosVersion: contract,
        docs: false,
        examples: false,
      },
      { parent: this },
    );
    return pulumi.secret(config.machineConfiguration);
  }

  /**
   * Etcd is bootstrapped once in the life of a cluster, whichever control plane is the first one later: the record stays.
   * Not the provider's resource: when its answer is lost it can never be made again.
   */
  private bootstrap(applied: readonly pulumi.Resource[]): pulumi.Stash {
    const beforeCreate = [this.gates.controlPlanesInstalled(), this.gates.etcdBootstrapped()];
    return new pulumi.Stash(
      "bootstrap",
      { input: "etcd was bootstrapped" },
      this.child({ dependsOn: [...applied], hooks: { beforeCreate } }),
    );
  }

  private fetchKubeconfig(bootstrap: pulumi.Resource): talos.cluster.Kubeconfig {
    const first = this.firstControlPlane();
    return new talos.cluster.Kubeconfig(
      "kubeconfig",
      {
        node: first.address.ipv4,
        endpoint: first.address.ipv4,
        clientConfiguration: this.clientConfiguration,
        timeouts: { create: "5m", update: "5m" },
      },
      this.child({
        dependsOn: [bootstrap],
        additionalSecretOutputs: ["kubernetesClientConfiguration"],
        hooks: { beforeCreate: [this.gates.kubernetesApi()] },
      }),
    );
  }

  private composeTalosconfig(): pulumi.Output<string> {
    const config = talos.client.getConfigurationOutput(
      {
        clusterName: this.settings.cluster.name,
        clientConfiguration: this.clientConfiguration,
        endpoints: this.controlPlanes.map(({ address }) => address.ipv4),
        nodes: this.settings.nodes.map(({ address }) => address.ipv4),
      },
      { parent: this },
    );
    return pulumi.secret(config.talosConfig);
  }

  private firstControlPlane(): NodeSettings {
    const [first] = this.controlPlanes;
    if (first === undefined) throw new Error("the settings hold a control plane"); // a rule of config/
    return first;
  }
}

/** After the node's machine and what else is named; and anew with it, since a machine that was made anew has no config. */
function onMachine(
  node: NodeSettings,
  machines: TalosClusterArgs["machines"],
  before: readonly pulumi.Resource[] = [],
): Pick<pulumi.CustomResourceOptions, "dependsOn" | "replaceWith"> {
  const machine = machines.get(node.name);
  return machine === undefined ? { dependsOn: [...before] } : { dependsOn: [machine, ...before], replaceWith: [machine] };
}
