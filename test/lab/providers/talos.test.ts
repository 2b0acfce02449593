import assert from "node:assert/strict";
import { UNKNOWN, type FunctionAdapter, type Inputs, type ProviderAdapter } from "../../../lab/providers/adapter";
import { talosProvider } from "../../../lab/providers/talos";
import { address, boot, bringUp, configOf, join, kinds, openHome, VIP, type Home, type Secrets } from "../world/fixture";
import { makeCertificate } from "../world/small-x509";
import { Driver } from "./driver";

describe("The stand-in for the talos provider", () => {
  let home: Home;
  let provider: ProviderAdapter;
  let secrets: Secrets;
  const driver = (token: string): Driver => new Driver(provider, token);
  const invoke = (token: string, args: Inputs): Promise<Inputs> => {
    const found: FunctionAdapter | undefined = provider.functions[token];
    assert.ok(found, token);
    return found.invoke(args, driver("talos:machine/secrets:Secrets").context());
  };

  beforeEach(async () => {
    home = openHome();
    provider = talosProvider(home.world, home.helper);
    secrets = await home.helper.secrets({});
  });

  afterEach(async () => {
    await home.world.close();
    await home.kubernetes.stop({ wipe: true });
  });

  const applyInputs = async (name: string, last: number, changes: Inputs = {}): Promise<Inputs> => ({
    node: address(last),
    clientConfiguration: secrets.clientConfiguration,
    machineConfigurationInput: await configOf(home, secrets, { name, last }),
    ...changes,
  });

  describe("secrets", () => {
    const of = (): Driver => driver("talos:machine/secrets:Secrets");

    it("are made locally, with the provider's own contract by default", async () => {
      const made = await of().create({});
      assert.equal(made.state["talosVersion"], "v1.13");
      assert.ok(made.state["machineSecrets"]);
      assert.equal(home.world.calls.count(), 0);
      assert.deepEqual(provider.resources["talos:machine/secrets:Secrets"]?.inputs.secretOutputs, [
        "clientConfiguration",
        "machineSecrets",
      ]);
    });

    it("are replaced by a lower contract and kept by a higher one", async () => {
      const made = await of().create({ talosVersion: "v1.12" });
      assert.deepEqual((await of().diff(made, { talosVersion: "v1.9" })).replaces, ["talosVersion"]);
      assert.deepEqual((await of().diff(made, { talosVersion: "v1.13" })).replaces, []);
      const raised = await of().update(made, { talosVersion: "v1.13" });
      assert.deepEqual(raised.state["machineSecrets"], made.state["machineSecrets"]);
    });

    it("get a new client certificate in its last month, from the same CA", async () => {
      const made = await of().create({ talosVersion: "v1.13" });
      assert.equal((await of().diff(made, made.inputs)).changes, false);
      const { clientConfiguration } = await home.helper.clientConfiguration({ machineSecrets: secrets.machineSecrets, ttlHours: 24 * 20 });
      const old = { ...made, state: { ...made.state, machineSecrets: secrets.machineSecrets, clientConfiguration } };
      assert.deepEqual((await of().diff(old, old.inputs)).detailed, { clientConfiguration: "update" });
      assert.equal((await of().preview(old.inputs, old))?.["clientConfiguration"], UNKNOWN);
      const renewed = await of().update(old, old.inputs);
      assert.notDeepEqual(renewed.state["clientConfiguration"], clientConfiguration);
      assert.equal((await of().diff(renewed, renewed.inputs)).changes, false);
    });
  });

  describe("a configuration", () => {
    const of = (): Driver => driver("talos:machine/configurationApply:ConfigurationApply");

    it("is applied, hashed and shown as a secret", async () => {
      await boot(home, "cp1", 11);
      const made = await of().create(await applyInputs("cp1", 11));
      assert.equal(made.state["endpoint"], address(11));
      assert.equal(made.state["resolvedApplyMode"], "auto");
      assert.match(String(made.state["machineConfigurationHash"]), /^[0-9a-f]{64}$/);
      await home.world.idle();
      assert.equal(home.world.machine("cp1").node.phase, "running");
      assert.ok(
        provider.resources["talos:machine/configurationApply:ConfigurationApply"]?.inputs.secretOutputs?.includes("machineConfiguration"),
      );
    });

    it("is applied with its patches", async () => {
      await boot(home, "cp1", 11);
      await of().create(await applyInputs("cp1", 11, { configPatches: ['{"hostname":"patched"}'] }));
      await home.world.idle();
      assert.equal(home.world.machine("cp1").node.facts?.hostname, "patched");
    });

    it("is tried until the node is up", async () => {
      home = openHome({ scale: 1 / 1000 });
      provider = talosProvider(home.world, home.helper);
      const booting = boot(home, "cp1", 11);
      await of().create(await applyInputs("cp1", 11));
      await booting;
      await home.world.idle();
      assert.ok((home.world.calls.byName()["talos.applyConfiguration"] ?? 0) > 1);
      assert.equal(home.world.machine("cp1").node.phase, "running");
    });

    it("is given up at once when it is invalid, and after the timeout when nobody answers", async () => {
      await boot(home, "cp1", 11);
      await assert.rejects(of().create(await applyInputs("cp1", 11, { machineConfigurationInput: "{}" })), /unknown keys/);
      assert.equal(home.world.calls.count("talos."), 0);
      await join(home, secrets, { name: "cp3", last: 13 });
      home.world.calls.reset();
      const other = await configOf(home, await home.helper.secrets({}), { name: "cp3", last: 13 });
      await assert.rejects(of().create(await applyInputs("cp3", 13, { machineConfigurationInput: other })), /other machine secrets/);
      assert.equal(home.world.calls.count("talos."), 1);
      await assert.rejects(
        of().create(await applyInputs("cp2", 12, { timeouts: { create: "5s" } })),
        /gave up after 5 s: .*connection refused/,
      );
    });

    it("is not read, and not changed by the node's drift", async () => {
      await boot(home, "cp1", 11);
      const made = await of().create(await applyInputs("cp1", 11));
      await home.world.idle();
      home.world.calls.reset();
      assert.deepEqual(await of().refresh(made), made);
      assert.equal((await of().diff(made, made.inputs)).changes, false);
      assert.equal(home.world.calls.count(), 0);
    });

    it("is previewed without a call, with what it renders to unknown only when that changes", async () => {
      const inputs = await applyInputs("cp1", 11);
      assert.equal((await of().preview(inputs))?.["machineConfigurationHash"], UNKNOWN);
      await boot(home, "cp1", 11);
      const made = await of().create(inputs);
      await home.world.idle();
      home.world.calls.reset();
      const slower = await of().preview({ ...inputs, timeouts: { create: "20m" } }, made);
      assert.equal(slower?.["machineConfigurationHash"], made.state["machineConfigurationHash"]);
      assert.equal((await of().preview({ ...inputs, configPatches: ["{}"] }, made))?.["machineConfigurationHash"], UNKNOWN);
      assert.equal(home.world.calls.count(), 0);
    });

    it("dials the node in a preview in the mode that stages what needs a reboot", async () => {
      await boot(home, "cp1", 11);
      await of().preview(await applyInputs("cp1", 11, { applyMode: "staged_if_needing_reboot" }));
      assert.deepEqual(home.world.calls.byName(), { "talos.applyConfiguration.dryRun": 1 });
    });

    it("stages in that mode what needs a reboot, and applies the rest", async () => {
      secrets = await bringUp(home);
      const inputs = await applyInputs("cp1", 11, { applyMode: "staged_if_needing_reboot" });
      assert.equal((await of().create({ ...inputs, configPatches: ['{"nodeLabels":{"a":"b"}}'] })).state["resolvedApplyMode"], "auto");
      const diskPatch = JSON.stringify({ installDisk: "/dev/vda" });
      assert.equal((await of().create({ ...inputs, configPatches: [diskPatch] })).state["resolvedApplyMode"], "staged");
      assert.equal(kinds(home, "cp1").at(-1), "config.staged");
    });

    it("leaves the node alone when it is destroyed, unless it is told to reset it", async () => {
      secrets = await bringUp(home);
      const inputs = await applyInputs("cp3", 13);
      const made = { id: "x", inputs, state: inputs };
      home.world.calls.reset();
      await of().delete(made);
      assert.equal(home.world.calls.count(), 0);
      await of().delete({ ...made, state: { ...inputs, onDestroy: { reset: true, graceful: true, reboot: true } } });
      await home.world.idle();
      assert.equal(home.world.machine("cp3").node.phase, "maintenance");
      assert.equal(home.world.clusters.list()[0]?.members.length, 2);
    });

    it("is refused without credentials, with two inputs, an unknown mode or a timeout that is none", async () => {
      const inputs = await applyInputs("cp1", 11);
      const { clientConfiguration: _none, ...anonymous } = inputs;
      assert.match((await of().problems(anonymous)).join(), /clientConfiguration/);
      assert.match((await of().problems({ ...inputs, machineConfigurationInputWo: "x" })).join(), /exactly one/);
      assert.match((await of().problems({ ...inputs, applyMode: "later" })).join(), /applyMode must be one of/);
      assert.match((await of().problems({ ...inputs, timeouts: { create: "soon" } })).join(), /duration/);
    });
  });

  describe("a bootstrap", () => {
    const of = (): Driver => driver("talos:machine/bootstrap:Bootstrap");
    const inputs = (last: number): Inputs => ({ node: address(last), clientConfiguration: secrets.clientConfiguration });

    it("is done once; a second one is tried until its timeout and fails", async () => {
      await join(home, secrets, { name: "cp1", last: 11 });
      const made = await of().create(inputs(11));
      await home.world.idle();
      assert.equal(home.kubernetes.starts.length, 1);
      await assert.rejects(
        of().create({ ...inputs(11), timeouts: { create: "1m" } }),
        /gave up after 60 s: .*etcd data directory is not empty/,
      );
      assert.ok((home.world.calls.byName()["talos.bootstrap"] ?? 0) > 2);
      assert.deepEqual(made.state["endpoint"], address(11));
    });

    it("does nothing when it is changed, read or deleted", async () => {
      await join(home, secrets, { name: "cp1", last: 11 });
      const made = await of().create(inputs(11));
      await home.world.idle();
      home.world.calls.reset();
      await of().update(made, inputs(12));
      await of().refresh(made);
      await of().delete(made);
      assert.equal(home.world.calls.count(), 0);
    });

    it("fails on a node that has no config", async () => {
      await boot(home, "cp1", 11);
      await assert.rejects(of().create(inputs(11)), /machine type is not set/);
    });
  });

  describe("a kubeconfig", () => {
    const of = (): Driver => driver("talos:cluster/kubeconfig:Kubeconfig");
    const inputs = (changes: Inputs = {}): Inputs => ({ node: address(11), clientConfiguration: secrets.clientConfiguration, ...changes });

    beforeEach(async () => {
      await join(home, secrets, { name: "cp1", last: 11 });
    });

    it("is fetched once and named after the cluster", async () => {
      const made = await of().create(inputs());
      assert.equal(made.id, "home");
      assert.equal(made.state["certificateRenewalDuration"], "720h");
      const client = made.state["kubernetesClientConfiguration"];
      assert.ok(typeof client === "object" && client !== null && "host" in client);
      assert.equal(client.host, `https://${VIP}:6443`);
      home.world.calls.reset();
      await of().update(made, inputs({ timeouts: { create: "1m" } }));
      await of().refresh(made);
      await of().preview(inputs({ endpoint: address(12) }), made);
      assert.equal(home.world.calls.count(), 0);
    });

    it("is fetched again in an update when its certificate ends soon", async () => {
      const made = await of().create(inputs());
      const { cert, key } = makeCertificate({ commonName: "admin", role: "leaf", hours: 100 });
      const old = {
        ...made,
        state: {
          ...made.state,
          kubernetesClientConfiguration: { host: "h", caCertificate: cert, clientCertificate: cert, clientKey: key },
        },
      };
      assert.deepEqual((await of().diff(old, old.inputs)).detailed, { kubeconfigRaw: "update" });
      assert.equal((await of().preview(old.inputs, old))?.["kubeconfigRaw"], UNKNOWN);
      home.world.calls.reset();
      const renewed = await of().update(old, old.inputs);
      assert.equal(home.world.calls.count("talos.kubeconfig"), 1);
      assert.equal((await of().diff(renewed, renewed.inputs)).changes, false);
      assert.equal((await of().diff(renewed, inputs({ certificateRenewalDuration: "9000h" }))).detailed["kubeconfigRaw"], "update");
    });
  });

  describe("a schematic", () => {
    const of = (): Driver => driver("talos:imageFactory/schematic:Schematic");

    it("is posted when it is made and when it changes, and never deleted", async () => {
      const inputs = { schematic: "customization: {}\n" };
      await of().preview(inputs);
      assert.equal(home.world.calls.count(), 0);
      const made = await of().create(inputs);
      assert.equal(home.world.factory.schematic(made.id), inputs.schematic);
      await of().update(made, { schematic: "customization: { extraKernelArgs: [quiet] }\n" });
      await of().delete(made);
      assert.deepEqual(home.world.calls.byName(), { "factory.createSchematic": 2 });
      assert.equal(home.world.factory.ids().length, 2);
    });
  });

  describe("functions", () => {
    it("make configs and talosconfigs without a call", async () => {
      const { machineConfiguration } = await invoke("talos:machine/getConfiguration:getConfiguration", {
        clusterName: "home",
        clusterEndpoint: `https://${VIP}:6443`,
        machineType: "worker",
        machineSecrets: secrets.machineSecrets,
      });
      assert.match(String(machineConfiguration), /"machineType":"worker".*kubelet:v1\.36\.0/);
      const { talosConfig } = await invoke("talos:client/getConfiguration:getConfiguration", {
        clusterName: "home",
        clientConfiguration: secrets.clientConfiguration,
      });
      assert.equal(talosConfig, "context: home");
      assert.equal(home.world.calls.count(), 0);
    });

    it("refuse a machine type that there is not", async () => {
      const args = { clusterName: "home", clusterEndpoint: "https://x", machineType: "init", machineSecrets: secrets.machineSecrets };
      await assert.rejects(invoke("talos:machine/getConfiguration:getConfiguration", args), /controlplane or worker/);
    });

    it("put URLs of images together without asking the factory", async () => {
      const { urls } = await invoke("talos:imageFactory/getUrls:getUrls", {
        schematicId: "abc",
        talosVersion: "1.13.7",
        platform: "nocloud",
      });
      assert.ok(typeof urls === "object" && urls !== null && "installer" in urls);
      assert.equal(urls.installer, "factory.talos.dev/nocloud-installer/abc:v1.13.7");
      assert.equal(home.world.calls.count(), 0);
    });

    it("dial for the health of a cluster, and say what is not healthy", async () => {
      const args = (controlPlaneNodes: readonly string[]) => ({
        clientConfiguration: secrets.clientConfiguration,
        controlPlaneNodes,
        endpoints: [address(11)],
      });
      await join(home, secrets, { name: "cp1", last: 11 });
      await assert.rejects(invoke("talos:cluster/getHealth:getHealth", args([address(11)])), /etcd is not healthy/);
      await driver("talos:machine/bootstrap:Bootstrap").create({ node: address(11), clientConfiguration: secrets.clientConfiguration });
      await home.world.idle();
      home.world.calls.reset();
      await invoke("talos:cluster/getHealth:getHealth", args([address(11)]));
      assert.deepEqual(home.world.calls.byName(), { "talos.health": 1 });
      await assert.rejects(invoke("talos:cluster/getHealth:getHealth", args([address(11), address(12)])), /1 members, 2 are expected/);
    });

    it("count and refuse what dials and is not in the lab", async () => {
      await assert.rejects(
        invoke("talos:machine/getDisks:getDisks", { node: address(11), clientConfiguration: secrets.clientConfiguration }),
        /not in the lab/,
      );
      assert.deepEqual(home.world.calls.byName(), { "talos.getDisks": 1 });
    });
  });
});
