import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as talos from "@pulumiverse/talos";
import { generatedFiles } from "../../../sdks/talos/generate";

const root = join(__dirname, "../../../sdks/talos");

interface Registered {
  readonly type: string;
  readonly inputs: Record<string, unknown>;
  readonly provider: string;
}

const registered = new Map<string, Registered>();
const calls: { token: string; inputs: Record<string, unknown> }[] = [];

/** An output's value and whether it is secret. */
async function seen<T>(output: pulumi.Output<T>): Promise<{ value: T; secret: boolean }> {
  const secret = await pulumi.isSecret(output);
  // An output of plain values unwraps to itself, which the type of apply cannot say.
  return new Promise((resolve) => pulumi.unsecret(output).apply((value) => resolve({ value: value as T, secret })));
}

/** The options with which a resource was registered. */
function watching(): { options: pulumi.CustomResourceOptions; last: () => pulumi.CustomResourceOptions } {
  let last: pulumi.CustomResourceOptions = {};
  const watch: pulumi.ResourceTransformation = ({ opts }) => {
    last = opts;
    return undefined;
  };
  return { options: { transformations: [watch] }, last: () => last };
}

const client = { caCertificate: "ca", clientCertificate: "cert", clientKey: "a-client-key" };
const pair = { cert: "c", key: "k" };
const machineSecrets = {
  certs: { etcd: pair, k8s: pair, k8sAggregator: pair, k8sServiceaccount: { key: "k" }, os: pair },
  cluster: { id: "i", secret: "s" },
  secrets: { bootstrapToken: "b", secretboxEncryptionSecret: "x" },
  trustdinfo: { token: "t" },
};

