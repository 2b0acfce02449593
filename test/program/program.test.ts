import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import program = require("../../index");
import type { ClusterOutputs } from "../../stacks/outputs";
import { prepare, projectWithCharts, type Registered, ROOT, sectionsWithSecrets, value } from "./under-mocks";

const LAB = join(ROOT, "Pulumi.lab.yaml");

describe("the program", () => {
  const cwd = process.cwd();
  let dir: string;
  let registered: Registered[];
  let outputs: ClusterOutputs;

  before(async function () {
    this.timeout(60_000);
    dir = projectWithCharts();
    process.chdir(dir);
    registered = prepare(sectionsWithSecrets(LAB), "lab");
    outputs = (await program()) as unknown as ClusterOutputs; // the shape that stacks/outputs.ts promises
    await pulumi.runtime.disconnect();
  });
  after(() => {
    process.chdir(cwd);
    rmSync(dir, { recursive: true, force: true });
  });
  const ofType = (type: string) => registered.filter((each) => each.type === type);

  it("mirrors each phase of the road by one component", () => {
    const phases = registered.filter(({ type }) => type.startsWith("hearth:phase:")).map(({ type }) => type.replace("hearth:phase:", ""));
    assert.deepEqual(phases.sort(), ["Cilium", "CloudflareEdge", "Flux", "Machines", "SeedSecrets", "TalosCluster", "TalosImages"]);
  });

  it("makes a machine and applies a config for every node, each under the node's name", () => {
    assert.deepEqual(
      ofType("proxmoxve:index/vmLegacy:VmLegacy")
        .map(({ name }) => name)
        .sort(),
      ["cp-1", "cp-2", "cp-3"],
    );
    assert.deepEqual(
      ofType("talos:machine/configurationApply:ConfigurationApply")
        .map(({ name }) => name)
        .sort(),
      ["config-cp-1", "config-cp-2", "config-cp-3"],
    );
    assert.deepEqual(
      ofType("pulumi:index:Stash")
        .map(({ name }) => name)
        .sort(),
      ["bootstrap", "first-sync", "nodes-ready"],
    );
  });

  it("talks to Talos by node addresses, never by the VIP", () => {
    const endpoints = ["talos:machine/configurationApply:ConfigurationApply", "talos:cluster/kubeconfig:Kubeconfig"]
      .flatMap(ofType)
      .map(({ inputs }) => inputs["endpoint"]);
    assert.equal(endpoints.length, 4);
    assert.ok(
      endpoints.every((endpoint) => /^127\.10\.0\.1[123]$/.test(String(endpoint))),
      String(endpoints),
    );
  });

  it("hands out secrets as secrets and the rest in clear", async () => {
    for (const key of ["kubeconfig", "talosconfig", "fluxWebhookPath"] as const) {
      assert.equal(await pulumi.isSecret(outputs[key] as pulumi.Output<string>), true, key);
    }
    assert.equal(await pulumi.isSecret(outputs.expiry.kubeconfig as pulumi.Output<string>), false);
    assert.match(await value(outputs.expiry.kubeconfig), /^2\d{3}-/);
    assert.equal(outputs.nodes.length, 3);
  });

  it("makes one DNS record, proxied", () => {
    const records = ofType("cloudflare:index/dnsRecord:DnsRecord");
    assert.deepEqual(
      records.map(({ name, inputs }) => [name, inputs["proxied"], inputs["ttl"]]),
      [["external.lab.example.com", true, 1]],
    );
  });

  it("sets what keeps the cluster's objects alive when the kubeconfig changes", () => {
    const [provider] = ofType("pulumi:providers:kubernetes");
    assert.equal(provider?.inputs["clusterIdentifier"], "hearth-lab");
  });

  it("loads under the loader that Pulumi's own Node host uses", async function () {
    this.timeout(60_000);
    const { stdout } = await promisify(execFile)(process.execPath, [join(__dirname, "load-with-pulumi.js")], { cwd: ROOT });
    assert.deepEqual(JSON.parse(stdout), { exported: "function", machines: 3 });
  });
});
