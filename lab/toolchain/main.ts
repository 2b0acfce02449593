/**
 * `npm run toolchain`: makes the lab's toolchain complete and prints where each part came from. With `-- --all` also what only
 * tests and stacks with further apps ask for.
 */
import { UserError } from "../../config/user-error";
import { clock } from "./build";
import { PARTS } from "./parts";
import { readPins } from "./source-modules";
import { ensureToolchain, type PartReport } from "./toolchain";

async function main(): Promise<void> {
  const start = Date.now();
  const everything = { only: PARTS.map(({ tool }) => tool), modules: readPins().map(({ module }) => module) };
  const { parts, remarks } = await ensureToolchain({
    ...(process.argv.includes("--all") ? everything : {}),
    progress: (line) => console.log(`${clock((Date.now() - start) / 1000)} ${line}`),
  });
  console.log(table(parts));
  for (const remark of remarks) console.log(`note: ${remark}`);
  console.log(`the toolchain is complete after ${clock((Date.now() - start) / 1000)}`);
}

function table(parts: readonly PartReport[]): string {
  const rows = parts.map(({ tool, origin, version, seconds, together }) => {
    const others = together.filter((name) => name !== tool);
    return [tool, origin, version, seconds === undefined ? "-" : seconds.toFixed(1), others.length > 0 ? `with ${others.join(", ")}` : ""];
  });
  const all = [["part", "origin", "version", "seconds", ""], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

main().catch((error: unknown) => {
  console.error(error instanceof UserError ? error.message : error);
  process.exitCode = 1;
});
