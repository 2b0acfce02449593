import { join } from "node:path";
import { UserError } from "../config/user-error";
import { catalogue, type CatalogueRow } from "../platform/catalogue";
import { exitWith } from "./exit";
import { stackSettings } from "./stack-settings";
import { table } from "./table";

const USAGE = "usage: npm run apps [-- <stack>], by default `all`, a stack with every app there is";

const HEADER = ["app", "version", "namespace", "needs", "secrets", "host", "protection"];

/** The apps of a stack as a table: a line per app, further lines for further hosts. */
export function appsTable(rows: readonly CatalogueRow[]): string {
  return table(HEADER, rows.flatMap(lines));
}

function lines(row: CatalogueRow): readonly (readonly string[])[] {
  const [first, ...rest] = row.hosts.map(({ host, protection }) => [host, protection.by]);
  const own = [row.name, row.versions.join(", "), row.namespace, row.needs.join(", "), row.secrets.map(({ name }) => name).join(", ")];
  return [[...own, ...(first ?? [])], ...rest.map((host) => [...own.map(() => ""), ...host])];
}

/** Prints the table. @throws UserError for wrong arguments or a stack file that cannot be read. */
export function apps(args: readonly string[], project: string): 0 {
  const [stack = "all", ...rest] = args;
  if (rest.length > 0 || stack.startsWith("-")) throw new UserError(USAGE);
  process.stdout.write(`${appsTable(catalogue(stackSettings(stack, project)))}\n`);
  return 0;
}

if (require.main === module) void exitWith(() => apps(process.argv.slice(2), join(__dirname, "..")));
