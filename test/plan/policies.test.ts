import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readStackFile } from "../../config/stack-file";
import type { Settings } from "../../config/settings";
import { OVER_SETTINGS, policiesOverSettings, RULE_COUNT } from "../../plan/policies";
import { appSchemas } from "../../platform/app-options";
import { RULES } from "../../policy/rules";
import { patched } from "../config/stack-text";
import { ROOT } from "../program/under-mocks";
import { BASE, planned } from "./prepared-changes";

const STACKS = [
  "Pulumi.home.yaml",
  "Pulumi.lab.yaml",
  "lab/stacks/Pulumi.all.yaml",
  ...["bgp", "customized", "dual-stack", "full", "one-node", "shared-storage", "standalone", "three-two"].map(
    (name) => `test/fixtures/stacks/Pulumi.${name}.yaml`,
  ),
];

function settingsOf(text: string): Settings {
  const { settings, problems } = readStackFile(text, { stack: "lab", apps: appSchemas });
  assert.ok(settings, JSON.stringify(problems));
  return settings;
}

describe("the policy pack over settings", () => {
  it("runs rules of the pack only, each of which judges machines, the tunnel or the whole", () => {
    assert.deepEqual(
      OVER_SETTINGS.filter((id) => !RULES.some((rule) => rule.id === id)),
      [],
    );
    assert.equal(RULE_COUNT, RULES.length);
  });

  for (const stack of STACKS) {
    it(`has nothing against ${stack}`, () => {
      assert.deepEqual(policiesOverSettings(settingsOf(readFileSync(join(ROOT, stack), "utf8"))), []);
    });
  }

  it("advises against a change that puts the majority of the control planes on one host", () => {
    const { markdown, verdict } = planned(
      patched(BASE, { set: { "nodes.cp-2.host": "pve1", "nodes.worker-1.host": "pve2", "proxmox.home.hosts.pve1.memoryMiB": 65536 } }),
    );
    assert.equal(verdict, "open");
    assert.match(markdown, /Look at it: `cp-1`: host pve1 holds 2 of 3 control planes \(cp-1, cp-2\).*_control-planes-spread_/);
  });

  it("shows machines, the tunnel and the tree to the rules: each rule can find something there", () => {
    const settings = settingsOf(BASE);
    const saw = new Set<string>();
    const spies = OVER_SETTINGS.map((id) => {
      const rule = RULES.find((each) => each.id === id);
      assert.ok(rule);
      return {
        ...rule,
        resource: (...[resource]: Parameters<typeof rule.resource>) => {
          if (rule.judgesResources && (rule.types ?? [resource.type]).includes(resource.type)) saw.add(id);
          return [{ message: "seen", urn: resource.urn }];
        },
        stack: (...[resources, { tree }]: Parameters<typeof rule.stack>) => {
          if (rule.judgesStacks && resources.length > 4 && tree().length > 3) saw.add(id);
          return [];
        },
      };
    });
    const found = policiesOverSettings(settings, spies);
    assert.deepEqual([...saw].sort(), [...OVER_SETTINGS].sort());
    assert.deepEqual([...new Set(found.map(({ subject }) => subject))].sort(), ["cp-1", "cp-2", "cp-3", "tunnel-ingress", "worker-1"]);
  });
});
