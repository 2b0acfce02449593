import type { EngineEvent } from "@pulumi/pulumi/automation";
import { writeFileSync } from "node:fs";
import { UserError } from "../../config";
import program = require("../../index");
import { refuseWhileProtected } from "../../cli/protection";
import { control } from "../daemon/control";
import { checkSource, Session, stackFileOf } from "../session";
import { ensureToolchain } from "../toolchain/toolchain";
import type { Request } from "./request";
import { printPlan } from "./plan";
import { holdToPolicies, POLICY_PACK } from "./policies";
import { Progress } from "./progress";
import { fluxSettled, printReport } from "./report";

/** Makes everything, or what changed. */
export async function up(request: Request): Promise<void> {
  const session = await open(request);
  const progress = new Progress(console.log);
  await run(() => holdToPolicies(session, (event) => progress.hear(event)), progress);
  await session.publish();
  const start = Date.now();
  const result = await run((onEvent) => session.stack.up({ onEvent, policyPacks: [POLICY_PACK] }), progress);
  writeAccess(session, result.outputs);
  await fluxSettled(session.home.kubeconfig);
  await printReport(session, { seconds: (Date.now() - start) / 1000, phases: progress.phases, changes: progress.changes });
}

/** Shows what `up` would do. */
export async function preview(request: Request): Promise<void> {
  const session = await open(request);
  const progress = new Progress(console.log);
  const { changeSummary } = await run((onEvent) => session.stack.preview({ onEvent, diff: true, policyPacks: [POLICY_PACK] }), progress);
  console.log(summary(changeSummary));
}

/** Reads back what is there. */
export async function refresh(request: Request): Promise<void> {
  const session = await open(request);
  const progress = new Progress(console.log);
  const result = await run((onEvent) => session.stack.refresh({ onEvent }), progress);
  console.log(summary(result.summary.resourceChanges ?? {}));
}

/** Takes everything down, in order; refused before the engine starts while deletion protection is on. */
export async function destroy(request: Request): Promise<void> {
  refuseWhileProtected(request.stack, checkSource(stackFileOf(request), request.stack)); // before a daemon is started for it
  const session = await open(request);
  const progress = new Progress(console.log);
  await run((onEvent) => session.destroy({ onEvent }), progress);
  const inventory = await control<Record<string, readonly unknown[]>>(session.home.socket, "inventory");
  const left = Object.entries(inventory).filter(([, items]) => Array.isArray(items) && items.length > 0);
  console.log(left.length === 0 ? "nothing is left in the world" : `left in the world: ${JSON.stringify(Object.fromEntries(left))}`);
}

async function open(request: Request): Promise<Session> {
  const settings = checkSource(stackFileOf(request), request.stack);
  const building = ensureToolchain({ progress: (line) => console.log(line) });
  if (request.command === "up") printPlan(settings);
  return Session.open({ ...request, program, progress: (line) => console.log(line) }, await building);
}

async function run<T>(work: (onEvent: (event: EngineEvent) => void) => Promise<T>, progress: Progress): Promise<T> {
  try {
    return await work((event) => progress.take(event));
  } catch (error) {
    if (error instanceof UserError) throw error;
    // The engine's own words were printed as they came; its whole transcript would only repeat them.
    throw new UserError(`the engine stopped: ${firstError(error)}`);
  }
}

function firstError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (
    text
      .split("\n")
      .find((line) => /error: /.test(line))
      ?.trim() ??
    text.split("\n")[0] ??
    ""
  );
}

function summary(changes: Readonly<Record<string, number | undefined>>): string {
  const words = Object.entries(changes).filter(([op]) => op !== "same" && op !== "read");
  return words.length === 0 ? "no changes" : words.map(([op, count]) => `${count} to ${op}`).join(", ");
}

/** Writes kubeconfig and talosconfig where only the owner can read them. */
export function writeAccess({ home }: Session, outputs: Readonly<Record<string, { readonly value: unknown }>>): void {
  for (const [path, key] of [[home.kubeconfig, "kubeconfig"] as const, [home.talosconfig, "talosconfig"] as const]) {
    writeFileSync(path, String(outputs[key]?.value ?? ""), { mode: 0o600 });
  }
}
