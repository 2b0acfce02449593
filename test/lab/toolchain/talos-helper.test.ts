import assert from "node:assert/strict";
import { X509Certificate, createPrivateKey } from "node:crypto";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { MachineSecrets, TalosHelper } from "../../../lab/contracts";
import { HelperError, startTalosHelper } from "../../../lab/toolchain/talos-helper-client";
import { ensureToolchain } from "../../../lab/toolchain/toolchain";
import { program, removeFolders, temporaryFolder, write } from "./fixture";

const CLUSTER = { clusterName: "home", clusterEndpoint: "https://127.10.0.10:6443", kubernetesVersion: "1.36.3", contract: "v1.13" };

function certificate(base64: string): X509Certificate {
  return new X509Certificate(Buffer.from(base64, "base64"));
}

function signedBy(leaf: string, ca: string): boolean {
  return certificate(leaf).verify(certificate(ca).publicKey);
}

/** Talos names the type of an Ed25519 key in its PEM header, which OpenSSL does not read; the content is PKCS 8. */
function fromTalos(pair: { cert: string; key: string }): { cert: string; key: string } {
  const text = Buffer.from(pair.key, "base64").toString("utf8").replaceAll("ED25519 PRIVATE KEY", "PRIVATE KEY");
  return { cert: pair.cert, key: Buffer.from(text).toString("base64") };
}

function keyMatches(pair: { cert: string; key: string }): boolean {
  return certificate(pair.cert).checkPrivateKey(createPrivateKey(Buffer.from(pair.key, "base64")));
}

