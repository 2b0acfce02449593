/** `npm run lab`: the whole road on this machine. `npm run lab -- help` lists the commands. */
import { UserError } from "../config";
import { COMMANDS, parseRequest, USAGE } from "./cli/commands";

async function main(args: readonly string[]): Promise<void> {
  if (args.includes("help") || args.includes("--help")) return void console.log(USAGE);
  const request = parseRequest(args);
  await COMMANDS[request.command](request);
}

main(process.argv.slice(2)).then(
  () => process.exit(process.exitCode ?? 0),
  (error: unknown) => {
    console.error(error instanceof UserError ? error.message : error);
    process.exit(1);
  },
);
