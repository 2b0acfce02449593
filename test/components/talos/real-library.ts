/** The judge of machine configs: Talos' own library, in the helper binary that the lab's toolchain builds. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import type { MachineSecrets, TalosHelper } from "../../../lab/contracts";

export type Judge = Pick<TalosHelper, "secrets" | "config" | "patch" | "inspect" | "schematic" | "close">;

/** Why there is no judge, when there is none. */
export const NO_JUDGE = "HEARTH_TALOS_HELPER names no talos-helper binary: Talos' own library is not asked (npm test builds it first)";

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** The helper of `HEARTH_TALOS_HELPER`, or undefined when there is none. */
export function judge(): Judge | undefined {
  const path = process.env["HEARTH_TALOS_HELPER"];
  if (path === undefined || !existsSync(path)) return undefined;
  const child = spawn(path, [], { stdio: ["pipe", "pipe", "inherit"] });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { id, result, error }: Answer = JSON.parse(line);
    const pending = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) pending?.resolve(result);
    else pending?.reject(new Error(error));
  });
  let last = 0;
  const ask = <T>(op: string, args: object): Promise<T> =>
    new Promise((resolve, reject) => {
      const id = ++last;
      // The contract of the helper says what an operation answers.
      waiting.set(id, { resolve: (value) => resolve(value as T), reject });
      child.stdin.write(`${JSON.stringify({ id, op, ...args })}\n`);
    });
  return {
    secrets: (args) => ask("secrets", args),
    config: (args) => ask("config", args),
    patch: (args) => ask("patch", args),
    inspect: (args) => ask("inspect", args),
    schematic: (args) => ask("schematic", args),
    close: () => child.stdin.end(),
  };
}

/** One judge and one set of secrets for a whole file of tests, or the reason why the tests do not run. */
export async function openJudge(context: Mocha.Context): Promise<{ judge: Judge; machineSecrets: MachineSecrets }> {
  const opened = judge();
  if (opened === undefined) {
    console.log(`      not run: ${NO_JUDGE}`);
    return context.skip();
  }
  const { machineSecrets } = await opened.secrets({ contract: "v1.13" });
  return { judge: opened, machineSecrets };
}
