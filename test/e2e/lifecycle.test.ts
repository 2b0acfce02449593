import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { fluxSettled } from "../../lab/cli/report";
import { engineEnv } from "../../lab/engine";
import { PROJECT } from "../../lab/home";
import { textAt } from "../../lab/kubernetes/objects";
import { renderTree } from "../../platform/render";
import { waitOfWorkflow } from "./workflow-wait";
import { labStackText, TestLab, testToolchain } from "./lab-harness";

const run = promisify(execFile);

describe("the life of a cluster", function () {
  this.timeout(400_000);
  const lab = new TestLab("life", labStackText(51));
  let checkout: string;
  before(async () => (checkout = await statusOfCheckout()));
  after(() => lab.close());

  const updated = async (): Promise<readonly string[]> => {
    const { events } = await lab.preview();
    return events.flatMap(({ resourcePreEvent }) => {
      const metadata = resourcePreEvent?.metadata;
      return metadata === undefined || ["same", "read"].includes(metadata.op) ? [] : [`${metadata.op} ${metadata.urn.split("::").at(-1)}`];
    });
  };

  it("begins with one up, even when the answer to the bootstrap is lost on the way", async () => {
    await lab.preview(); // opens the world, in which the fault is armed
    await lab.hurry();
    await lab.fault({ call: "talos.bootstrap", kind: "lost-answer" });
    const { changes } = await lab.up();
    assert.deepEqual(Object.keys(changes), ["create"]);
    const kinds = (await lab.events()).map(({ kind }) => kind);
    assert.deepEqual(
      kinds.filter((kind) => ["fault.hit", "etcd.bootstrap"].includes(kind)),
      ["fault.hit", "etcd.bootstrap"],
    );
    assert.deepEqual((await lab.preview()).changes, {});
  });

  it("shows what is there, and lets other tools in by the environment that it prints", async () => {
    await fluxSettled(lab.home.kubeconfig);
    const env = { ...process.env, HEARTH_LAB_DIR: join(lab.home.dir, "..") };
    const command = (name: string): string => `'${process.execPath}' --require tsx/cjs lab/main.ts ${name} --stack life`;
    const status = await run("sh", ["-c", command("status")], { cwd: PROJECT, env });
    assert.match(status.stdout, /^machines: cp-1, cp-2, cp-3$/m);
    assert.match(status.stdout, /^cp-2 +Ready +127\.51\.0\.12/m);
    assert.match(status.stdout, /^Kustomization +flux-system\/echo +Ready/m);
    const name = await run("sh", ["-c", `eval "$(${command("env")})" && pulumi stack output name --stack life`], { cwd: PROJECT, env });
    assert.equal(name.stdout.trim(), "lab");
  });

  it("is where the workflow after a merge ends only once Flux has applied the tree that was pushed", async () => {
    lab.change([["hearth:platform", "echo", "replicas"], 3]);
    const session = await lab.open();
    const commit = await session.publish();
    const { code, said } = await waitOfWorkflow(lab);
    assert.equal(code, 0, said);
    const echo = await lab.kubernetes().find("/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/echo");
    assert.match(textAt(echo, "status", "lastAppliedRevision") ?? "", new RegExp(`:${commit}$`));
    assert.ok(!existsSync(join(lab.home.temporary, "kubeconfig")), "the kubeconfig is gone");
  });

  it("is where that workflow fails while a part of the tree cannot be applied", async () => {
    const { settings } = await lab.open();
    const broken = [...renderTree(settings)].map(([file, text]) => [`${settings.git.path}/${file}`, /echo/.test(file) ? "kind: [" : text]);
    await lab.control("publish", { tree: broken, message: "Break echo" });
    const { code, said } = await waitOfWorkflow(lab, { patience: "10s" });
    assert.equal(code, 1, said);
    assert.match(said, /timed out waiting for the condition on kustomizations\/echo/);
    await (await lab.open()).publish();
  });

  it("plans no change of a machine or its config when only the goal of an upgrade moves", async () => {
    lab.change([["hearth:cluster", "versions", "talos"], "1.13.8"]);
    assert.deepEqual(await updated(), []);
  });

  it("refuses a changed config for a node that tuppr moved on, with node, running and wanted version", async () => {
    for (const node of ["cp-1", "cp-2", "cp-3"]) await lab.control("upgradeKubernetes", { node, version: "1.36.4" });
    lab.change([["hearth:nodeDefaults", "controlplane", "labels", "example.com/site"], "elsewhere"]);
    await assert.rejects(lab.up(), /node cp-1 runs Kubernetes 1\.36\.4, and this config would move it to 1\.36\.3/);
    const refused = (await lab.events()).filter(({ kind }) => kind === "config.refused");
    assert.deepEqual(refused, [], "the gate comes before the node is asked");
  });

  it("follows with the fact, changes nothing on the nodes by it, and keeps the images that machines were made from", async () => {
    lab.change(
      [["hearth:cluster", "installed"], { talos: "1.13.8", kubernetes: "1.36.4" }],
      [["hearth:cluster", "versions", "kubernetes"], "1.36.4"],
    );
    const before = (await lab.events()).length;
    await lab.up();
    const since = (await lab.events()).slice(before).map(({ kind }) => kind);
    assert.ok(since.includes("config.applied"), String(since));
    assert.ok(
      !since.some((kind) => ["node.rebooting", "node.installing", "vm.updated", "vm.stopped", "download.deleted"].includes(kind)),
      String(since),
    );
    const { downloads = [] } = await lab.inventory();
    assert.equal(downloads.filter((file) => file.includes("1.13.7")).length, 3, String(downloads));
    assert.deepEqual((await lab.preview()).changes, {});
  });

  it("puts into escrow what opens with the recipient's key", async () => {
    const { generateIdentity, identityToRecipient, Decrypter, armor } = await import("age-encryption");
    const identity = await generateIdentity();
    const toolchain = await testToolchain();
    const status = await lab.status();
    const env = { ...process.env, ...engineEnv({ home: lab.home, toolchain, providers: status?.providers ?? {} }) };
    const args = ["--require", "tsx/cjs", "cli/escrow.ts", "life", "--to", await identityToRecipient(identity), "--cwd", lab.home.project];
    await run(process.execPath, args, { cwd: PROJECT, env });
    const text = readFileSync(join(lab.home.project, "life.escrow.age"), "utf8");
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const bundle = JSON.parse(await decrypter.decrypt(armor.decode(text), "text")) as Record<string, unknown>;
    assert.equal(bundle["cluster"], "lab");
    assert.match(String(bundle["ageIdentity"]), /^AGE-SECRET-KEY-1/);
    assert.match(JSON.stringify(bundle["machineSecrets"]), /"bootstrapToken":"[a-z0-9]{6}\.[a-z0-9]{16}"/);
    assert.equal(bundle["talosconfig"], readFileSync(lab.home.talosconfig, "utf8"));
  });

  it("ends with a destroy that leaves nothing", async () => {
    await lab.destroy();
    for (const [what, items] of Object.entries(await lab.inventory())) assert.deepEqual(items, [], what);
  });

  it("never touches the checkout", async () => {
    assert.equal(await statusOfCheckout(), checkout);
    assert.ok(!existsSync(join(PROJECT, ".charts")));
  });
});

/** What Git sees of the files that a lab might be tempted to touch. */
async function statusOfCheckout(): Promise<string> {
  const { stdout } = await run("git", ["status", "--porcelain", "--", "Pulumi.yaml", "Pulumi.*.yaml", "kubernetes", ".charts"], {
    cwd: PROJECT,
  });
  return stdout;
}
