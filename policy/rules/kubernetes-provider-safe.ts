import { defineRule } from "../rule";
import { KUBERNETES_PROVIDER } from "../types";
import { findings, isOn, textAt } from "../values";

/** Settings of the provider that decide what survives a bad day. */
export const kubernetesProviderSafe = defineRule({
  id: "kubernetes-provider-safe",
  says: "The Kubernetes provider has a `clusterIdentifier`, changes Secrets and ConfigMaps in place, and drops nothing that it cannot reach.",
  reason:
    "Without an identifier a changed kubeconfig replaces everything in the cluster (pulumi/pulumi-kubernetes#2745); `deleteUnreachable` takes a network fault for a deletion (#1013).",
  level: "mandatory",
  types: [KUBERNETES_PROVIDER],
  resource: ({ props }) =>
    findings(
      [textAt(props, "clusterIdentifier") === "", "clusterIdentifier is not set"],
      [!isOn(props["enableSecretMutable"]), "enableSecretMutable is not on: a changed Secret would be deleted and made anew"],
      [!isOn(props["enableConfigMapMutable"]), "enableConfigMapMutable is not on"],
      [isOn(props["deleteUnreachable"]), "deleteUnreachable is on"],
      [isOn(props["skipUpdateUnreachable"]), "skipUpdateUnreachable is on: a preview hides changes while the cluster is down"],
      [props["renderYamlToDirectory"] !== undefined, "renderYamlToDirectory writes Secrets in clear"],
    ),
});
