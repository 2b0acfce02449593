import * as cloudflare from "@pulumi/cloudflare";
import * as kubernetes from "@pulumi/kubernetes";
import * as proxmox from "@muhlba91/pulumi-proxmoxve";
import * as pulumi from "@pulumi/pulumi";
import * as talos from "@pulumiverse/talos";
import { Cilium } from "../components/cilium";
import { CloudflareEdge } from "../components/cloudflare-edge";
import { Flux } from "../components/flux";
import { ClusterGates } from "../components/gates/cluster-gates";
import { Machines } from "../components/machines";
import { asSecret } from "../components/secret";
import { ProxmoxAccess } from "../components/proxmox-access";
import { accessPlans } from "../components/proxmox-access/plan";
import { SeedSecrets } from "../components/seed-secrets";
import { TalosCluster } from "../components/talos-cluster";
import { TalosImages } from "../components/talos-images";
import { imagesToKeep, type MadeFrom, madeFrom } from "../components/talos/kept-images";
import { certificateExpiry } from "../components/talos/expiry";
import type { ProxmoxSettings, Settings } from "../config/settings";
import { fluxWebhook, RECEIVER_SECRET } from "../platform/apps/flux-webhook";
import { identityFacts } from "../platform/keycloak/identity";
import { ownedByTree } from "../platform/keycloak/owned";
import { IMPORTER_CLIENT, IMPORTER_SECRET, KEYCLOAK_NAMESPACE } from "../platform/keycloak/names";
import { FLUX_NAMESPACE } from "../platform/names";
import { enabledApps, namespacesOf, secretsOf } from "../platform/plan";
import { renderTree } from "../platform/render";
import { parseStamp, STAMP_FILE, type TreeStamp } from "../platform/stamp";
import { webhookPath } from "../platform/webhook-path";
import { CONTRACT, type ClusterOutputs } from "./outputs";

/** What the stack needs besides its settings. */
export interface ClusterInputs {
  readonly settings: Settings;
  /** Chart name -> path of its archive, relative to the project. */
  readonly charts: ReadonlyMap<string, string>;
  /** Which image each machine was made from, as the last run said. */
  readonly previous: MadeFrom;
}

/** The road from bare hosts to running Flux, one component per phase. */
export function cluster({ settings, charts, previous }: ClusterInputs): ClusterOutputs {
  const providers = makeProviders(settings);
  const edge = makeEdge(settings);
  const images = new TalosImages(
    "images",
    { settings, proxmox: providers.proxmox, kept: imagesToKeep(settings, previous) },
    { providers: [providers.talos] },
  );
  const machines = new Machines(
    "machines",
    { settings, images, proxmox: providers.proxmox, after: edge === undefined ? [] : [edge.tunnel] },
    {},
  );
  const talosCluster = new TalosCluster("talos", { settings, machines: machines.byNode }, { providers: [providers.talos] });
  const inCluster = { providers: [kubernetesProvider(settings, talosCluster)], deletedWith: talosCluster };
  const gates = new ClusterGates(settings, talosCluster);
  const cilium = new Cilium(
    "cilium",
    { settings, chart: chart(charts, "cilium"), nodesRegistered: gates.nodesRegistered(), nodesReady: gates.nodesReady() },
    inCluster,
  );
  const secrets = secretsOf(settings);
  const plans = accessPlans(settings, secrets);
  const access = plans.length === 0 ? undefined : new ProxmoxAccess("proxmox-access", { plans, proxmox: providers.proxmox }, {});
  const seeds = new SeedSecrets(
    "secrets",
    { namespaces: namespacesOf(settings), secrets, tunnelToken: edge?.tunnelToken, proxmoxTokens: access?.tokens },
    inCluster,
  );
  new Flux(
    "flux",
    {
      settings,
      chart: chart(charts, "flux-operator"),
      needs: [cilium.ready, ...seeds.namespaces.values(), ...seeds.secrets],
      treePushed: gates.treePushed(`${settings.git.path}/${STAMP_FILE}`, treeStamp(settings)),
      synced: gates.synced(),
    },
    inCluster,
  );
  return { ...outputs(settings, talosCluster, edge, seeds), madeFrom: madeFrom(settings, previous) };
}

interface Providers {
  readonly talos: talos.Provider;
  /** By the Proxmox cluster's name. */
  readonly proxmox: ReadonlyMap<string, proxmox.Provider>;
}

