import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import program from "../../index";
import { readStackFile } from "../../config/stack-file";
import type { Settings } from "../../config/settings";
import { compareResources } from "../../plan/change";
import { resourcesOf } from "../../plan/resources";
import { redactor } from "../../plan/secrets";
import { appSchemas } from "../../platform/app-options";
import { prepare, projectWithCharts, type Registered, ROOT, sectionsWithSecrets } from "../program/under-mocks";
import { patched, type Patch } from "../config/stack-text";
import { BASE } from "./prepared-changes";

const STACKS = [
  "Pulumi.lab.yaml",
  "lab/stacks/Pulumi.all.yaml",
  "test/fixtures/stacks/Pulumi.full.yaml",
  "test/fixtures/stacks/Pulumi.bgp.yaml",
];

/** Everything that the program registers for a stack file, under mocks. */
async function registered(file: string): Promise<readonly Registered[]> {
  const sections = sectionsWithSecrets(file);
  const mirror = sections["charts"]?.["mirror"];
  const [cwd, folder] = [process.cwd(), projectWithCharts(typeof mirror === "string" ? mirror : undefined)];
  process.chdir(folder);
  try {
    const found = prepare(sections, "lab");
    await program();
    await pulumi.runtime.disconnect();
    return found;
  } finally {
    process.chdir(cwd);
    rmSync(folder, { recursive: true, force: true });
  }
}

function settingsOf(text: string): Settings {
  const { settings, problems } = readStackFile(text, { stack: "lab", apps: appSchemas });
  assert.ok(settings, JSON.stringify(problems));
  return settings;
}

describe("the model of the program's resources", function () {
  this.timeout(120_000);

  for (const stack of STACKS) {
    it(`names what the program makes of ${stack}, no more and no less`, async () => {
      const settings = settingsOf(readFileSync(join(ROOT, stack), "utf8"));
      const made = (await registered(join(ROOT, stack)))
        .filter(({ type }) => !type.startsWith("hearth:") && type !== "pulumi:pulumi:Stack" && type !== "pulumi:pulumi:StackReference")
        .map(({ name }) => name);
      const modelled = resourcesOf(settings, redactor(settings, [], "after")).map(({ name }) => name);
      assert.deepEqual([...modelled].sort(), made.sort());
    });
  }

  /** What becomes of the lab's resources by a patch: `operation kind name`. */
  const changes = (patch: Patch, base: string = BASE) => {
    const [before, after] = [settingsOf(base), settingsOf(patched(base, patch))];
    return compareResources(resourcesOf(before, redactor(before, [], "before")), resourcesOf(after, redactor(after, [], "after")));
  };
  const lines = (patch: Patch, base?: string) => changes(patch, base).map(({ operation, kind, name }) => `${operation} ${kind} ${name}`);

  it("replaces a machine for another VM id, and says that etcd loses a member and what forced it", () => {
    const [first] = changes({ set: { "nodes.cp-1.vmId": 4711 } });
    assert.equal(first?.operation, "replace");
    assert.equal(first.name, "cp-1");
    assert.deepEqual(first.details, ["vmId: 10011 → 4711", "its disks go with it, and etcd loses a member"]);
  });

  it("says that a protected machine is not deleted, and puts what is lost before what is made", () => {
    const base = patched(BASE, { set: { "cluster.deletionProtection": true } });
    const found = changes(
      { set: { "nodes.worker-1": undefined, "nodes.worker-9": { role: "worker", host: "pve2", address: "127.10.0.29", memoryMiB: 8192 } } },
      base,
    );
    assert.deepEqual(
      found.map(({ operation }) => operation),
      ["delete", "delete", "create", "create"],
    );
    const machine = found.find(({ kind, operation }) => kind === "machine" && operation === "delete");
    assert.deepEqual(machine?.details, ["refused while deletionProtection is on", "its disks go with it"]);
  });

  it("grows memory and disks in place, and leaves the image that a machine was made from alone", () => {
    assert.deepEqual(lines({ set: { "nodes.worker-1.memoryMiB": 10240, "nodes.worker-1.systemDisk": { sizeGiB: 300 } } }), [
      "update machine worker-1",
    ]);
    const extended = lines({ set: { 'nodes.worker-1.extensions["siderolabs/iscsi-tools"]': {} } });
    assert.ok(!extended.some((line) => line.includes("machine worker-1")), extended.join("\n"));
    assert.ok(extended.some((line) => line.startsWith("create schematic")));
  });

  it("changes a machine in place when a data disk comes or goes, or a TPM", () => {
    const disk: Patch = { set: { "nodes.worker-1.dataDisks": { data: { sizeGiB: 50 } } } };
    const tpm: Patch = { set: { "nodes.worker-1.tpm": true } };
    for (const patch of [disk, tpm]) {
      const both = [
        changes(patch),
        changes({ set: { "nodes.worker-1.dataDisks": undefined, "nodes.worker-1.tpm": undefined } }, patched(BASE, patch)),
      ];
      for (const found of both) {
        const machine = found.find(({ kind }) => kind === "machine");
        assert.deepEqual([machine?.operation, machine?.name], ["update", "worker-1"]);
        assert.doesNotMatch(machine?.details.join() ?? "", /disks go with it/);
      }
    }
  });

  it("replaces a resource for what a pattern names, also where only something above it differs, and for a kind only when both sides have one", () => {
    const machine = (inputs: unknown) => [
      { kind: "machine", name: "cp-1", inputs, replaceOn: ["disks.*.fileId"], replaceBetween: ["tpmState.version"] },
    ];
    const operation = (before: unknown, after: unknown) =>
      compareResources(machine(before), machine(after)).map((change) => change.operation);
    const [plain, imported] = [{ interface: "scsi1" }, { interface: "scsi1", fileId: "local:iso/a.img" }];
    assert.deepEqual(operation({ disks: [plain] }, { disks: [plain, plain] }), ["update"]);
    assert.deepEqual(operation({ disks: [plain] }, { disks: [plain, imported] }), ["replace"]);
    assert.deepEqual(operation({ disks: [imported] }, {}), ["replace"]);
    assert.deepEqual(operation({ disks: [plain] }, { disks: [imported] }), ["replace"]);
    const [old, now] = [{ version: "v1.2" }, { version: "v2.0" }];
    assert.deepEqual(operation({}, { tpmState: now }), ["update"]);
    assert.deepEqual(operation({ tpmState: now }, {}), ["update"]);
    assert.deepEqual(operation({ tpmState: {} }, { tpmState: now }), ["update"]);
    assert.deepEqual(operation({ tpmState: old }, { tpmState: now }), ["replace"]);
  });

  it("gives a removed app's generated Secret as deleted, with the loss of its value", () => {
    const found = changes({ set: { "platform.redis": undefined } }, patched(BASE, { set: { "platform.redis": {} } }));
    const text = found.find(({ kind }) => kind === "random text");
    assert.equal(text?.operation, "delete");
    assert.ok(text.details.includes("its value is lost"));
    assert.ok(
      found.some(({ kind, operation, name }) => kind === "Secret" && operation === "delete" && name === "secret/redis/redis-users"),
    );
  });

  it("moves the one record when the zone changes, and the tunnel when the account does", () => {
    const zone = lines({ set: { 'cloudflare.zones["lab.example.com"]': "00000000000000000000000000000099" } });
    assert.deepEqual(zone, ["replace DNS record external.lab.example.com"]);
    const account = lines({ set: { "cloudflare.accountId": "00000000000000000000000000000002" } });
    assert.deepEqual(account, ["replace tunnel tunnel", "replace tunnel rules tunnel-ingress"]);
  });
});
