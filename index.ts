import * as pulumi from "@pulumi/pulumi";
import { ensureCharts } from "./charts/cache";
import { printProblems } from "./stacks/problems";
import { loadSettings } from "./stacks/load-settings";
import { cluster } from "./stacks/cluster";
import { PROGRAM_CHARTS } from "./stacks/charts";

/** The program: settings in, outputs out. An async function, so that nothing is made at import. */
export = async function program(): Promise<pulumi.Inputs> {
  const settings = loadSettings();
  const charts = await ensureCharts(PROGRAM_CHARTS, settings.charts, process.cwd());
  return { ...cluster({ settings, charts }) };
};
