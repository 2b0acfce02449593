import type { EngineEvent } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { table } from "../../cli/table";
import { UserError } from "../../config";
import { holdToPolicies, POLICY_PACK, policyLine } from "../../lab/cli/policies";
import type { Rule } from "../../policy/rule";
import { RULES } from "../../policy/rules";
import { MACHINE } from "../../policy/types";
import { FIXTURES } from "../fixtures/policy";
import type { Fixture, FixtureResource } from "../fixtures/policy/fixture";
import { labStackText, oneControlPlane, TestLab } from "./lab-harness";
import { PolicyEngine, type Said, saidIn } from "./policy-engine";
import { withProps } from "./seeded-programs";

const OCTET = 63;

/** How a rule did under the real engine. */
interface Row {
  readonly rule: Rule;
  readonly violations: number;
  caught: number;
  readonly missed: string[];
  readonly alarms: string[];
}

/** A fixture of one resource, registered under a name of its own. */
interface Placed {
  readonly rule: string;
  readonly fixture: Fixture;
  readonly kind: "violating" | "fine";
  readonly resource: FixtureResource;
}

describe("The policy pack under the real engine", function () {
  this.timeout(600_000);
  const rows = new Map(
    RULES.map((rule): [string, Row] => [
      rule.id,
      { rule, violations: FIXTURES[rule.id]?.violating.length ?? 0, caught: 0, missed: [], alarms: [] },
    ]),
  );
  const note = (rule: string, kind: "violating" | "fine", fixture: Fixture, said: readonly Said[]): void => {
    const row = rows.get(rule);
    assert.ok(row);
    const own = said.filter((each) => each.rule === rule);
    if (kind === "fine" && own.length > 0) row.alarms.push(`${fixture.what}: ${own.map(({ message }) => message).join("; ")}`);
    if (kind === "violating" && own.length > 0) row.caught += 1;
    if (kind === "violating" && own.length === 0) row.missed.push(fixture.what);
  };

  describe("on fixtures", () => {
    let engine: PolicyEngine;
    before(async () => {
      engine = await PolicyEngine.start();
    });
    after(() => engine.close());

    it("judges every fixture of one resource, all in one preview", async () => {
      const placed = placedFixtures();
      const said = await engine.judge({ resources: placed.map(({ resource }) => resource) });
      for (const { rule, fixture, kind, resource } of placed) {
        note(
          rule,
          kind,
          fixture,
          said.filter(({ urn }) => urn.endsWith(`${resource.type}::${resource.name}`)),
        );
      }
    });

    for (const [rule, { violating, fine }] of Object.entries(FIXTURES)) {
      const whole = [
        ...violating.map((fixture) => ({ kind: "violating" as const, fixture })),
        ...fine.map((fixture) => ({ kind: "fine" as const, fixture })),
      ];
      for (const { kind, fixture } of whole) {
        const { of } = fixture;
        if ("type" in of) continue;
        it(`judges a stack for ${rule}: ${fixture.what}`, async () => {
          note(rule, kind, fixture, await engine.judge(of));
        });
      }
    }

    it("catches all and raises no false alarm", () => {
      const lines = [...rows.values()].map(({ rule, violations, caught, alarms }) => [
        rule.id,
        rule.level,
        `${caught}/${violations}`,
        String(alarms.length),
      ]);
      const [caught, violations, alarms] = [sum("caught"), sum("violations"), [...rows.values()].flatMap((row) => row.alarms)];
      console.log(
        table(
          ["rule", "level", "violations caught", "false alarms"],
          [...lines, ["all", "", `${caught}/${violations}`, String(alarms.length)]],
        ),
      );
      assert.deepEqual(
        [...rows.values()].flatMap(({ rule, missed }) => missed.map((what) => `${rule.id} missed ${what}`)),
        [],
      );
      assert.deepEqual(alarms, []);
      assert.equal(caught, violations);
    });
    const sum = (column: "caught" | "violations"): number => [...rows.values()].reduce((total, row) => total + row[column], 0);
  });

  describe("on the program in the lab", () => {
    const lab = new TestLab("policy", oneControlPlane(labStackText(OCTET)));
    before(async () => {
      await lab.open();
      await lab.hurry();
    });
    after(() => lab.close());

    it("has nothing to say of a first preview, of the `up` after it, and of the preview after that", async () => {
      for (const run of [
        () => lab.preview(undefined, [POLICY_PACK]),
        () => lab.up(undefined, [POLICY_PACK]),
        () => lab.preview(undefined, [POLICY_PACK]),
      ]) {
        assert.deepEqual(saidIn((await run()).events), []);
      }
    });

    it("stops at a mandatory violation before the first call to the world", async () => {
      await lab.control("resetCalls");
      const fileOfItsOwn = withProps(MACHINE, (props) => ({ ...props, hookScriptFileId: "local:snippets/hook.sh" }));
      const heard: EngineEvent[] = [];
      await assert.rejects(
        holdToPolicies(await lab.open(fileOfItsOwn), (event) => heard.push(event)),
        (error: unknown) => error instanceof UserError && /nothing was made: machine-no-file-id$/.test(error.message),
      );
      assert.ok(heard.some((event) => /^machine-no-file-id: cp-1: hookScriptFileId is set/.test(policyLine(event) ?? "")));
      assert.deepEqual(await lab.calls(), {});
    });

    it("puts right what has one right value, so that nothing changes", async () => {
      const run = await lab.preview(
        withProps(MACHINE, (props) => ({ ...props, rebootAfterUpdate: true })),
        [POLICY_PACK],
      );
      assert.deepEqual([...new Set(saidIn(run.events).map(({ rule }) => rule))], ["machine-no-reboot"]);
      assert.deepEqual(run.changes, {});
    });
  });
});

/** Every fixture of one resource; names tell them apart, and only one rule looks at names. */
function placedFixtures(): readonly Placed[] {
  return Object.entries(FIXTURES).flatMap(([rule, { violating, fine }]) =>
    [
      ...violating.map((fixture) => ({ kind: "violating" as const, fixture })),
      ...fine.map((fixture) => ({ kind: "fine" as const, fixture })),
    ].flatMap(({ kind, fixture }, index): readonly Placed[] => {
      if (!("type" in fixture.of)) return [];
      const name = rule === "named-not-numbered" ? fixture.of.name : `${rule}-${index}`;
      return [{ rule, fixture, kind, resource: { ...fixture.of, name } }];
    }),
  );
}
