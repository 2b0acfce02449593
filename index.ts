import * as pulumi from "@pulumi/pulumi";
import { ensureCharts } from "./charts/cache";
import { spreadProblems } from "./components/machines/plan";
import { asProgram } from "./stacks/as-program";
import { PROGRAM_CHARTS } from "./stacks/charts";
import { cluster } from "./stacks/cluster";
import { remindOfEscrow } from "./stacks/escrow";
import { loadSettings } from "./stacks/load-settings";
import { previousImages } from "./stacks/previous-run";

/** The program: settings in, outputs out. An async function, so that nothing is made at import. */
async function program(): Promise<pulumi.Inputs> {
  const settings = loadSettings();
  for (const { message } of spreadProblems(settings)) void pulumi.log.warn(message);
  remindOfEscrow(settings.stack, process.cwd());
  const charts = await ensureCharts(PROGRAM_CHARTS, settings.charts, process.cwd());
  return { ...cluster({ settings, charts, previous: await previousImages() }) };
}

export = asProgram(program);
