/**
 * `npm test`: every check there is, in one go. Prints the time of the toolchain and of the tests apart, a line per step,
 * and last `N passed, N failed` (a step that is no mocha run counts as one).
 */
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { inOrder } from "./e2e/order";

interface Step {
  readonly name: string;
  readonly command: readonly string[];
}

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const ROOT = resolve(__dirname, "..");
const TSX = ["node", "--require", "tsx/cjs"];
const MOCHA = ["npx", "--no-install", "mocha", "--require", "tsx/cjs"];

const TOOLCHAIN: Step = { name: "toolchain", command: [...TSX, "lab/toolchain/main.ts", "--all"] };
const UNIT: Step = { name: "unit tests", command: [...MOCHA, "--parallel", "--jobs", "2", "test/!(e2e|fixtures|keycloak)/**/*.test.ts"] };
/** Waits for Keycloak most of the time. */
const KEYCLOAK: readonly Step[] = [{ name: "the realm in a real Keycloak", command: [...MOCHA, "test/keycloak/**/*.test.ts"] }];
const STATIC: readonly Step[] = [
  { name: "types", command: ["npx", "--no-install", "tsc", "-p", ".", "--noCheck", "false"] },
  { name: "lint", command: ["npx", "--no-install", "eslint", "--max-warnings", "0", "."] },
  { name: "generated documents", command: [...TSX, "cli/docs.ts", "--check"] },
  { name: "rendered tree of the lab", command: [...TSX, "cli/render.ts", "lab", "--check"] },
  { name: "rendered tree of home", command: [...TSX, "cli/render.ts", "home", "--check"] },
];
/** Two labs at a time: each has a network of its own. */
const END_TO_END: Step = {
  name: "end-to-end tests",
  command: [...MOCHA, "--parallel", "--jobs", "2", "--timeout", "600000", ...inOrder(join(ROOT, "test/e2e"))],
};
/** In order; the lists of one stage go side by side: alone, none of them fills two processors. */
const STAGES: readonly (readonly (readonly Step[])[])[] = [[STATIC, KEYCLOAK], [[UNIT]], [[END_TO_END]]];

async function main(): Promise<void> {
  if (process.argv.includes("--unit")) return finish([await run(UNIT)]);
  const toolchainStart = Date.now();
  const toolchain = await run(TOOLCHAIN);
  const toolchainSeconds = seconds(toolchainStart);
  if (toolchain.failed > 0) return finish([toolchain]);
  const testStart = Date.now();
  const outcomes = [];
  for (const lists of STAGES) outcomes.push(...(await Promise.all(lists.map((steps) => oneByOne(steps, lists.length > 1)))).flat());
  console.log(`\ntoolchain ${toolchainSeconds} s, tests ${seconds(testStart)} s`);
  finish(outcomes);
}

async function oneByOne(steps: readonly Step[], quietly: boolean): Promise<readonly Outcome[]> {
  const outcomes = [];
  for (const step of steps) outcomes.push(await run(step, quietly));
  return outcomes;
}

/** Runs a step. @param quietly prints what it says in one piece at its end, as beside another one */
async function run(step: Step, quietly = false): Promise<Outcome> {
  const start = Date.now();
  if (!quietly) console.log(`\n== ${step.name}`);
  const { code, output } = await spawned(step.command, quietly);
  if (quietly) console.log(`\n== ${step.name}\n${output.trimEnd()}`);
  const outcome = outcomeOf(code, output);
  console.log(`== ${step.name}: ${outcome.failed === 0 ? "passed" : "FAILED"} (${seconds(start)} s)`);
  return outcome;
}

function outcomeOf(code: number, coloured: string): Outcome {
  const output = stripVTControlCharacters(coloured);
  const count = (word: string): number => Number(new RegExp(`^\\s*(\\d+) ${word}`, "m").exec(output)?.[1] ?? 0);
  const counts = { passed: count("passing"), failed: count("failing"), skipped: count("pending") };
  const isMocha = /^\s*\d+ passing/m.test(output);
  if (!isMocha) return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  return { ...counts, failed: code !== 0 && counts.failed === 0 ? 1 : counts.failed };
}

function spawned([command = "", ...args]: readonly string[], quietly: boolean): Promise<{ code: number; output: string }> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const [from, to] of [[child.stdout, process.stdout] as const, [child.stderr, process.stderr] as const]) {
      from.on("data", (chunk: Buffer) => {
        output += chunk.toString("utf8");
        if (!quietly) to.write(chunk);
      });
    }
    child.on("error", fail);
    child.on("close", (code) => done({ code: code ?? 1, output }));
  });
}

function seconds(start: number): number {
  return Math.round((Date.now() - start) / 1000);
}

function finish(outcomes: readonly Outcome[]): void {
  const sum = (key: keyof Outcome): number => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  const skipped = sum("skipped");
  if (skipped > 0) console.log(`\n${skipped} skipped: each says above what it misses`);
  console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
  process.exitCode = sum("failed") > 0 ? 1 : 0;
}

void main();
