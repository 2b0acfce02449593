/** `npm run escrow -- <stack> [--to age1...] [--out FILE]`: machine secrets, age key and talosconfig, encrypted to the recipient of the stack file. */
import { execFile } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { loadStackFile, UserError } from "../config";
import { type Deployment, escrowBundle, type EscrowBundle } from "./escrow-bundle";
import { escrowFile } from "../stacks/escrow";

const USAGE = "usage: npm run escrow -- <stack> [--to AGE_RECIPIENT] [--out FILE]";
const PROJECT = resolve(__dirname, "..");
/** Bytes that an exported state may have. */
const MAX_EXPORT = 512 * 1024 * 1024;

/** Text of the escrow: the bundle as JSON, encrypted by age, armored. */
export async function encrypted(bundle: EscrowBundle, recipient: string): Promise<string> {
  const { armor, Encrypter } = await import("age-encryption"); // an ES module
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(JSON.stringify(bundle, undefined, 2)));
}

async function main(): Promise<void> {
  const options = { to: { type: "string" }, out: { type: "string" }, cwd: { type: "string", default: PROJECT } } as const;
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const [stack] = positionals;
  if (stack === undefined || positionals.length > 1) throw new UserError(USAGE);
  const recipient = values.to ?? recipientOf(stack, values.cwd);
  const bundle = escrowBundle(await exported(stack, values.cwd), stack, new Date());
  const path = values.out ?? join(values.cwd, escrowFile(stack));
  writeFileSync(`${path}.new`, await encrypted(bundle, recipient), { mode: 0o600 });
  renameSync(`${path}.new`, path);
  console.log(`${path}: keep it where the cluster is not; it opens with the private half of ${recipient}`);
}

function recipientOf(stack: string, cwd: string): string {
  const recipient = loadStackFile(join(cwd, `Pulumi.${stack}.yaml`)).settings?.escrow?.recipient;
  if (recipient === undefined)
    throw new UserError(`stack ${stack} names nobody who could open the escrow: set escrow.recipient, or say --to age1...`);
  return recipient;
}

async function exported(stack: string, cwd: string): Promise<Deployment> {
  const args = ["stack", "export", "--show-secrets", "--stack", stack, "--cwd", cwd];
  const { stdout } = await promisify(execFile)("pulumi", args, { maxBuffer: MAX_EXPORT }).catch(
    (error: { readonly stderr?: string; readonly message: string }) => {
      throw new UserError(`pulumi ${args.slice(0, 2).join(" ")} failed: ${(error.stderr ?? error.message).trim().split("\n").at(-1)}`);
    },
  );
  return JSON.parse(stdout) as Deployment; // the engine's own format
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(error instanceof UserError ? error.message : error);
    process.exit(1);
  });
}
