import type { EngineEvent } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { Progress } from "../../../lab/cli/progress";

type Metadata = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"];

function eventsOf(op: string, type: string, name: string): { pre: EngineEvent; done: EngineEvent; failed: EngineEvent } {
  const metadata = { op, urn: `urn:pulumi:lab::hearth::${type}::${name}`, type } as unknown as Metadata; // only what is read
  const base = { sequence: 0, timestamp: 0 };
  return {
    pre: { ...base, resourcePreEvent: { metadata } },
    done: { ...base, resOutputsEvent: { metadata } },
    failed: { ...base, resOpFailedEvent: { metadata, status: 1, steps: 1 } },
  };
}
const said = (severity: string, message: string): EngineEvent =>
  ({ sequence: 0, timestamp: 0, diagnosticEvent: { severity, message, color: "never" } }) as EngineEvent;

describe("the progress of a run", () => {
  let lines: string[];
  let clock: number;
  let progress: Progress;
  beforeEach(() => {
    lines = [];
    clock = 0;
    progress = new Progress(
      (line) => lines.push(line),
      () => clock,
    );
  });

  it("is a line per resource, under its phase, with its seconds", () => {
    const { pre, done } = eventsOf("create", "hearth:phase:Machines$proxmoxve:index/vmLegacy:VmLegacy", "cp-1");
    progress.take(pre);
    clock = 2500;
    progress.take(done);
    assert.deepEqual(
      lines.map((line) => line.split(/ +/)),
      [["machines", "+", "cp-1", "2.5", "s"]],
    );
    assert.deepEqual(progress.changes, { create: 1 });
    assert.deepEqual(progress.phases, [{ phase: "machines", seconds: 2.5 }]);
  });

  it("says which resource failed", () => {
    const { pre, failed } = eventsOf(
      "update",
      "hearth:phase:TalosCluster$talos:machine/configurationApply:ConfigurationApply",
      "config-cp-1",
    );
    progress.take(pre);
    progress.take(failed);
    assert.match(lines[0] ?? "", /^talos +~ config-cp-1 .*FAILED$/);
  });

  it("leaves out what stayed the same, components and providers", () => {
    for (const { pre, done } of [
      eventsOf("same", "a:b:C", "x"),
      eventsOf("create", "hearth:phase:Flux", "flux"),
      eventsOf("create", "pulumi:providers:talos", "talos"),
    ]) {
      progress.take(pre);
      progress.take(done);
    }
    assert.deepEqual(lines, []);
    assert.deepEqual(progress.changes, {});
  });

  it("prints a mistake once, however often the engine says it, and without colour marks", () => {
    progress.take(said("error", "<{%reset%}>a mistake<{%reset%}>\n"));
    progress.take(said("error", "a mistake\n"));
    progress.take(said("debug", "noise"));
    progress.take(said("warning", "<{%reset%}>using pulumi-resource-kubernetes from $PATH at /x"));
    assert.deepEqual(lines, ["a mistake"]);
  });
});
