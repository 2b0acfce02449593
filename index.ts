import * as pulumi from "@pulumi/pulumi";
import { ensureCharts } from "./charts/cache";
import { spreadProblems } from "./components/machines/plan";
import { UserError } from "./config";
import { PROGRAM_CHARTS } from "./stacks/charts";
import { cluster } from "./stacks/cluster";
import { keepValuesOutOfDebugLog } from "./stacks/debug-log";
import { remindOfEscrow } from "./stacks/escrow";
import { loadSettings } from "./stacks/load-settings";
import { previousImages } from "./stacks/previous-run";

/** The program: settings in, outputs out. An async function, so that nothing is made at import. */
async function program(): Promise<pulumi.Inputs> {
  keepValuesOutOfDebugLog();
  const settings = loadSettings();
  for (const { message } of spreadProblems(settings)) void pulumi.log.warn(message);
  remindOfEscrow(settings.stack, process.cwd());
  const charts = await ensureCharts(PROGRAM_CHARTS, settings.charts, process.cwd());
  return { ...cluster({ settings, charts, previous: await previousImages() }) };
}

/** A mistake of the user is shown as its message alone, once, without a stack trace. */
export = (): Promise<pulumi.Inputs> =>
  program().catch((error: unknown) => {
    throw error instanceof UserError ? new pulumi.RunError(error.message) : error;
  });
