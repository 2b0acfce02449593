import { APPS } from "../../../platform/apps";
import { declarePlatform } from "../../../platform/plan";
import { everything } from "../everything";
import type { AlertCase } from "./promtool";
import { SAMPLES } from "./samples";

/** Every app, those that exclude each other included: only their alerts are looked at. */
export function alertCases(): readonly Omit<AlertCase, "sample">[] {
  const given = everything();
  const platform = { ...Object.fromEntries(APPS.map(({ name }) => [name, {}])), ...given.platform };
  return declarePlatform({ ...given, platform }).apps.flatMap((app) =>
    app.alerts.map((rule) => ({ name: `${app.name}/${rule.alert}`, rule })),
  );
}

/** The cases whose samples are there. */
export function withSamples(): readonly AlertCase[] {
  return alertCases().flatMap(({ name, rule }) => {
    const sample = SAMPLES[name];
    return sample === undefined ? [] : [{ name, rule, sample }];
  });
}
