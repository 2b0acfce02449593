import type { NodeSettings, Settings } from "../config/settings";

/** Inputs of a node's machine config that the provider generates, before any patch. */
export function generatedConfig({ cluster }: Settings, { role }: NodeSettings): Readonly<Record<string, string>> {
  return {
    clusterName: cluster.name,
    clusterEndpoint: cluster.endpointUrl,
    kubernetesVersion: cluster.installed.kubernetes,
    contract: cluster.contract,
    machineType: role,
  };
}
