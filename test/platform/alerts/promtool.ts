import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { AlertRule } from "../../../platform/kit/requests";
import { LOOKED_AT, type Sample, type Series } from "./samples";

/** An alert of an app, and what it must and must not fire on. */
export interface AlertCase {
  /** `<app>/<alert>`. */
  readonly name: string;
  readonly rule: AlertRule;
  readonly sample: Sample;
}

/** What promtool says against the alerts' expressions and samples; empty when nothing. */
export function promtoolComplaints(promtool: string, cases: readonly AlertCase[]): string {
  const folder = mkdtempSync(join(tmpdir(), "hearth-promtool-"));
  try {
    const write = (name: string, content: unknown): string => {
      const path = join(folder, name);
      writeFileSync(path, stringify(content));
      return path;
    };
    // A file per alert: two apps may give an alert the same name, and each test is about one.
    const files = cases.map(({ name, rule, sample }, index) => {
      const rules = write(`rules-${index}.yaml`, { groups: [{ name, rules: [toRule(rule)] }] });
      const tests = [unitTest(`${name} fires`, rule.alert, sample.firing, 1), unitTest(`${name} is quiet`, rule.alert, sample.quiet, 0)];
      return { rules, suite: write(`test-${index}.yaml`, { rule_files: [rules], evaluation_interval: "5m", tests }) };
    });
    return (
      run(promtool, "check", "rules", ...files.map(({ rules }) => rules)) +
      run(promtool, "test", "rules", ...files.map(({ suite }) => suite))
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function toRule({ alert, expr, for: duration, severity, summary }: AlertRule): Readonly<Record<string, unknown>> {
  return { alert, expr, ...(duration === undefined ? {} : { for: duration }), labels: { severity }, annotations: { summary } };
}

/** How often the alert fires is its samples' matter; that it does, or does not, is counted. */
function unitTest(name: string, alert: string, series: Series, value: 0 | 1): Readonly<Record<string, unknown>> {
  return {
    name,
    interval: "1m",
    input_series: Object.entries(series).map(([metric, values]) => ({ series: metric, values })),
    promql_expr_test: [
      {
        expr: `clamp_max(count(ALERTS{alertname="${alert}",alertstate="firing"}), 1) or vector(0)`,
        eval_time: LOOKED_AT,
        exp_samples: [{ labels: "{}", value }],
      },
    ],
  };
}

function run(promtool: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(promtool, [...args], { encoding: "utf8" });
  return status === 0 ? "" : `${stdout}${stderr}`;
}