function makeProviders(settings: Settings): Providers {
  return {
    talos: new talos.Provider("talos", { imageFactoryUrl: settings.endpoints.imageFactory }),
    proxmox: new Map(settings.proxmox.map((cluster) => [cluster.name, proxmoxProvider(cluster)])),
  };
}

function proxmoxProvider({ name, endpoint, token, tls }: ProxmoxSettings): proxmox.Provider {
  return new proxmox.Provider(`proxmox-${name}`, { endpoint, apiToken: asSecret(token), insecure: tls.mode === "insecure" });
}

/** Seconds that one request to the API server may take. In a preview the provider asks three times before it calls a black-holed cluster unreachable. */
const KUBERNETES_REQUEST_TIMEOUT = 7;

/** Set from the first run: a changed kubeconfig would otherwise replace everything in the cluster. */
function kubernetesProvider({ cluster: { name } }: Settings, { kubeconfig }: TalosCluster): kubernetes.Provider {
  return new kubernetes.Provider("kubernetes", {
    kubeconfig,
    clusterIdentifier: `hearth-${name}`,
    enableSecretMutable: true,
    enableConfigMapMutable: true,
    kubeClientSettings: { timeout: KUBERNETES_REQUEST_TIMEOUT },
  });
}

function makeEdge(settings: Settings): CloudflareEdge | undefined {
  if (settings.cloudflare === undefined) return undefined;
  const provider = new cloudflare.Provider("cloudflare", { apiToken: asSecret(settings.cloudflare.token) });
  return new CloudflareEdge("edge", { settings: settings.cloudflare, domains: settings.cluster.domains }, { providers: [provider] });
}

function chart(charts: ReadonlyMap<string, string>, name: string): string {
  const path = charts.get(name);
  if (path === undefined) throw new Error(`the chart ${name} was not fetched before the program ran`);
  return path;
}

/** What the tree on the remote must say of itself. */
function treeStamp(settings: Settings): TreeStamp {
  const stamp = parseStamp(renderTree(settings).get(STAMP_FILE) ?? "");
  if (stamp === undefined) throw new Error("a rendered tree carries a stamp");
  return stamp;
}

function outputs(
  settings: Settings,
  talosCluster: TalosCluster,
  edge: CloudflareEdge | undefined,
  seeds: SeedSecrets,
): Omit<ClusterOutputs, "madeFrom"> {
  const { cluster: c, network, nodes } = settings;
  return {
    ...CONTRACT,
    name: c.name,
    endpoint: c.endpointUrl,
    kubeconfig: talosCluster.kubeconfig,
    talosconfig: talosCluster.talosconfig,
    nodes: nodes.map(({ name, role, address, vmId, host }) => ({
      name,
      role,
      address: address.ipv4,
      ...(address.ipv6 === undefined ? {} : { addressIpv6: address.ipv6 }),
      vmId,
      host,
    })),
    addresses: network.addresses,
    domains: c.domains,
    ...(edge === undefined || settings.cloudflare === undefined
      ? {}
      : { tunnel: { id: edge.tunnelId, name: settings.cloudflare.tunnelName } }),
    ...(enabledApps(settings).has(fluxWebhook.name)
      ? { fluxWebhookPath: pulumi.secret(receiverToken(seeds).apply((token) => webhookPath(token))) }
      : {}),
    ...identityOutputs(settings, seeds),
    versions: { wanted: c.versions, installed: c.installed },
    expiry: {
      kubeconfig: expiry(talosCluster.kubernetesClient.apply(({ clientCertificate }) => clientCertificate ?? "")),
      talosconfig: expiry(talosCluster.clientConfiguration.apply(({ clientCertificate }) => clientCertificate)),
    },
  };
}

function identityOutputs(settings: Settings, seeds: SeedSecrets): Pick<ClusterOutputs, "identity" | "identityClientSecret"> {
  const facts = identityFacts(settings, enabledApps(settings));
  if (facts === undefined) return {};
  return {
    identity: { url: new URL(facts.issuer).origin, realm: facts.realm, clientId: IMPORTER_CLIENT, owned: ownedByTree(settings) },
    identityClientSecret: pulumi.secret(seeds.text(KEYCLOAK_NAMESPACE, IMPORTER_SECRET, "client-secret")),
  };
}

function receiverToken(seeds: SeedSecrets): pulumi.Output<string> {
  return seeds.text(FLUX_NAMESPACE, RECEIVER_SECRET, "token");
}

/** A date is no secret, although it is read off a certificate that lies beside one. */
function expiry(certificate: pulumi.Output<string>): pulumi.Output<string> {
  return pulumi.unsecret(certificate.apply(certificateExpiry));
}
