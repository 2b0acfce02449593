import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { UserError } from "../config/user-error";
import { catalogue } from "../platform/catalogue";
import { graphOf } from "../platform/graph";
import { exitWith } from "./exit";
import { stackSettings } from "./stack-settings";

const USAGE = "usage: npm run graph [-- <stack>] [--out FILE], by default of `all`, a stack with every app, to standard output";

/** An SVG of a stack's apps and their dependencies. The same settings give the same picture. */
export async function graphSvg(stack: string, project: string): Promise<string> {
  const { instance } = await import("@viz-js/viz"); // an ES module
  const svg = (await instance()).renderString(graphOf(catalogue(stackSettings(stack, project))), { format: "svg" });
  return svg.replace(/[\t ]+$/gm, "");
}

/** Writes the SVG. @throws UserError for wrong arguments or a stack file that cannot be read. */
export async function graph(args: readonly string[], project: string): Promise<0> {
  const { stack, out } = parse(args);
  const svg = await graphSvg(stack, project);
  if (out === undefined) process.stdout.write(svg);
  else writeFileSync(resolve(out), svg);
  return 0;
}

function parse(args: readonly string[]): { readonly stack: string; readonly out?: string } {
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { out: { type: "string" } } });
    const [stack = "all", ...rest] = positionals;
    if (rest.length > 0) throw new Error(`too many arguments: ${rest.join(" ")}`);
    return { stack, out: values.out };
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

if (require.main === module) void exitWith(() => graph(process.argv.slice(2), join(__dirname, "..")));