describe("the Talos helper", function () {
  this.timeout(30_000);
  let helper: TalosHelper;
  let secrets: MachineSecrets;

  before(async function () {
    const path = await builtHelper();
    if (!path) {
      console.log("      skipped: the helper is not built yet; `npm run toolchain` builds it");
      this.skip();
    }
    helper = startTalosHelper(path);
    secrets = (await helper.secrets({ contract: "v1.13" })).machineSecrets;
  });

  after(() => helper?.close());

  /** The helper of these sources if it is there; never builds. */
  async function builtHelper(): Promise<string | undefined> {
    const build = () => Promise.reject(new Error("not built"));
    const seams = { build, environment: { ...process.env, HEARTH_TOOLCHAIN: "build" } };
    return ensureToolchain({ only: ["talos-helper"], progress: () => undefined, seams }).then(
      (toolchain) => toolchain.path("talos-helper"),
      () => undefined,
    );
  }

  function config(machineType: "controlplane" | "worker", ...configPatches: string[]) {
    return helper.config({ ...CLUSTER, machineType, machineSecrets: secrets, configPatches });
  }

  it("makes secrets whose certificates and keys belong together, with an admin client that the OS CA signed", async () => {
    const { machineSecrets, clientConfiguration } = await helper.secrets({ contract: "v1.13" });
    for (const pair of [machineSecrets.certs.os, machineSecrets.certs.k8s, machineSecrets.certs.k8sAggregator, machineSecrets.certs.etcd]) {
      assert.ok(keyMatches(fromTalos(pair)));
      assert.ok(certificate(pair.cert).ca);
    }
    assert.ok(signedBy(clientConfiguration.clientCertificate, machineSecrets.certs.os.cert));
    assert.equal(certificate(clientConfiguration.clientCertificate).subject, "O=os:admin");
    assert.equal(clientConfiguration.caCertificate, machineSecrets.certs.os.cert);
    assert.match(machineSecrets.secrets.bootstrapToken, /^[a-z0-9]{6}\.[a-z0-9]{16}$/);
    assert.ok(machineSecrets.secrets.secretboxEncryptionSecret);
    assert.ok(createPrivateKey(Buffer.from(machineSecrets.certs.k8sServiceaccount.key, "base64")));
    assert.notEqual(machineSecrets.cluster.id, secrets.cluster.id);
  });

  it("renews an admin client for as long as asked", async () => {
    const { clientConfiguration } = await helper.clientConfiguration({ machineSecrets: secrets, ttlHours: 2 });
    const { validTo } = certificate(clientConfiguration.clientCertificate);
    const hours = (new Date(validTo).getTime() - Date.now()) / 3_600_000;
    assert.ok(hours > 1.9 && hours <= 2, `${hours} hours`);
    assert.ok(signedBy(clientConfiguration.clientCertificate, secrets.certs.os.cert));
  });

  it("generates a config of the contract with the secrets in it, without comments", async () => {
    const { machineConfiguration, warnings } = await config("controlplane");
    assert.deepEqual(warnings, []);
    assert.ok(!machineConfiguration.includes("#"));
    assert.match(machineConfiguration, /kind: HostnameConfig\nauto: stable/);
    const [main] = machineConfiguration.split("\n---\n");
    const parsed = parse(main ?? "");
    assert.equal(parsed.machine.kubelet.image, "ghcr.io/siderolabs/kubelet:v1.36.3");
    assert.equal(parsed.machine.ca.key, secrets.certs.os.key);
    assert.equal(parsed.cluster.secretboxEncryptionSecret, secrets.secrets.secretboxEncryptionSecret);
  });

  it("generates the same config from the same arguments", async () => {
    const [first, second] = await Promise.all([config("worker"), config("worker")]);
    assert.equal(first.machineConfiguration, second.machineConfiguration);
  });

  it("gives an older contract its older form", async () => {
    const args = { ...CLUSTER, machineType: "worker" as const, machineSecrets: secrets, configPatches: [], kubernetesVersion: "1.33.0" };
    const { machineConfiguration } = await helper.config({ ...args, contract: "v1.11" });
    assert.ok(!machineConfiguration.includes("HostnameConfig"));
    assert.match(machineConfiguration, /stableHostname: true/);
  });

  it("takes a version with or without v", async () => {
    const args = { ...CLUSTER, machineType: "worker" as const, machineSecrets: secrets, configPatches: [] };
    const plain = await helper.config(args);
    assert.equal(
      (await helper.config({ ...args, kubernetesVersion: "v1.36.3", contract: "1.13" })).machineConfiguration,
      plain.machineConfiguration,
    );
  });

  const refusals: Record<string, [patch: string, words: RegExp]> = {
    "an unknown field": ["machine:\n  foo: bar\n", /unknown keys found during decoding:\nmachine:\n\s+foo: bar/],
    "an invalid taint": ["machine:\n  nodeTaints:\n    a: x:Foo\n", /invalid taint effect: "Foo"/],
    "a hostname in both forms": ["machine:\n  network:\n    hostname: node-1\n", /static hostname is already set in v1alpha1 config/],
    "an unknown document": ["apiVersion: v1alpha1\nkind: NoSuchConfig\n", /"NoSuchConfig" "v1alpha1": not registered/],
    "a network plugin that it does not know": ["cluster:\n  network:\n    cni:\n      name: calico\n", /cni name should be one of/],
  };
  for (const [what, [patch, words]] of Object.entries(refusals)) {
    it(`refuses ${what} in Talos' own words`, async () => {
      await assert.rejects(
        config("controlplane", patch),
        (error) => error instanceof HelperError && error.op === "config" && words.test(error.message),
      );
    });
  }

  it("refuses a Kubernetes version that the Talos version does not run", async () => {
    const args = { ...CLUSTER, machineType: "worker" as const, machineSecrets: secrets, configPatches: [], kubernetesVersion: "1.40.0" };
    await assert.rejects(helper.config(args), /1\.40\.0 is too new to be used with Talos 1\.13/);
  });

  it("refuses an endpoint that is not https", async () => {
    const args = {
      ...CLUSTER,
      clusterEndpoint: "127.10.0.10:6443",
      machineType: "worker" as const,
      machineSecrets: secrets,
      configPatches: [],
    };
    await assert.rejects(helper.config(args), /cluster_endpoint is invalid/);
  });

  it("wants an install disk on metal and none in the cloud", async () => {
    const { machineConfiguration } = await config("worker");
    const patches = ["machine:\n  install:\n    $patch: delete\n"];
    assert.deepEqual((await helper.patch({ config: machineConfiguration, patches })).warnings, []);
    await assert.rejects(
      helper.patch({ config: machineConfiguration, patches, mode: "metal" }),
      /install instructions are required in "metal" mode/,
    );
  });

  it("leaves a config without patches byte for byte and changes the hash with the content", async () => {
    const { machineConfiguration } = await config("worker");
    const same = await helper.patch({ config: machineConfiguration, patches: [] });
    assert.equal(same.config, machineConfiguration);
    const other = await helper.patch({ config: machineConfiguration, patches: ["machine:\n  nodeLabels:\n    disk: fast\n"] });
    assert.match(other.config, /disk: fast/);
    assert.notEqual(other.hash, same.hash);
    assert.equal((await helper.patch({ config: other.config, patches: [] })).hash, other.hash);
  });

  it("reads a config that is all documents", async () => {
    const { machineConfiguration } = await config(
      "controlplane",
      "apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: cp-1\nauto: off\n",
      "apiVersion: v1alpha1\nkind: LinkConfig\nname: eth0\naddresses:\n  - address: 127.10.0.11/24\n",
      "apiVersion: v1alpha1\nkind: Layer2VIPConfig\nname: 127.10.0.10\nlink: eth0\n",
    );
    const facts = await helper.inspect({ config: machineConfiguration });
    assert.equal(facts.hostname, "cp-1");
    assert.deepEqual(facts.addresses, ["127.10.0.11/24"]);
    assert.equal(facts.vip, "127.10.0.10");
    assert.deepEqual(facts.ca.etcd, secrets.certs.etcd);
    assert.equal(facts.ca.serviceAccountKey, secrets.certs.k8sServiceaccount.key);
  });

  it("reads the same facts from the older form", async () => {
    const patch = `machine:
  network:
    hostname: old-1
    interfaces:
      - interface: eth0
        addresses: [127.10.0.12/24]
        vip: { ip: 127.10.0.10 }
`;
    const args = {
      ...CLUSTER,
      contract: "v1.11",
      machineType: "controlplane" as const,
      machineSecrets: secrets,
      kubernetesVersion: "1.33.0",
    };
    const { machineConfiguration } = await helper.config({ ...args, configPatches: [patch] });
    const facts = await helper.inspect({ config: machineConfiguration });
    assert.deepEqual([facts.hostname, facts.addresses, facts.vip], ["old-1", ["127.10.0.12/24"], "127.10.0.10"]);
  });

  it("reads what the settings of a node and of the cluster lead to", async () => {
    const patch = `machine:
  install: { disk: /dev/vda, image: factory.example/nocloud-installer/abc:v1.13.7 }
  nodeLabels: { disk: fast }
  nodeAnnotations: { note: hello }
  nodeTaints: { dedicated: "db:NoExecute" }
  features: { kubernetesTalosAPIAccess: { enabled: true, allowedRoles: [os:reader], allowedKubernetesNamespaces: [backup] } }
  kubelet:
    extraArgs: { register-with-taints: "first=a:NoSchedule,second:PreferNoSchedule" }
    nodeIP: { validSubnets: [127.10.0.0/24] }
cluster:
  allowSchedulingOnControlPlanes: true
  network: { cni: { name: none }, podSubnets: [10.1.0.0/16], serviceSubnets: [10.2.0.0/16] }
  proxy: { disabled: true }
  coreDNS: { disabled: true }
  apiServer: { certSANs: [api.example], extraArgs: { v: "4" } }
  controllerManager: { extraArgs: { bind-address: 0.0.0.0 } }
  scheduler: { extraArgs: { bind-address: 0.0.0.0 } }
  etcd: { advertisedSubnets: [127.10.0.0/24], extraArgs: { listen-metrics-urls: "http://0.0.0.0:2381" } }
`;
    const { machineConfiguration } = await config("controlplane", patch);
    const { ca, admissionControl, secretboxEncryptionSecret, ...facts } = await helper.inspect({ config: machineConfiguration });
    assert.deepEqual(facts, {
      hostname: "",
      machineType: "controlplane",
      clusterName: "home",
      endpoint: "https://127.10.0.10:6443",
      addresses: [],
      podSubnets: ["10.1.0.0/16"],
      serviceSubnets: ["10.2.0.0/16"],
      cniName: "none",
      proxyDisabled: true,
      coreDnsDisabled: true,
      nodeLabels: {
        disk: "fast",
        "node-role.kubernetes.io/control-plane": "",
        "node.kubernetes.io/exclude-from-external-load-balancers": "",
      },
      nodeAnnotations: { note: "hello" },
      taints: [
        { key: "dedicated", value: "db", effect: "NoExecute" },
        { key: "first", value: "a", effect: "NoSchedule" },
        { key: "second", value: "", effect: "PreferNoSchedule" },
      ],
      installImage: "factory.example/nocloud-installer/abc:v1.13.7",
      installDisk: "/dev/vda",
      kubeletImage: "ghcr.io/siderolabs/kubelet:v1.36.3",
      apiServerImage: "registry.k8s.io/kube-apiserver:v1.36.3",
      apiServerCertSans: ["api.example"],
      apiServerExtraArgs: { v: "4" },
      controllerManagerExtraArgs: { "bind-address": "0.0.0.0" },
      schedulerExtraArgs: { "bind-address": "0.0.0.0" },
      etcdExtraArgs: { "listen-metrics-urls": "http://0.0.0.0:2381" },
      etcdAdvertisedSubnets: ["127.10.0.0/24"],
      kubeletExtraArgs: { "register-with-taints": "first=a:NoSchedule,second:PreferNoSchedule" },
      kubeletValidSubnets: ["127.10.0.0/24"],
      kubePrismPort: 7445,
      kubernetesTalosApiAccess: true,
      allowSchedulingOnControlPlanes: true,
    });
    assert.deepEqual(
      admissionControl.map(({ name }) => name),
      ["PodSecurity"],
    );
    assert.equal(secretboxEncryptionSecret, secrets.secrets.secretboxEncryptionSecret);
    assert.deepEqual(ca.os, secrets.certs.os);
  });

  it("taints a control plane that takes no pods, and shows that the admission plugins and KubePrism are gone", async () => {
    const { machineConfiguration } = await config(
      "controlplane",
      "machine:\n  features:\n    kubePrism:\n      enabled: false\n",
      "cluster:\n  apiServer:\n    admissionControl:\n      $patch: delete\n",
    );
    const facts = await helper.inspect({ config: machineConfiguration });
    assert.deepEqual(facts.taints, [{ key: "node-role.kubernetes.io/control-plane", value: "", effect: "NoSchedule" }]);
    assert.deepEqual(facts.admissionControl, []);
    assert.equal(facts.kubePrismPort, undefined);
    assert.equal(facts.kubernetesTalosApiAccess, false);
  });

  it("shows that a worker carries certificates and no key of a CA", async () => {
    const facts = await helper.inspect({ config: (await config("worker")).machineConfiguration });
    assert.deepEqual(facts.ca, { os: { cert: secrets.certs.os.cert }, k8s: { cert: secrets.certs.k8s.cert } });
    assert.deepEqual(facts.taints, []);
  });

  it("does not read a config without a machine", async () => {
    await assert.rejects(
      helper.inspect({ config: "apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: a\n" }),
      /no machine and cluster document/,
    );
  });

  it("writes a talosconfig with the endpoints and nodes given", async () => {
    const { clientConfiguration } = await helper.clientConfiguration({ machineSecrets: secrets });
    const args = { clusterName: "home", clientConfiguration, endpoints: ["127.10.0.11", "127.10.0.12"], nodes: ["127.10.0.13"] };
    const { talosConfig } = await helper.talosconfig(args);
    const { caCertificate: ca, clientCertificate: crt, clientKey: key } = clientConfiguration;
    assert.deepEqual(parse(talosConfig), {
      context: "home",
      contexts: { home: { endpoints: args.endpoints, nodes: args.nodes, ca, crt, key } },
    });
  });

  it("writes an admin kubeconfig that the Kubernetes CA signed for as long as asked", async () => {
    const endpoint = "https://127.10.0.10:6443";
    const made = await helper.kubeconfig({ machineSecrets: { certs: secrets.certs }, clusterName: "home", endpoint, ttlHours: 24 });
    const file = parse(made.kubeconfig);
    assert.equal(file["current-context"], "admin@home");
    assert.deepEqual(file.clusters, [
      { name: "home", cluster: { server: endpoint, "certificate-authority-data": secrets.certs.k8s.cert } },
    ]);
    assert.equal(file.users[0].user["client-certificate-data"], made.clientCertificate);
    assert.equal(certificate(made.clientCertificate).subject, "O=system:masters\nCN=admin");
    assert.ok(signedBy(made.clientCertificate, secrets.certs.k8s.cert));
    assert.ok(keyMatches({ cert: made.clientCertificate, key: made.clientKey }));
    assert.equal(new Date(made.notAfter).getTime(), new Date(certificate(made.clientCertificate).validTo).getTime());
    assert.equal(made.host, endpoint);
  });

  it("issues a leaf certificate with the names, addresses and use that are asked for", async () => {
    const leaf = await helper.issue({
      ca: secrets.certs.k8s,
      commonName: "kube-apiserver",
      organizations: ["kube-master"],
      dnsNames: ["kubernetes.default"],
      ips: ["10.96.0.1", "127.10.0.11"],
      usages: ["server"],
      ttlHours: 1,
    });
    const parsed = certificate(leaf.cert);
    assert.ok(keyMatches(leaf));
    assert.ok(signedBy(leaf.cert, secrets.certs.k8s.cert));
    assert.equal(parsed.subjectAltName, "DNS:kubernetes.default, IP Address:10.96.0.1, IP Address:127.10.0.11");
    assert.equal(parsed.subject, "O=kube-master\nCN=kube-apiserver");
    assert.deepEqual(parsed.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
    assert.equal(parsed.ca, false);
  });

  it("issues by an Ed25519 CA a key that OpenSSL can read", async () => {
    const leaf = await helper.issue({ ca: secrets.certs.os, commonName: "node", ips: ["127.10.0.11"], usages: ["server"], ttlHours: 1 });
    assert.ok(keyMatches(leaf));
    assert.ok(signedBy(leaf.cert, secrets.certs.os.cert));
  });

  it("refuses to issue by a CA that has no key", async () => {
    const ca = { cert: secrets.certs.k8s.cert, key: "" };
    await assert.rejects(helper.issue({ ca, commonName: "x", usages: ["client"], ttlHours: 1 }), /the CA cannot sign/);
  });

  it("makes a self-signed certificate for a node in maintenance", async () => {
    const made = await helper.selfSigned({ commonName: "talos-maintenance", ips: ["127.10.0.11"], ttlHours: 1 });
    const parsed = certificate(made.cert);
    assert.ok(signedBy(made.cert, made.cert));
    assert.ok(keyMatches(made));
    assert.equal(parsed.checkIP("127.10.0.11"), "127.10.0.11");
  });

  it("gives a schematic the id that the public Image Factory gives it", async () => {
    const agent = "customization:\n  systemExtensions:\n    officialExtensions:\n      - siderolabs/qemu-guest-agent\n";
    const { id, canonical } = await helper.schematic({ yaml: agent });
    assert.equal(id, "ce4c980550dd2ab1b17bbf2b08801c7eb59418eafe8f279833297925d67c7515");
    assert.equal((await helper.schematic({ yaml: canonical })).id, id);
    assert.equal(
      (await helper.schematic({ yaml: "customization: {}\n" })).id,
      "376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba",
    );
    await assert.rejects(helper.schematic({ yaml: "customisation: {}\n" }), HelperError);
  });
});

describe("the client of the Talos helper", () => {
  afterEach(removeFolders);

  it("rejects what is asked of a program that is no helper", async () => {
    const helper = startTalosHelper(program(temporaryFolder(), "talos-helper", "not JSON", 0));
    await assert.rejects(helper.secrets({}), (error) => error instanceof HelperError && /no answer: not JSON/.test(error.message));
  });

  it("rejects what is asked of a helper that ended, with its last words", async () => {
    const folder = temporaryFolder();
    write(folder, { "talos-helper": "#!/bin/sh\necho out of memory >&2\nexit 3\n" });
    chmodSync(join(folder, "talos-helper"), 0o755);
    const helper = startTalosHelper(join(folder, "talos-helper"));
    await assert.rejects(helper.secrets({}), /ended with code 3: out of memory/);
    await assert.rejects(helper.secrets({}), /ended with code 3: out of memory/);
  });

  it("rejects what is asked of a helper that is not there", async () => {
    const helper = startTalosHelper("/nonexistent/talos-helper");
    await assert.rejects(helper.secrets({}), /did not start/);
  });
});
