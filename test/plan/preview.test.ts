import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../config";
import { plan } from "../../plan";
import { errorsOf, readPreview } from "../../plan/preview";
import { BASE } from "./prepared-changes";

/** What Pulumi 3.259.0 printed of five resources, of which one is changed, made, replaced, given up and left alone. */
const engine = (file: string) => readFileSync(join(__dirname, "engine", file), "utf8");

const EXPECTED = [
  { operation: "replace", kind: "record", name: "renewed", details: ["id"] },
  { operation: "delete", kind: "record", name: "gone", details: ["only leaves the state"] },
  { operation: "create", kind: "record", name: "fresh", details: [] },
  { operation: "update", kind: "record", name: "changed", details: ["input"] },
];

describe("a preview of the engine", () => {
  for (const file of ["preview.json", "events.jsonl"]) {
    it(`is read from ${file}: a replacement is one line, what is lost comes first, what stays is left out`, () => {
      assert.deepEqual(readPreview(engine(file)), { changes: EXPECTED, errors: 0, cluster: "answered" });
    });
  }

  it("takes the place of the table that is derived from the settings", () => {
    const { markdown, verdict } = plan({
      stack: "lab",
      base: "main",
      before: { text: BASE },
      after: { text: BASE },
      engine: readPreview(engine("preview.json")),
    });
    assert.match(markdown, /\*\*1 to replace, 1 to delete\*\*, 1 to create, 1 to change\./);
    assert.match(markdown, /^\| \*\*replace\*\* \| \*\*record\*\* \| \*\*`renewed`\*\* \| `id` \|$/m);
    assert.doesNotMatch(markdown, /derived from the settings/);
    assert.equal(verdict, "open");
  });

  it("names the properties that force a replacement first, and a protected resource as refused", () => {
    const step = {
      op: "replace",
      urn: "urn:pulumi:lab::hearth::hearth:phase:Machines$proxmoxve:index/vmLegacy:VmLegacy::cp-1",
      oldState: { protect: true },
      detailedDiff: { "cpu.cores": { kind: "update" }, vmId: { kind: "update-replace" } },
    };
    const { changes } = readPreview(JSON.stringify({ steps: [step] }));
    assert.deepEqual(changes, [
      { operation: "replace", kind: "machine", name: "cp-1", details: ["refused: it is protected", "vmId", "cpu.cores"] },
    ]);
  });

  it("stops the change when the preview ended with errors", () => {
    const text = JSON.stringify({
      steps: [],
      diagnostics: [
        { severity: "error", message: "no" },
        { severity: "warning", message: "hm" },
      ],
    });
    const { markdown, verdict } = plan({
      stack: "lab",
      base: "main",
      before: { text: BASE },
      after: { text: BASE },
      engine: readPreview(text),
    });
    assert.equal(verdict, "blocked");
    assert.match(markdown, /1 error in the preview, whose log says which/);
  });

  it("says that the cluster did not answer", () => {
    const text = JSON.stringify({
      steps: [],
      diagnostics: [{ severity: "warning", message: "configured Kubernetes cluster is unreachable: timed out" }],
    });
    const { markdown } = plan({ stack: "lab", base: "main", before: { text: BASE }, after: { text: BASE }, engine: readPreview(text) });
    assert.match(markdown, /The cluster did not answer: what is in it was compared with the state alone/);
  });

  it("takes what the policy pack found out of the events, and leaves the rules over the settings out", () => {
    const event = (enforcementLevel: string, message: string) => ({
      sequence: 1,
      policyEvent: {
        policyName: "machine-no-reboot",
        enforcementLevel,
        message,
        resourceUrn: "urn:pulumi:lab::hearth::proxmoxve:index/vmLegacy:VmLegacy::cp-1",
      },
    });
    const text = [
      { sequence: 0, policyLoadEvent: {} },
      event("mandatory", "<{%bold%}>Why.\n<{%fg 1%}>it reboots<{%reset%}>"),
      event("warning", "hm"),
      { sequence: 3, summaryEvent: {} },
    ]
      .map((each) => JSON.stringify(each))
      .join("\n");
    const engine = readPreview(text);
    assert.deepEqual(engine.policies, [
      { rule: "machine-no-reboot", level: "mandatory", subject: "cp-1", message: "it reboots" },
      { rule: "machine-no-reboot", level: "advisory", subject: "cp-1", message: "hm" },
    ]);
    const { markdown, verdict } = plan({ stack: "lab", base: "main", before: { text: BASE }, after: { text: BASE }, engine });
    assert.equal(verdict, "blocked");
    assert.match(markdown, /\*\*Must be mended:\*\* `cp-1`: it reboots\./);
    assert.doesNotMatch(markdown, /policies look at resources/);
  });

  it("hands what the errors say to the log, without their colours, and none of it to the plan", () => {
    const diagnostic = { severity: "error", message: "<{%fg 1%}>the backend does not answer<{%reset%}>\n" };
    const streamed = [
      { sequence: 0, diagnosticEvent: diagnostic },
      { sequence: 1, diagnosticEvent: { severity: "warning", message: "hm" } },
      { summaryEvent: {} },
    ];
    for (const text of [
      streamed.map((event) => JSON.stringify(event)).join("\n"),
      JSON.stringify({ steps: [], diagnostics: [diagnostic] }),
    ]) {
      assert.deepEqual(errorsOf(text), ["the backend does not answer"]);
      const { markdown, verdict } = plan({ stack: "lab", base: "main", after: { text: BASE }, engine: readPreview(text) });
      assert.equal(verdict, "blocked");
      assert.doesNotMatch(markdown, /does not answer/);
    }
  });

  it("takes what the real pack found of a resource that is open to the world, and passes over what is no event", () => {
    const { policies, errors, changes } = readPreview(`warning: something of npm\n${engine("policies.jsonl")}`);
    assert.deepEqual(policies, [{ rule: "no-open-world", level: "mandatory", subject: "fresh", message: "input is open to everything" }]);
    assert.deepEqual([errors, changes], [1, EXPECTED]);
  });

  it("counts events that break off as an error, since what comes after them is not known", () => {
    const whole = engine("events.jsonl");
    const broken = whole
      .split("\n")
      .filter((line) => !line.includes('"summaryEvent"'))
      .join("\n");
    assert.deepEqual([readPreview(whole).errors, readPreview(broken).errors], [0, 1]);
  });

  it("is refused when it is something else", () => {
    for (const text of ["", "no JSON", "[]", '{"steps": [\n', '{"sequence": 1}\n{"sequence"'])
      assert.throws(() => readPreview(text), UserError);
  });
});
