/** Stands in for Talos' library in tests: configs are JSON of their facts, certificates are real. */
import { createHash } from "node:crypto";
import { parse } from "yaml";
import type { CertKey, ClientConfiguration, MachineFacts, MachineSecrets, TalosHelper } from "../../../lab/contracts";
import { makeCertificate } from "./small-x509";

const authority = (commonName: string): CertKey => makeCertificate({ commonName, role: "ca" });

/** A helper whose `config` puts patches, each JSON of facts, over the facts of the arguments. */
export function fakeTalosHelper(): TalosHelper {
  return {
    secrets: () => {
      const machineSecrets: MachineSecrets = {
        certs: {
          etcd: authority("etcd"),
          k8s: authority("kubernetes"),
          k8sAggregator: authority("front-proxy"),
          k8sServiceaccount: { key: authority("service-account").key },
          os: authority("talos"),
        },
        cluster: { id: "id", secret: "secret" },
        secrets: { bootstrapToken: "token", secretboxEncryptionSecret: "secretbox" },
        trustdinfo: { token: "trustd" },
      };
      return Promise.resolve({ machineSecrets, clientConfiguration: admin(machineSecrets, 24 * 365) });
    },
    clientConfiguration: ({ machineSecrets, ttlHours }) =>
      Promise.resolve({ clientConfiguration: admin(machineSecrets, ttlHours ?? 24 * 365) }),
    config: ({ clusterName, clusterEndpoint, machineType, machineSecrets, configPatches, kubernetesVersion }) => {
      const base = factsOf({ clusterName, endpoint: clusterEndpoint, machineType, kubernetesVersion }, machineSecrets);
      const facts: MachineFacts = configPatches.reduce((before, patch) => ({ ...before, ...JSON.parse(patch) }), base);
      return Promise.resolve({ machineConfiguration: write(facts), warnings: [] });
    },
    patch: ({ config, patches }) => {
      const before = read(config);
      const facts: MachineFacts = patches.reduce((facts, patch) => ({ ...facts, ...JSON.parse(patch) }), before);
      const patched = patches.length === 0 ? config : write(facts);
      return Promise.resolve({ config: patched, hash: createHash("sha256").update(patched).digest("hex"), warnings: [] });
    },
    inspect: ({ config }) => Promise.resolve().then(() => read(config)),
    talosconfig: ({ clusterName }) => Promise.resolve({ talosConfig: `context: ${clusterName}` }),
    kubeconfig: ({ machineSecrets, clusterName, endpoint, ttlHours }) => {
      const { cert, key } = makeCertificate(
        { commonName: "admin", organization: "system:masters", role: "leaf", hours: ttlHours },
        machineSecrets.certs.k8s,
      );
      const made = { host: endpoint, caCertificate: machineSecrets.certs.k8s.cert, clientCertificate: cert, clientKey: key, notAfter: "" };
      return Promise.resolve({ kubeconfig: `cluster: ${clusterName}`, ...made });
    },
    issue: ({ ca, commonName, dnsNames, ips, ttlHours }) =>
      Promise.resolve(
        makeCertificate({ commonName, role: "leaf", hours: ttlHours, ...(dnsNames ? { dnsNames } : {}), ...(ips ? { ips } : {}) }, ca),
      ),
    selfSigned: ({ commonName, ips, ttlHours }) => Promise.resolve(makeCertificate({ commonName, ips, role: "leaf", hours: ttlHours })),
    schematic: ({ yaml }) =>
      Promise.resolve().then(() => ({
        id: createHash("sha256")
          .update(JSON.stringify(parse(yaml)))
          .digest("hex"),
        canonical: yaml,
      })),
    close: () => undefined,
  };
}

function admin(machineSecrets: MachineSecrets, hours: number): ClientConfiguration {
  const { cert, key } = makeCertificate({ commonName: "admin", organization: "os:admin", role: "leaf", hours }, machineSecrets.certs.os);
  return { caCertificate: machineSecrets.certs.os.cert, clientCertificate: cert, clientKey: key };
}

/** A document that Talos' own library would never see: `machine` has what needs a reboot, `facts` the rest. */
function write(facts: MachineFacts): string {
  return JSON.stringify({ machine: { disks: facts.installDisk }, facts });
}

function read(config: string): MachineFacts {
  const value: { facts?: MachineFacts } = JSON.parse(config);
  if (!value.facts?.machineType) throw new Error("unknown keys found during decoding");
  return value.facts;
}

function factsOf(
  given: { clusterName: string; endpoint: string; machineType: "controlplane" | "worker"; kubernetesVersion: string },
  { certs }: MachineSecrets,
): MachineFacts {
  const { clusterName, endpoint, machineType, kubernetesVersion } = given;
  const ca =
    machineType === "controlplane"
      ? {
          os: certs.os,
          k8s: certs.k8s,
          k8sAggregator: certs.k8sAggregator,
          etcd: certs.etcd,
          serviceAccountKey: certs.k8sServiceaccount.key,
        }
      : { os: { cert: certs.os.cert }, k8s: { cert: certs.k8s.cert } };
  return {
    hostname: "talos",
    machineType,
    clusterName,
    endpoint,
    addresses: [],
    podSubnets: ["10.244.0.0/16"],
    serviceSubnets: ["10.96.0.0/12"],
    cniName: "none",
    proxyDisabled: true,
    coreDnsDisabled: false,
    nodeLabels: {},
    nodeAnnotations: {},
    taints: [],
    installImage: "",
    installDisk: "/dev/sda",
    kubeletImage: `ghcr.io/siderolabs/kubelet:v${kubernetesVersion}`,
    apiServerImage: `registry.k8s.io/kube-apiserver:v${kubernetesVersion}`,
    apiServerCertSans: [],
    apiServerExtraArgs: {},
    controllerManagerExtraArgs: {},
    schedulerExtraArgs: {},
    etcdExtraArgs: {},
    etcdAdvertisedSubnets: [],
    kubeletExtraArgs: {},
    kubeletValidSubnets: [],
    admissionControl: [],
    kubernetesTalosApiAccess: true,
    allowSchedulingOnControlPlanes: false,
    ca,
  };
}
