import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRecord } from "../../config/path";
import { contextOf } from "../../policy/context";
import { type Resource, UNKNOWN, withoutMarks } from "../../policy/resource";
import type { Rule } from "../../policy/rule";
import { RULES } from "../../policy/rules";
import { MACHINE, SECRET, STACK } from "../../policy/types";
import { runWithSecrets, type SecretRun } from "../program/secret-mocks";
import { ROOT } from "../program/under-mocks";
import { patched } from "../config/stack-text";
import { judge } from "./judge";
import { watched } from "./watched";

const STACKS = [
  "Pulumi.home.yaml",
  "Pulumi.lab.yaml",
  "lab/stacks/Pulumi.all.yaml",
  ...["bgp", "customized", "dual-stack", "one-node", "shared-storage", "standalone", "three-two"].map(
    (name) => `test/fixtures/stacks/Pulumi.${name}.yaml`,
  ),
];
const PHASES = ["first-preview", "up"] as const;
const runs = new Map<string, Promise<SecretRun>>();

/** The program with this stack file, run once for all tests: they only look at it. */
function runOf(stack: string, phase: (typeof PHASES)[number] = "up"): Promise<SecretRun> {
  const key = `${stack} ${phase}`;
  const run = runs.get(key) ?? runWithSecrets(join(ROOT, stack), undefined, phase);
  runs.set(key, run);
  return run;
}

describe("the policy pack on the program", function () {
  this.timeout(60_000);
  for (const stack of STACKS) {
    for (const phase of PHASES) {
      it(`has nothing to say of ${stack} in ${phase === "up" ? "an up" : "a first preview"}`, async () => {
        const run = await runOf(stack, phase);
        const resources = resourcesOf(run);
        assert.ok(resources.length > 25, `${resources.length} resources`);
        const context = contextOf(run.settings);
        assert.deepEqual(
          RULES.flatMap((rule) =>
            judge(rule, resources, context).map(({ message, urn }) => `${rule.id}: ${urn ?? "the stack"}: ${message}`),
          ),
          [],
        );
      });
    }
  }

  it("has nothing to say of apps whose users, clients, backends and ports are numbered by who named them", async () => {
    const dir = mkdtempSync(join(tmpdir(), "hearth-policy-"));
    try {
      const stack = join(dir, "Pulumi.all.yaml");
      const text = readFileSync(join(ROOT, "lab/stacks/Pulumi.all.yaml"), "utf8");
      const set = {
        "platform.mcp-gateway.backends.search-2": { url: "https://search.example.org/mcp", apiKey: "config" },
        "secrets.mcp-search-2-api-key": { secure: "v1:fixture" },
        "platform.redis.users.cache-2": { keys: ["cache:*"] },
        "platform.redis.users.7": { keys: ["seven:*"] },
        "platform.keycloak.clients.robot-2": { flow: "service", audiences: ["echo"] },
        "platform.envoy-gateway.tcp[0].name": "kubernetes-2",
      };
      writeFileSync(stack, patched(text, { set }));
      const run = await runWithSecrets(stack);
      const context = contextOf(run.settings);
      const resources = resourcesOf(run);
      const names = resources.map(({ name }) => name).join("\n");
      for (const given of ["search-2", "cache-2", "robot-2"]) assert.ok(names.includes(given), given);
      assert.deepEqual(
        RULES.flatMap((rule) => judge(rule, resources, context).map(({ message }) => `${rule.id}: ${message}`)),
        [],
      );
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it("looks, in a first preview, at exactly those unknown values for which a rule says what it looks at instead", async () => {
    const seen = new Map<string, Set<string>>();
    for (const stack of ["Pulumi.home.yaml", "lab/stacks/Pulumi.all.yaml"]) {
      const run = await runOf(stack, "first-preview");
      const resources = resourcesOf(run);
      assert.ok(resources.filter(holdsUnknown).length > 8, "a first preview has values that are not known");
      for (const rule of RULES)
        for (const value of unknownTo(rule, resources, run)) seen.set(rule.id, (seen.get(rule.id) ?? new Set()).add(value));
    }
    const declared = RULES.flatMap(({ id, knownLater = [] }) => knownLater.map(({ value }) => `${id}: ${value}`));
    const found = [...seen].flatMap(([id, values]) => [...values].map((value) => `${id}: ${value}`));
    assert.deepEqual(found.sort(), declared.sort());
  });

  it("would see a machine that reboots, a Secret in clear and an output in clear", async () => {
    const run = await runOf("Pulumi.lab.yaml");
    const doctored = resourcesOf(run).map((resource): Resource => {
      if (resource.type === MACHINE) return { ...resource, props: { ...resource.props, rebootAfterUpdate: true } };
      return resource.type === SECRET || resource.type === STACK ? { ...resource, secrets: [] } : resource;
    });
    const context = contextOf(run.settings);
    const broken = RULES.filter((rule) => judge(rule, doctored, context).length > 0).map(({ id }) => id);
    assert.deepEqual(broken, ["machine-no-reboot", "secret-is-secret", "secret-outputs"]);
  });

  it("is not told by the engine what an object goes with; so the program is asked: everything in the cluster goes with it", async function () {
    this.timeout(120_000);
    for (const stack of STACKS) {
      const { sent } = await runOf(stack);
      const inCluster = sent.filter(({ type }) => type.startsWith("kubernetes:"));
      assert.ok(inCluster.length > 5, `${inCluster.length} in ${stack}`);
      assert.deepEqual(
        inCluster
          .filter(({ options }) => options?.deletedWith.endsWith("::hearth:phase:TalosCluster::talos") !== true)
          .map(({ name }) => name),
        [],
      );
    }
  });
});

/** What the engine would show to the pack. */
function resourcesOf({ sent }: SecretRun): readonly Resource[] {
  const outputs = sent.filter(({ type }) => type === STACK).map(({ name, values }) => [name, values]);
  const resources = sent
    .filter(({ type }) => type !== STACK && type !== "outputs")
    .map(({ type, name, values, options }): Resource => {
      if (options === undefined) throw new Error(`${name} was registered without options`);
      return { type, name, urn: `urn:pulumi:test::hearth::${type}::${name}`, ...withoutMarks(values), options };
    });
  const stack = { type: STACK, name: "hearth-test", urn: `urn:pulumi:test::hearth::${STACK}::hearth-test` };
  return [
    ...resources,
    { ...stack, ...withoutMarks(Object.fromEntries(outputs)), options: { protect: false, ignoreChanges: [], additionalSecretOutputs: [] } },
  ];
}

function unknownTo(rule: Rule, resources: readonly Resource[], { settings }: SecretRun): ReadonlySet<string> {
  const seen = new Set<string>();
  const watching = resources.map((resource) => watched(resource, (value) => seen.add(value)));
  judge(rule, watching, contextOf(settings));
  return seen;
}

function holdsUnknown({ props }: Resource): boolean {
  const holds = (value: unknown): boolean =>
    value === UNKNOWN || (Array.isArray(value) ? value.some(holds) : isRecord(value) && Object.values(value).some(holds));
  return holds(props);
}
