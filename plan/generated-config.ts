import type { Settings } from "../config/settings";

/** Inputs of the machine config that the provider generates, before any patch. */
export function generatedConfig({ cluster }: Settings): Readonly<Record<string, string>> {
  return {
    clusterName: cluster.name,
    clusterEndpoint: cluster.endpointUrl,
    kubernetesVersion: cluster.installed.kubernetes,
    contract: cluster.contract,
  };
}
