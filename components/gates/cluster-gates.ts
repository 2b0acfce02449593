import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../config/settings";
import type { TreeStamp } from "../../platform/stamp";
import type { TalosCluster } from "../talos-cluster";
import { resolved } from "../secret";
import { FIRST_SYNC_PATH } from "../flux/instance";
import { gate } from "./gate";
import { conditionIs, type KubernetesClient, nodesAre } from "./kubernetes-api";
import { treeIsOnRemote, type RemoteTree } from "./tree-on-remote";
import { waitUntil } from "./wait";

/** Seconds between two looks at the remote repository. */
const TREE_INTERVAL = 5;

/** The gates between Talos and the running platform, as hooks on the resources that they protect. */
export class ClusterGates {
  constructor(
    private readonly settings: Settings,
    private readonly talos: TalosCluster,
  ) {}

  /** Before Cilium: workers are out of maintenance, and every node is registered (none is Ready without a CNI). */
  nodesRegistered(): pulumi.ResourceHook {
    return gate("nodes-registered", async () => {
      await this.talos.gates.workersInstalled();
      await this.nodes("Registered");
    });
  }

  /** Before what runs in pods: every node is Ready. */
  nodesReady(): pulumi.ResourceHook {
    return gate("nodes-ready", () => this.nodes("Ready"));
  }

  /** Before FluxInstance: the remote's branch carries the tree that these settings render. */
  treePushed(stamp: string, wanted: TreeStamp): pulumi.ResourceHook {
    const { url, branch, credentials } = this.settings.git;
    const remote: RemoteTree = { url, branch, stamp, credentials: inClear(credentials) };
    return gate("tree-pushed", () =>
      waitUntil({
        what: `the rendered tree on ${url}: push the rendered tree first (npm run render, commit, push)`,
        deadline: this.settings.gates.tree,
        interval: TREE_INTERVAL,
        look: () => treeIsOnRemote(remote, wanted),
      }),
    );
  }

  /** At the end: the first sync is Ready. */
  synced(): pulumi.ResourceHook {
    return gate("first-sync", async () => {
      const client = await this.client();
      const look = (): ReturnType<typeof conditionIs> => conditionIs("Ready", FIRST_SYNC_PATH, client);
      await waitUntil({ what: "the first sync of Flux", deadline: this.settings.gates.flux, look });
    });
  }

  private async nodes(state: "Registered" | "Ready"): Promise<void> {
    const client = await this.client();
    const names = this.settings.nodes.map(({ name }) => name);
    const what = `every node to be ${state === "Ready" ? "Ready" : "registered"}`;
    await waitUntil({ what, deadline: this.settings.gates.nodes, look: () => nodesAre(state, names, client) });
  }

  private async client(): Promise<KubernetesClient> {
    const { caCertificate, clientCertificate, clientKey } = await resolved(this.talos.kubernetesClient);
    if (caCertificate === undefined) throw new Error("a kubeconfig carries its CA"); // the provider's schema only promises it
    return { host: this.settings.cluster.endpointUrl, caCertificate, clientCertificate, clientKey };
  }
}

function inClear(credentials: Settings["git"]["credentials"]): RemoteTree["credentials"] {
  switch (credentials.kind) {
    case "public":
      return credentials;
    case "token":
      return { ...credentials, token: credentials.token.reveal() };
    case "deployKey":
      return { ...credentials, privateKey: credentials.privateKey.reveal() };
  }
}
