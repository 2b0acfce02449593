import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Cluster, clusterOfStack } from "../outputs";
import { namespaceIsFree } from "./components/namespace-is-free";
import { Tenant } from "./components/tenant";
import { type TenantPlan, tenantPlan } from "./plan";
import { loadTenants } from "./settings/load";
import type { TenantsSettings } from "./settings/settings";

/** Seconds that one request to the API server may take, as in the cluster's own stack. */
const REQUEST_TIMEOUT = 7;

/** Settings in, tenants of the cluster out. @throws UserError before anything is made. */
export async function program(): Promise<pulumi.Inputs> {
  const settings = loadTenants();
  const cluster = await clusterOfStack(settings.cluster);
  const plans = settings.tenants.map((tenant) => tenantPlan(tenant, cluster.nodes));
  const provider = kubernetesProvider(cluster, settings);
  const free = settings.existing === "adopt" ? {} : { free: (namespace: string) => namespaceIsFree(namespace, cluster.kubeconfig) };
  for (const plan of plans) new Tenant(plan, free, { providers: [provider] });
  return { cluster: cluster.name, tenants: Object.fromEntries(plans.map((plan) => [plan.name, outputOf(plan)])) };
}

/** Told apart by the cluster's name: a renewed kubeconfig would otherwise replace everything in the cluster. */
function kubernetesProvider({ name, kubeconfig }: Cluster, { existing }: TenantsSettings): kubernetes.Provider {
  return new kubernetes.Provider("kubernetes", {
    kubeconfig,
    clusterIdentifier: `hearth-${name}`,
    enableSecretMutable: true,
    enableConfigMapMutable: true,
    ...(existing === "adopt" ? { upsertExistingObjects: true } : {}),
    kubeClientSettings: { timeout: REQUEST_TIMEOUT },
  });
}

function outputOf({ name, home, namespaces }: TenantPlan): { readonly namespaces: readonly string[]; readonly serviceAccount: string } {
  return { namespaces: namespaces.map((each) => each.name), serviceAccount: `${home}/${name}` };
}
