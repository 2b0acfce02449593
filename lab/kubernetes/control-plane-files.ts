import { stringify } from "yaml";
import type { MachineFacts } from "../contracts";

/** AdmissionConfiguration with the plugins that the machine config names (PodSecurity by default). */
export function admissionConfig(facts: Pick<MachineFacts, "admissionControl">): string {
  return stringify({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "AdmissionConfiguration",
    plugins: facts.admissionControl.map(({ name, configuration }) => ({ name, configuration })),
  });
}

/** Encryption at rest of Secrets with the keys of the machine config, secretbox first, as Talos orders them. */
export function encryptionConfig(facts: Pick<MachineFacts, "secretboxEncryptionSecret" | "aescbcEncryptionSecret">): string {
  const { secretboxEncryptionSecret: secretbox, aescbcEncryptionSecret: aescbc } = facts;
  const providers = [
    ...(secretbox === undefined || secretbox === "" ? [] : [{ secretbox: { keys: [{ name: "key2", secret: secretbox }] } }]),
    ...(aescbc === undefined || aescbc === "" ? [] : [{ aescbc: { keys: [{ name: "key1", secret: aescbc }] } }]),
    { identity: {} },
  ];
  return stringify({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "EncryptionConfiguration",
    resources: [{ resources: ["secrets"], providers }],
  });
}

/** The scheduler's configuration: its kubeconfig, everything else by default. */
export function schedulerConfig(kubeconfigPath: string): string {
  return stringify({
    apiVersion: "kubescheduler.config.k8s.io/v1",
    kind: "KubeSchedulerConfiguration",
    clientConnection: { kubeconfig: kubeconfigPath },
    leaderElection: { leaderElect: false },
  });
}
