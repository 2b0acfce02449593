/** Inputs of the talos provider's resources and functions, named as in its schema (version 0.8.1). */
import { flag, listOf, objectOf, required, text, type Property, type PropertyTable } from "./property-table";

/** Configuration of the provider. */
export const configuration: PropertyTable = { properties: { imageFactoryUrl: text } };

const clientConfiguration: Property = objectOf({
  caCertificate: required(text),
  clientCertificate: required(text),
  clientKey: required(text),
});
const certificate: Property = required(objectOf({ cert: required(text), key: required(text) }));

const machineSecrets: Property = objectOf({
  certs: required(
    objectOf({
      etcd: certificate,
      k8s: certificate,
      k8sAggregator: certificate,
      k8sServiceaccount: required(objectOf({ key: required(text) })),
      os: certificate,
    }),
  ),
  cluster: required(objectOf({ id: required(text), secret: required(text) })),
  secrets: required(objectOf({ aescbcEncryptionSecret: text, bootstrapToken: required(text), secretboxEncryptionSecret: required(text) })),
  trustdinfo: required(objectOf({ token: required(text) })),
});

/** `machine.Secrets`. */
export const secrets: PropertyTable = {
  properties: { talosVersion: text },
  secretOutputs: ["clientConfiguration", "machineSecrets"],
  computed: ["clientConfiguration", "machineSecrets", "talosVersion"],
};

/** `machine.ConfigurationApply`. */
export const configurationApply: PropertyTable = {
  properties: {
    applyMode: text,
    clientConfiguration,
    clientConfigurationWo: clientConfiguration,
    configPatches: listOf(text),
    endpoint: text,
    machineConfigurationInput: text,
    machineConfigurationInputWo: text,
    node: required(text),
    onDestroy: objectOf({ graceful: flag, reboot: flag, reset: flag }),
    timeouts: objectOf({ create: text, delete: text, update: text }),
  },
  secretOutputs: ["clientConfigurationWo", "machineConfiguration", "machineConfigurationInput", "machineConfigurationInputWo"],
  computed: ["applyMode", "endpoint", "machineConfiguration", "machineConfigurationHash", "resolvedApplyMode"],
};

/** `machine.Bootstrap`. */
export const bootstrap: PropertyTable = {
  properties: {
    clientConfiguration,
    clientConfigurationWo: clientConfiguration,
    endpoint: text,
    node: required(text),
    timeouts: objectOf({ create: text }),
  },
  secretOutputs: ["clientConfigurationWo"],
  computed: ["endpoint"],
};

/** `cluster.Kubeconfig`. */
export const kubeconfig: PropertyTable = {
  properties: {
    certificateRenewalDuration: text,
    clientConfiguration: required(clientConfiguration),
    endpoint: text,
    node: required(text),
    timeouts: objectOf({ create: text, update: text }),
  },
  secretOutputs: ["kubeconfigRaw", "kubernetesClientConfiguration"],
  computed: ["certificateRenewalDuration", "endpoint", "kubeconfigRaw", "kubernetesClientConfiguration"],
};

/** `imagefactory.Schematic`. */
export const schematic: PropertyTable = { properties: { schematic: text } };

/** `machine.getConfiguration`. */
export const getConfiguration: PropertyTable = {
  properties: {
    clusterEndpoint: required(text),
    clusterName: required(text),
    configPatches: listOf(text),
    docs: flag,
    examples: flag,
    kubernetesVersion: text,
    machineSecrets: required(machineSecrets),
    machineType: required(text),
    talosVersion: text,
  },
};

/** `client.getConfiguration`. */
export const getClientConfiguration: PropertyTable = {
  properties: {
    clientConfiguration: required(clientConfiguration),
    clusterName: required(text),
    endpoints: listOf(text),
    nodes: listOf(text),
  },
};

/** `cluster.getHealth`. */
export const getHealth: PropertyTable = {
  properties: {
    clientConfiguration: required(clientConfiguration),
    controlPlaneNodes: required(listOf(text)),
    endpoints: required(listOf(text)),
    skipKubernetesChecks: flag,
    timeouts: objectOf({ read: text }),
    workerNodes: listOf(text),
  },
};

/** `cluster.getKubeconfig`. */
export const getKubeconfig: PropertyTable = {
  properties: {
    clientConfiguration: required(clientConfiguration),
    endpoint: text,
    node: required(text),
    timeouts: objectOf({ read: text }),
    wait: flag,
  },
};

/** `imagefactory.getUrls`. */
export const getUrls: PropertyTable = {
  properties: { architecture: text, platform: text, sbc: text, schematicId: required(text), talosVersion: required(text) },
};

/** `machine.getDisks`. */
export const getDisks: PropertyTable = {
  properties: {
    clientConfiguration: required(clientConfiguration),
    endpoint: text,
    node: required(text),
    selector: text,
    timeouts: objectOf({ read: text }),
  },
};

/** `imagefactory.getVersions`. */
export const getVersions: PropertyTable = { properties: { filters: objectOf({ stableVersionsOnly: flag }) } };

const names: Property = objectOf({ names: listOf(text) });

/** `imagefactory.getExtensionsVersions`. */
export const getExtensionsVersions: PropertyTable = { properties: { exactFilters: names, filters: names, talosVersion: required(text) } };

/** `imagefactory.getOverlaysVersions`. */
export const getOverlaysVersions: PropertyTable = { properties: { filters: objectOf({ name: text }), talosVersion: required(text) } };
