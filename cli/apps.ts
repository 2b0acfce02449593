import { join } from "node:path";
import { UserError } from "../config/user-error";
import { catalogue, type CatalogueRow } from "../platform/catalogue";
import { exitWith } from "./exit";
import { stackSettings } from "./stack-settings";
import { table } from "./table";

const USAGE = "usage: npm run apps [-- <stack>], by default `all`, a stack with every app there is";

const HEADER = ["app", "version", "namespace", "needs", "secrets", "host", "protection"];

/** Most characters of a cell, so that the table fits a terminal. */
const CELL_WIDTH = 48;

/** The apps of a stack as a table: a line per app, further lines for further hosts and for long lists. */
export function appsTable(rows: readonly CatalogueRow[]): string {
  return table(HEADER, rows.flatMap(lines));
}

function lines(row: CatalogueRow): readonly (readonly string[])[] {
  const columns = [
    [row.name],
    wrapped(row.versions),
    [row.namespace],
    wrapped(row.needs),
    wrapped(row.secrets.map(({ name }) => name)),
    row.hosts.map(({ host }) => host),
    row.hosts.map(({ protection }) => protection.by),
  ];
  const height = Math.max(...columns.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) => columns.map((cells) => cells[line] ?? ""));
}

/** Words with commas between, in lines that are no wider than a cell. */
function wrapped(words: readonly string[]): readonly string[] {
  const found: string[] = [];
  words.forEach((word, index) => {
    const text = index < words.length - 1 ? `${word},` : word;
    const last = found.at(-1);
    if (last === undefined || last.length + text.length >= CELL_WIDTH) found.push(text);
    else found[found.length - 1] = `${last} ${text}`;
  });
  return found;
}

/** Prints the table. @throws UserError for wrong arguments or a stack file that cannot be read. */
export function apps(args: readonly string[], project: string): 0 {
  const [stack = "all", ...rest] = args;
  if (rest.length > 0 || stack.startsWith("-")) throw new UserError(USAGE);
  process.stdout.write(`${appsTable(catalogue(stackSettings(stack, project)))}\n`);
  return 0;
}

if (require.main === module) void exitWith(() => apps(process.argv.slice(2), join(__dirname, "..")));
