import { UserError } from "../config/user-error";

/** Runs a command and sets the exit code. A mistake of the user is shown as its message alone; anything else is a bug and keeps its stack. */
export async function exitWith(command: () => number | Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
