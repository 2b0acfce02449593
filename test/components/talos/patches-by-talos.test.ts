import assert from "node:assert/strict";
import * as fc from "fast-check";
import { parseAllDocuments } from "yaml";
import { patchesFor } from "../../../components/talos/patches";
import { LINK } from "../../../components/talos/patches/network";
import { labelProblem } from "../../../config/node-labels";
import type { NodeSettings, Settings } from "../../../config/settings";
import type { MachineFacts, MachineSecrets, TalosHelper } from "../../../lab/contracts";
import { controlPlane, DUAL_STACK, node, settingsOf, worker } from "../fixture";
import { openJudge } from "./real-library";

const SCHEMATIC_ID = /^[0-9a-f]{64}$/;

describe("the machine configs, judged by Talos' own library", () => {
  let judge: TalosHelper;
  let machineSecrets: MachineSecrets;

  before(async function () {
    this.timeout(30_000);
    ({ judge, machineSecrets } = await openJudge(this));
  });
  after(() => judge?.close());

  /** The config of a node as the provider would make and patch it; it must be accepted without a warning. */
  async function config(settings: Settings, target: NodeSettings): Promise<string> {
    const { name, endpointUrl, installed, contract } = settings.cluster;
    const generated = await judge.config({
      clusterName: name,
      clusterEndpoint: endpointUrl,
      machineType: target.role,
      machineSecrets,
      configPatches: [],
      kubernetesVersion: installed.kubernetes,
      contract,
    });
    const patches = patchesFor(settings, target);
    // The stricter mode, which also looks at the installation; nocloud itself is the other one.
    const metal = await judge.patch({ config: generated.machineConfiguration, patches, mode: "metal" });
    assert.deepEqual(metal.warnings, [], target.name);
    const cloud = await judge.patch({ config: generated.machineConfiguration, patches, mode: "cloud" });
    assert.deepEqual(cloud.warnings, [], target.name);
    return cloud.config;
  }

  const facts = async (settings: Settings, target: NodeSettings): Promise<MachineFacts> =>
    judge.inspect({ config: await config(settings, target) });

  /** The documents of a kind in a config. */
  const documents = (text: string, kind: string): Record<string, unknown>[] =>
    parseAllDocuments(text)
      .map((document): unknown => document.toJS())
      .filter(
        (value): value is Record<string, unknown> => typeof value === "object" && value !== null && "kind" in value && value.kind === kind,
      );

  /** The main document of a config at a path. */
  function main(text: string, ...path: string[]): unknown {
    const [first] = parseAllDocuments(text)
      .map((document): unknown => document.toJS())
      .filter((value) => typeof value === "object" && value !== null && !("kind" in value));
    return path.reduce<unknown>((value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined), first);
  }

  it("would see a patch with a field that Talos does not have", async () => {
    const base = await config(settingsOf({ nodes: [controlPlane(1)] }), controlPlane(1));
    await assert.rejects(judge.patch({ config: base, patches: ["machine:\n  netwrok: {}\n"] }), /netwrok|unknown/);
  });

  it("makes one node that carries everything", async () => {
    const only = controlPlane(1);
    const settings = settingsOf({
      nodes: [only],
      network: { vip: undefined },
      cluster: { endpoint: "10.0.0.11", endpointUrl: "https://10.0.0.11:6443" },
    });
    const found = await facts(settings, only);
    assert.equal(found.hostname, "cp-1");
    assert.equal(found.machineType, "controlplane");
    assert.equal(found.vip, undefined);
    assert.deepEqual(found.addresses, ["10.0.0.11/24"]);
    assert.deepEqual(found.taints, []);
    assert.equal(found.allowSchedulingOnControlPlanes, true);
    assert.equal("node.kubernetes.io/exclude-from-external-load-balancers" in found.nodeLabels, false);
    assert.deepEqual(found.etcdAdvertisedSubnets, ["10.0.0.0/24"]);
  });

  it("makes three control planes and two workers as meant", async () => {
    const settings = settingsOf({ nodes: [controlPlane(1), controlPlane(2), controlPlane(3), worker(4), worker(5)] });
    for (const target of settings.nodes) {
      const found = await facts(settings, target);
      assert.equal(found.hostname, target.name);
      assert.deepEqual(found.addresses, [`${target.address.ipv4}/24`]);
      assert.equal(found.endpoint, "https://10.0.0.10:6443");
      assert.equal(found.cniName, "none");
      assert.deepEqual(found.podSubnets, ["10.244.0.0/16"]);
      assert.deepEqual(found.serviceSubnets, ["10.96.0.0/12"]);
      assert.deepEqual(found.kubeletValidSubnets, ["10.0.0.0/24"]);
      assert.equal(found.kubePrismPort, 7445);
      assert.equal(found.installDisk, "/dev/sda");
      assert.match(found.installImage, /^factory\.talos\.dev\/nocloud-installer\/[0-9a-f]{64}:v1\.13\.7$/);
      assert.equal(found.kubeletImage, "ghcr.io/siderolabs/kubelet:v1.36.3");
    }
  });

  it("sends every node's own logs to the collector on it while there is one, and nowhere else", async () => {
    const nodes = [controlPlane(1), worker(4)];
    for (const target of nodes) {
      const sent = async (platform: Settings["platform"]): Promise<readonly unknown[]> => {
        const text = await config(settingsOf({ nodes, platform }), target);
        return [main(text, "machine", "logging"), documents(text, "KmsgLogConfig").map(({ url }) => url)];
      };
      // Services and the kernel have a setting each: what the one carries, the other does not.
      assert.deepEqual(await sent({ alloy: {}, loki: {} }), [
        { destinations: [{ endpoint: "tcp://127.0.0.1:6051/", format: "json_lines" }] },
        ["tcp://127.0.0.1:6051/"],
      ]);
      const silent: readonly Settings["platform"][] = [{}, { loki: {} }, { alloy: {} }, { alloy: { talosLogs: false }, loki: {} }];
      for (const platform of silent) assert.deepEqual(await sent(platform), [undefined, []]);
    }
  });

  it("gives only control planes what only they may have", async () => {
    const settings = settingsOf({ nodes: [controlPlane(1), worker(4)] });
    const first = await facts(settings, controlPlane(1));
    assert.equal(first.vip, "10.0.0.10");
    assert.equal(first.proxyDisabled, true);
    assert.equal(first.coreDnsDisabled, false);
    assert.equal(first.apiServerImage, "registry.k8s.io/kube-apiserver:v1.36.3");
    assert.deepEqual(first.taints, [{ key: "node-role.kubernetes.io/control-plane", value: "", effect: "NoSchedule" }]);
    assert.equal(first.nodeLabels["node.kubernetes.io/exclude-from-external-load-balancers"], "");
    assert.deepEqual(first.etcdAdvertisedSubnets, ["10.0.0.0/24", "!10.0.0.10"]);
    assert.equal(first.etcdExtraArgs["listen-metrics-urls"], "http://0.0.0.0:2381");
    assert.equal(first.apiServerExtraArgs["enable-aggregator-routing"], "true");
    assert.equal(first.controllerManagerExtraArgs["bind-address"], "0.0.0.0");
    assert.equal(first.schedulerExtraArgs["bind-address"], "0.0.0.0");
    assert.deepEqual([...first.apiServerCertSans].sort(), ["10.0.0.10", "127.0.0.1", "home.example.com"]);
    assert.deepEqual(
      first.admissionControl.map(({ name }) => name),
      ["PodSecurity"],
    );
    const second = await facts(settings, worker(4));
    assert.equal(second.vip, undefined);
    assert.deepEqual(second.etcdExtraArgs, {});
    assert.equal(second.ca.serviceAccountKey, undefined);
  });

  it("names the link by its MAC and hangs address, routes, MTU and the shared address on it", async () => {
    const settings = settingsOf({ nodes: [controlPlane(1)], network: { mtu: 9000, vlan: 20 } });
    const text = await config(settings, controlPlane(1));
    assert.deepEqual(documents(text, "LinkAliasConfig"), [
      {
        apiVersion: "v1alpha1",
        kind: "LinkAliasConfig",
        name: LINK,
        selector: { match: 'mac(link.permanent_addr) == "bc:24:11:00:00:01"' },
      },
    ]);
    const [link] = documents(text, "LinkConfig");
    assert.deepEqual(link, {
      apiVersion: "v1alpha1",
      kind: "LinkConfig",
      name: LINK,
      up: true,
      mtu: 9000,
      addresses: [{ address: "10.0.0.11/24" }],
      routes: [{ gateway: "10.0.0.1" }],
    });
    assert.deepEqual(documents(text, "Layer2VIPConfig"), [
      { apiVersion: "v1alpha1", kind: "Layer2VIPConfig", name: "10.0.0.10", link: LINK },
    ]);
    assert.deepEqual(documents(text, "ResolverConfig")[0]?.["nameservers"], [{ address: "10.0.0.1" }, { address: "1.1.1.1" }]);
    assert.deepEqual(documents(text, "TimeSyncConfig")[0]?.["ntp"], { servers: ["162.159.200.1"] });
    assert.equal(documents(text, "VLANConfig").length, 0, "Proxmox tags the VLAN: the node must not tag it again");
    for (const kind of ["DHCPv4Config", "DHCPv6Config"]) assert.equal(documents(text, kind).length, 0);
    assert.equal(main(text, "machine", "network"), undefined);
  });

  it("makes dual stack with IPv4 first everywhere", async () => {
    const first = controlPlane(1, { address: { ipv4: "10.0.0.11", ipv6: "fd00:10::11" } });
    const second = worker(4, { address: { ipv4: "10.0.0.14", ipv6: "fd00:10::14" } });
    const settings = settingsOf({ nodes: [first, second], network: DUAL_STACK });
    for (const target of settings.nodes) {
      const found = await facts(settings, target);
      assert.deepEqual(found.addresses, [`${target.address.ipv4}/24`, `${target.address.ipv6}/64`]);
      assert.deepEqual(found.podSubnets, ["10.244.0.0/16", "fd00:244::/56"]);
      assert.deepEqual(found.serviceSubnets, ["10.96.0.0/12", "fd00:96::/108"]);
      assert.deepEqual(found.kubeletValidSubnets, ["10.0.0.0/24", "fd00:10::/64"]);
    }
    assert.deepEqual(documents(await config(settings, first), "LinkConfig")[0]?.["routes"], [
      { gateway: "10.0.0.1" },
      { gateway: "fd00:10::1" },
    ]);
  });

  it("encrypts what a machine with secure boot and TPM stores, bound to both", async () => {
    const secure = worker(4, {
      secureBoot: true,
      tpm: true,
      diskEncryption: "tpm",
      dataDisks: [{ name: "longhorn", sizeGiB: 100, datastore: "local-lvm" }],
    });
    const settings = settingsOf({ nodes: [controlPlane(1), secure] });
    const found = await facts(settings, secure);
    assert.match(found.installImage, /^factory\.talos\.dev\/nocloud-installer-secureboot\//);
    const text = await config(settings, secure);
    const system = documents(text, "VolumeConfig");
    assert.deepEqual(
      system.map(({ name }) => name),
      ["STATE", "EPHEMERAL"],
    );
    const sealed = { slot: 0, tpm: { checkSecurebootStatusOnEnroll: true } };
    assert.deepEqual(system[0]?.["encryption"], { provider: "luks2", keys: [sealed] });
    assert.deepEqual(system[1]?.["encryption"], { provider: "luks2", keys: [{ ...sealed, lockToState: true }] });
    const [data] = documents(text, "UserVolumeConfig");
    assert.equal(data?.["name"], "longhorn");
    assert.deepEqual(data?.["encryption"], { provider: "luks2", keys: [{ ...sealed, lockToState: true }] });
  });

  it("encrypts by the machine's id where there is no TPM", async () => {
    const target = controlPlane(1, { diskEncryption: "node-id" });
    const text = await config(settingsOf({ nodes: [target] }), target);
    for (const volume of documents(text, "VolumeConfig"))
      assert.deepEqual(volume["encryption"], { provider: "luks2", keys: [{ slot: 0, nodeID: {} }] });
  });

  it("hands extension services their files and environment, and says nothing about the others", async () => {
    const target = worker(4, {
      extensions: [
        { name: "siderolabs/nut-client", files: { "/usr/local/etc/nut/upsmon.conf": "MONITOR ups@host 1 remote\n" }, environment: [] },
        { name: "siderolabs/qemu-guest-agent", files: {}, environment: [] },
        { name: "siderolabs/tailscale", files: {}, environment: ["TS_ROUTES=10.0.0.0/24", "TS_X=off"] },
      ],
    });
    const text = await config(settingsOf({ nodes: [controlPlane(1), target] }), target);
    assert.deepEqual(documents(text, "ExtensionServiceConfig"), [
      {
        apiVersion: "v1alpha1",
        kind: "ExtensionServiceConfig",
        name: "nut-client",
        configFiles: [{ content: "MONITOR ups@host 1 remote\n", mountPath: "/usr/local/etc/nut/upsmon.conf" }],
      },
      { apiVersion: "v1alpha1", kind: "ExtensionServiceConfig", name: "tailscale", environment: ["TS_ROUTES=10.0.0.0/24", "TS_X=off"] },
    ]);
  });

  it("registers a worker with its taints and also keeps a control plane's", async () => {
    const taint = { key: "example.com/gpu", value: "on", effect: "NoSchedule" } as const;
    const bare = { key: "dedicated", value: "", effect: "NoExecute" } as const;
    const nodes = [controlPlane(1, { taints: [taint] }), worker(4, { taints: [taint, bare] })];
    const settings = settingsOf({ nodes });
    const [first, second] = await Promise.all(nodes.map((target) => config(settings, target)));
    assert.deepEqual(main(second ?? "", "machine", "kubelet", "extraConfig", "registerWithTaints"), [taint, bare]);
    assert.equal(main(second ?? "", "machine", "nodeTaints"), undefined);
    assert.deepEqual(main(first ?? "", "machine", "nodeTaints"), { "example.com/gpu": "on:NoSchedule" });
    assert.deepEqual((await judge.inspect({ config: second ?? "" })).taints, [bare, taint]);
  });

  it("sets mirrors, kernel modules, sysctls and containerd's drop-in", async () => {
    const target = worker(4, {
      registryMirrors: { "docker.io": ["https://mirror.home.arpa", "http://harbor.home.arpa/v2/proxy"], "ghcr.io": [] },
      kernelModules: [
        { name: "nvidia", parameters: ["NVreg_OpenRmEnableUnsupportedGpus=1"] },
        { name: "drbd", parameters: [] },
      ],
    });
    const text = await config(settingsOf({ nodes: [controlPlane(1), target] }), target);
    assert.deepEqual(documents(text, "RegistryMirrorConfig"), [
      {
        apiVersion: "v1alpha1",
        kind: "RegistryMirrorConfig",
        name: "docker.io",
        endpoints: [{ url: "https://mirror.home.arpa" }, { url: "http://harbor.home.arpa/v2/proxy", overridePath: true }],
      },
    ]);
    assert.deepEqual(main(text, "machine", "kernel", "modules"), [
      { name: "nvidia", parameters: ["NVreg_OpenRmEnableUnsupportedGpus=1"] },
      { name: "drbd" },
    ]);
    assert.equal(main(text, "machine", "sysctls", "fs.inotify.max_user_watches"), "1048576");
    const files = JSON.stringify(main(text, "machine", "files"));
    assert.match(files, /discard_unpacked_layers = false/);
  });

  it("opens the Talos API to upgrades and backups, on control planes only", async () => {
    const settings = settingsOf({ nodes: [controlPlane(1), worker(4)] });
    const path = ["machine", "features", "kubernetesTalosAPIAccess"];
    const expected = {
      enabled: true,
      allowedRoles: ["os:admin", "os:etcd:backup"],
      allowedKubernetesNamespaces: ["system-upgrade", "talos-backup"],
    };
    assert.deepEqual(main(await config(settings, controlPlane(1)), ...path), expected);
    assert.equal(main(await config(settings, worker(4)), ...path), undefined);
  });

  it("gives the same config for BGP, which is Cilium's matter", async () => {
    const nodes = [controlPlane(1), worker(4)];
    const announce = {
      mode: "bgp",
      routerAddress: "10.0.0.1",
      routerAsn: 64512,
      nodeAsn: 64513,
      holdTime: 90,
      keepAlive: 30,
      gracefulRestart: 120,
    } as const;
    const plain = settingsOf({ nodes });
    const bgp = settingsOf({ nodes, network: { announce, loadBalancerPool: { ipv4: "10.50.0.0/24" } } });
    for (const target of nodes) assert.deepEqual(patchesFor(bgp, target), patchesFor(plain, target));
    await config(bgp, controlPlane(1));
  });

  it("cuts a small IPv6 pod network into parts that the controller manager accepts", async () => {
    const target = controlPlane(1, { address: { ipv4: "10.0.0.11", ipv6: "fd00:10::11" } });
    const network = { ...DUAL_STACK, pods: { ipv4: "10.244.0.0/16", ipv6: "fd00:244::/64" } };
    const found = await facts(settingsOf({ nodes: [target], network }), target);
    assert.equal(found.controllerManagerExtraArgs["node-cidr-mask-size-ipv6"], "80");
    const usual = await facts(settingsOf({ nodes: [target], network: DUAL_STACK }), target);
    assert.equal("node-cidr-mask-size-ipv6" in usual.controllerManagerExtraArgs, false);
  });

  const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
  const odd = fc.constantFrom("on", "off", "yes", "null", "0123", "1e3", "0x10", "1_000", "true", "");
  const anyNode = fc.record({
    role: fc.constantFrom("controlplane" as const, "worker" as const),
    number: fc.integer({ min: 1, max: 150 }),
    labels: fc.dictionary(
      fc.oneof(
        word,
        word.map((name) => `example.com/${name}`),
        word.map((name) => `node.kubernetes.io/${name}`),
      ),
      fc.oneof(word, odd),
    ),
    taints: fc.uniqueArray(
      fc.record({ key: word, value: fc.oneof(word, odd), effect: fc.constantFrom("NoSchedule" as const, "NoExecute" as const) }),
      {
        selector: ({ key }) => key,
        maxLength: 3,
      },
    ),
    secure: fc.boolean(),
    encryption: fc.constantFrom("none" as const, "node-id" as const),
    disks: fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/), { maxLength: 3 }),
    mirrors: fc.dictionary(
      word.map((name) => `${name}.io`),
      fc.array(
        word.map((name) => `https://${name}.arpa`),
        { minLength: 1, maxLength: 2 },
      ),
      { maxKeys: 2 },
    ),
    environment: fc.array(
      fc.oneof(word, odd).map((value) => `KEY=${value}`),
      { maxLength: 2 },
    ),
    dualStack: fc.boolean(),
  });

  it("makes an accepted config that keeps labels, taints and addresses for any node", async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(anyNode, async (drawn) => {
        const { ipv4, ipv6 } = { ipv4: `10.0.0.${10 + drawn.number}`, ipv6: `fd00:10::${(10 + drawn.number).toString(16)}` };
        const target = node(drawn.role, drawn.number, {
          address: drawn.dualStack ? { ipv4, ipv6 } : { ipv4 },
          labels: drawn.labels,
          taints: drawn.taints,
          secureBoot: drawn.secure,
          tpm: drawn.secure,
          diskEncryption: drawn.secure ? "tpm" : drawn.encryption,
          dataDisks: drawn.disks.map((name) => ({ name, sizeGiB: 10, datastore: "local-lvm" })),
          registryMirrors: drawn.mirrors,
          extensions: [{ name: "siderolabs/tailscale", files: {}, environment: drawn.environment }],
        });
        const settings = settingsOf({ nodes: [target], ...(drawn.dualStack && { network: DUAL_STACK }) });
        const found = await facts(settings, target);
        assert.equal(found.hostname, target.name);
        assert.deepEqual(found.addresses, drawn.dualStack ? [`${ipv4}/24`, `${ipv6}/64`] : [`${ipv4}/24`]);
        for (const [key, value] of Object.entries(drawn.labels)) assert.equal(found.nodeLabels[key], value);
        for (const taint of drawn.taints)
          assert.deepEqual(
            found.taints.find(({ key }) => key === taint.key),
            { ...taint },
          );
        assert.match(found.installImage.split("/").at(-1)?.split(":")[0] ?? "", SCHEMATIC_ID);
        assert.equal(
          Object.keys(drawn.labels).some((key) => labelProblem(drawn.role, key) !== undefined),
          false,
        );
      }),
      { numRuns: 60 },
    );
  });
});