describe("the Talos SDK", () => {
  before(async () => {
    await pulumi.runtime.setMocks({
      newResource: ({ type, name, inputs, provider }) => {
        registered.set(name, { type, inputs, provider: provider ?? "" });
        return { id: `${name}-id`, state: { ...inputs, machineSecrets, machineConfigurationHash: "h", kubeconfigRaw: "raw" } };
      },
      call: ({ token, inputs }) => {
        calls.push({ token, inputs });
        return { ...inputs, machineConfiguration: "yaml", talosConfig: "yaml", id: "id" };
      },
    });
  });

  it("is what the generator makes of the schema", async function () {
    this.timeout(20_000); // formatting every file takes a second, and more on a busy machine
    const files = await generatedFiles();
    for (const [path, content] of files) assert.equal(readFileSync(join(root, path), "utf8"), content, path);
    const handWritten = new Set(["utilities.ts", "generate.ts", "descriptions.ts"]);
    const found = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts") && !handWritten.has(path));
    assert.deepEqual(found.sort(), [...files.keys()].sort());
  });

  it("exports every resource and function of the schema under the official names", () => {
    assert.deepEqual(Object.keys(talos).sort(), ["Provider", "client", "cluster", "imagefactory", "machine", "types"]);
    const sorted = (module: object): string[] => Object.keys(module).sort();
    assert.deepEqual(sorted(talos.machine), [
      "Bootstrap",
      "ConfigurationApply",
      "Secrets",
      "getConfiguration",
      "getConfigurationOutput",
      "getDisks",
      "getDisksOutput",
    ]);
    assert.deepEqual(sorted(talos.cluster), ["Kubeconfig", "getHealth", "getHealthOutput", "getKubeconfig", "getKubeconfigOutput"]);
    assert.deepEqual(sorted(talos.client), ["getConfiguration", "getConfigurationOutput"]);
    const factory = ["ExtensionsVersions", "OverlaysVersions", "Urls", "Versions"].flatMap((name) => [`get${name}`, `get${name}Output`]);
    assert.deepEqual(sorted(talos.imagefactory), ["Schematic", ...factory].sort());
  });

  it("registers each resource with the schema's token, version and plugin address", async () => {
    const { options, last } = watching();
    const make: readonly [string, () => pulumi.CustomResource][] = [
      ["talos:machine/secrets:Secrets", () => new talos.machine.Secrets("token-a", { talosVersion: "v1.13" }, options)],
      [
        "talos:machine/bootstrap:Bootstrap",
        () => new talos.machine.Bootstrap("token-b", { node: "n", clientConfiguration: client }, options),
      ],
      [
        "talos:machine/configurationApply:ConfigurationApply",
        () => new talos.machine.ConfigurationApply("token-c", { node: "n" }, options),
      ],
      [
        "talos:cluster/kubeconfig:Kubeconfig",
        () => new talos.cluster.Kubeconfig("token-d", { node: "n", clientConfiguration: client }, options),
      ],
      ["talos:imageFactory/schematic:Schematic", () => new talos.imagefactory.Schematic("token-e", { schematic: "{}" }, options)],
    ];
    for (const [token, construct] of make) {
      const resource = construct();
      await seen(resource.id);
      const name = await seen(resource.urn);
      assert.equal(registered.get(name.value.split("::").at(-1) ?? "")?.type, token);
      assert.equal(last().version, "0.8.1");
      assert.equal(last().pluginDownloadURL, "github://api.github.com/pulumiverse");
    }
  });

  it("hands out what the provider answered, not an empty field of its own", async () => {
    const apply = new talos.machine.ConfigurationApply("answered", { node: "10.0.0.1", machineConfigurationInput: "x" });
    assert.deepEqual(await seen(apply.machineConfigurationHash), { value: "h", secret: false });
    assert.deepEqual(await seen(apply.node), { value: "10.0.0.1", secret: false });
  });

  it("marks every input and output that holds a secret at any depth as secret", async () => {
    const { options, last } = watching();
    const kubeconfig = new talos.cluster.Kubeconfig("secret-a", { node: "n", clientConfiguration: client }, options);
    assert.deepEqual(last().additionalSecretOutputs?.slice().sort(), [
      "clientConfiguration",
      "kubeconfigRaw",
      "kubernetesClientConfiguration",
    ]);
    assert.equal((await seen(kubeconfig.clientConfiguration)).secret, true);
    new talos.machine.Secrets("secret-b", {}, options);
    assert.deepEqual(last().additionalSecretOutputs?.slice().sort(), ["clientConfiguration", "machineSecrets"]);
    const apply = new talos.machine.ConfigurationApply("secret-c", { node: "n", machineConfigurationInput: "x" }, options);
    assert.equal((await seen(apply.machineConfigurationInput)).secret, true);
    assert.deepEqual(last().additionalSecretOutputs?.slice().sort(), [
      "clientConfiguration",
      "clientConfigurationWo",
      "machineConfiguration",
      "machineConfigurationInput",
      "machineConfigurationInputWo",
    ]);
  });

  it("keeps secret outputs that the caller asks for besides its own", () => {
    const { options, last } = watching();
    new talos.cluster.Kubeconfig("kept", { node: "n", clientConfiguration: client }, { ...options, additionalSecretOutputs: ["node"] });
    assert.ok(last().additionalSecretOutputs?.includes("node"));
    assert.ok(last().additionalSecretOutputs?.includes("kubeconfigRaw"));
  });

  it("refuses a resource without a required input", () => {
    // The compiler refuses this too; a program run without type checks gets the error.
    const incomplete: object = {};
    assert.throws(
      () => new talos.machine.Bootstrap("incomplete", incomplete as talos.machine.BootstrapArgs),
      /Missing required property 'node'/,
    );
  });

  it("reads an existing resource by its id", async () => {
    const found = talos.machine.Bootstrap.get("existing", "machine_bootstrap", { node: "10.0.0.9" });
    assert.equal((await seen(found.node)).value, "10.0.0.9");
    assert.ok(talos.machine.Bootstrap.isInstance(found));
    assert.ok(!talos.machine.Secrets.isInstance(found));
  });

  it("calls functions by the schema's token with the given arguments and makes results with secrets secret", async () => {
    calls.length = 0;
    const args = { clusterName: "home", clusterEndpoint: "https://10.0.0.10:6443", machineType: "worker", machineSecrets };
    const config = await seen(talos.machine.getConfigurationOutput(args));
    assert.equal(config.value.machineConfiguration, "yaml");
    assert.equal(config.secret, true);
    assert.equal((await seen(talos.client.getConfigurationOutput({ clusterName: "home", clientConfiguration: client }))).secret, true);
    assert.equal((await seen(talos.imagefactory.getVersionsOutput())).secret, false);
    assert.equal((await talos.machine.getConfiguration(args)).machineConfiguration, "yaml");
    assert.deepEqual(
      calls.map(({ token }) => token),
      [
        "talos:machine/getConfiguration:getConfiguration",
        "talos:client/getConfiguration:getConfiguration",
        "talos:imageFactory/getVersions:getVersions",
        "talos:machine/getConfiguration:getConfiguration",
      ],
    );
    assert.equal(calls[0]?.inputs["clusterName"], "home");
  });

  it("makes a provider that resources can be given", async () => {
    const provider = new talos.Provider("factory", { imageFactoryUrl: "http://127.0.0.1:8080" });
    assert.equal((await seen(provider.imageFactoryUrl)).value, "http://127.0.0.1:8080");
    assert.ok(talos.Provider.isInstance(provider));
    const secrets = new talos.machine.Secrets("with-provider", {}, { provider });
    await seen(secrets.id);
    assert.match(registered.get("with-provider")?.provider ?? "", /pulumi:providers:talos::factory/);
  });
});
