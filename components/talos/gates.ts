import type * as pulumi from "@pulumi/pulumi";
import type * as talos from "@pulumiverse/talos";
import type { NodeSettings, Settings } from "../../config/settings";
import { gate } from "../gates/gate";
import { kubernetesAnswers, type KubernetesClient } from "../gates/kubernetes-api";
import { bootstrapEtcd, etcdAnswers, runningKubernetes, TALOS_API_PORT, talosAnswers, type TalosClient } from "../gates/talos-api";
import { waitUntil } from "../gates/wait";
import { UserError } from "../../config/user-error";
import { resolved } from "../secret";

/** Seconds between two looks at a control plane that must stay healthy. */
const SETTLE_INTERVAL = 2;

/** The gates of the Talos phase, as hooks on the resources that they protect. None runs in a preview. */
export class TalosGates {
  constructor(
    private readonly settings: Settings,
    private readonly secrets: talos.machine.Secrets,
  ) {}

  /** Before bootstrap: every control plane is installed, rebooted and answers behind the cluster's own CA. */
  controlPlanesInstalled(): pulumi.ResourceHook {
    return gate("control-planes-installed", () => this.installed(this.controlPlanes()));
  }

  /** Then etcd is started on the first control plane, by its own address; when it runs already, that is as good. */
  etcdBootstrapped(): pulumi.ResourceHook {
    return gate("etcd-bootstrapped", async () => {
      const [first] = this.controlPlanes();
      if (first === undefined) throw new Error("the settings hold a control plane"); // a rule of config/
      const client = await this.talosClient(first);
      const deadline = this.settings.gates.talosApi;
      await waitUntil({ what: `etcd to be bootstrapped on ${first.name}`, deadline, look: () => bootstrapEtcd(client) });
    });
  }

  /** Before whatever needs all nodes: the workers' secure API answers, which a control plane had to sign for. */
  async workersInstalled(): Promise<void> {
    await this.installed(this.settings.nodes.filter(({ role }) => role === "worker"));
  }

  /** Before kubeconfig: kube-apiserver answers on the first control plane's own address, then on the endpoint. */
  kubernetesApi(): pulumi.ResourceHook {
    return gate("kubernetes-api", async () => {
      const [first] = this.controlPlanes();
      const hosts = [`https://${first?.address.ipv4}:6443`, this.settings.cluster.endpointUrl];
      for (const host of new Set(hosts)) await this.kubernetesAnswersAt(host);
    });
  }

  /** Before a control plane's config changes: every other one is healthy, and stays so for the settling time. */
  othersHealthy(node: NodeSettings): pulumi.ResourceHook {
    const others = this.controlPlanes().filter(({ name }) => name !== node.name);
    const passes = async (): Promise<void> => {
      await Promise.all(others.map((other) => this.healthy(other)));
    };
    return gate("others-healthy", passes, node.name);
  }

  /**
   * Before a node's config changes: it runs the Kubernetes that the config names, since an apply would move it at once
   * and past tuppr. @throws UserError with node, running and wanted version.
   */
  versionHolds(node: NodeSettings): pulumi.ResourceHook {
    const wanted = this.settings.cluster.installed.kubernetes;
    const passes = async (): Promise<void> => {
      const running = await this.kubernetesOn(node);
      if (running === wanted) return;
      throw new UserError(
        `node ${node.name} runs Kubernetes ${running}, and this config would move it to ${wanted}: set cluster.installed.kubernetes to "${running}" (upgrades go through cluster.versions)`,
      );
    };
    return gate("version-holds", passes, node.name);
  }

  private async kubernetesOn(node: NodeSettings): Promise<string> {
    const client = await this.talosClient(node);
    let running = "";
    await waitUntil({
      what: `node ${node.name} to say which Kubernetes it runs`,
      deadline: this.settings.gates.talosApi,
      look: async () => {
        running = await runningKubernetes(client);
        return { ready: true };
      },
    });
    return running;
  }

  private async installed(nodes: readonly NodeSettings[]): Promise<void> {
    await Promise.all(
      nodes.map(async (node) => {
        const client = await this.talosClient(node);
        const what = `the Talos API of ${node.name} (${node.address.ipv4}:${TALOS_API_PORT})`;
        await waitUntil({ what, deadline: this.settings.gates.talosApi, look: () => talosAnswers(client) });
      }),
    );
  }

  private async healthy(node: NodeSettings): Promise<void> {
    const client = await this.talosClient(node);
    const kubernetes = await this.kubernetesClient(`https://${node.address.ipv4}:6443`);
    await waitUntil({
      what: `control plane ${node.name} to be healthy (etcd member, kube-apiserver)`,
      deadline: this.settings.gates.talosApi,
      interval: Math.min(SETTLE_INTERVAL, Math.max(this.settings.gates.settle, 0.2)),
      inARow: 1 + Math.ceil(this.settings.gates.settle / SETTLE_INTERVAL),
      look: async () => {
        const etcd = await etcdAnswers(client);
        return etcd.ready ? kubernetesAnswers(kubernetes) : etcd;
      },
    });
  }

  private async kubernetesAnswersAt(host: string): Promise<void> {
    const client = await this.kubernetesClient(host);
    await waitUntil({
      what: `kube-apiserver at ${host}`,
      deadline: this.settings.gates.kubernetesApi,
      look: () => kubernetesAnswers(client),
    });
  }

  private async talosClient(node: NodeSettings): Promise<TalosClient> {
    const configuration = await resolved(this.secrets.clientConfiguration);
    return { address: node.address.ipv4, ...configuration };
  }

  private async kubernetesClient(host: string): Promise<KubernetesClient> {
    const { certs } = await resolved(this.secrets.machineSecrets);
    return { host, caCertificate: certs.k8s.cert };
  }

  private controlPlanes(): readonly NodeSettings[] {
    return this.settings.nodes.filter(({ role }) => role === "controlplane");
  }
}
