import { parseArgs } from "node:util";
import { UserError } from "../../config";
import { LabHome } from "../home";
import { destroy, preview, refresh, up } from "./engine-commands";
import { down, env, status } from "./lab-commands";
import type { Request } from "./request";

export const USAGE = `usage: npm run lab [-- COMMAND] [--stack NAME] [--charts lab|upstream]

  up        make everything, or what changed (the default)
  status    what is there now
  preview   what \`up\` would do
  refresh   read back what is there
  destroy   take everything down, in order
  down      stop every process of the lab; its state stays
  env       print the environment for pulumi, kubectl and flux of your own: eval "$(npm run --silent lab -- env)"`;

type Command = (request: Request) => Promise<void>;

/** Every command by name. */
export const COMMANDS = { up, status, preview, refresh, destroy, down, env } satisfies Readonly<Record<string, Command>>;
type CommandName = keyof typeof COMMANDS;

/** A request that names one of the commands. */
interface CommandRequest extends Request {
  readonly command: CommandName;
}

/** Reads the command line. @throws UserError with the usage when it is not understood. */
export function parseRequest(args: readonly string[]): CommandRequest {
  const { values, positionals } = readArgs(args);
  const [command = "up", ...rest] = positionals;
  const stack = values.stack ?? "lab";
  if (!isCommand(command) || rest.length > 0) throw new UserError(`there is no command ${[command, ...rest].join(" ")}\n${USAGE}`);
  if (values.charts !== "lab" && values.charts !== "upstream")
    throw new UserError(`--charts is lab or upstream, not ${values.charts}\n${USAGE}`);
  return { command, stack, charts: values.charts, home: new LabHome(stack) };
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

function readArgs(args: readonly string[]): { values: { stack?: string; charts: string }; positionals: string[] } {
  try {
    const options = { stack: { type: "string" }, charts: { type: "string", default: "lab" } } as const;
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}
