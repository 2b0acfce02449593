import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseStamp, stampDifference, type TreeStamp } from "../../platform/stamp";
import { message, type Sight } from "./wait";

const run = promisify(execFile);

/** How the tree's repository is reached; secrets in clear, only ever inside a gate. */
export interface RemoteTree {
  readonly url: string;
  readonly branch: string;
  /** Path of the tree's stamp in the repository: `kubernetes/<stack>/hearth.json`. */
  readonly stamp: string;
  readonly credentials:
    | { readonly kind: "public" }
    | { readonly kind: "token"; readonly username: string; readonly token: string }
    | { readonly kind: "deployKey"; readonly privateKey: string; readonly knownHosts: string };
}

/** Seconds that one fetch may take. */
const FETCH_TIMEOUT = 60;

/**
 * Whether the remote's branch carries the tree of these settings. `wanted` is the stamp of the local render;
 * credentials go through a folder that only the owner can read and that is removed afterwards.
 */
export async function treeIsOnRemote(remote: RemoteTree, wanted: TreeStamp): Promise<Sight> {
  const dir = await mkdtemp(join(tmpdir(), "hearth-git-"));
  try {
    const env = { ...process.env, GIT_TERMINAL_PROMPT: "0", ...(await credentialsEnv(remote, dir)) };
    const git = (...args: string[]): Promise<{ stdout: string }> => run("git", args, { cwd: dir, env, timeout: FETCH_TIMEOUT * 1000 });
    await git("init", "--quiet", "--bare", ".");
    await git("fetch", "--quiet", "--depth=1", remote.url, `refs/heads/${remote.branch}`);
    const { stdout } = await git("show", `FETCH_HEAD:${remote.stamp}`).catch(() => ({ stdout: "" }));
    const difference = stampDifference(wanted, parseStamp(stdout));
    return difference === undefined
      ? { ready: true }
      : { ready: false, state: `${remote.stamp} on branch ${remote.branch}: ${difference}` };
  } catch (error) {
    return { ready: false, state: `cannot read ${remote.url}: ${lastLine(message(error))}` };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function credentialsEnv({ credentials }: RemoteTree, dir: string): Promise<Record<string, string>> {
  if (credentials.kind === "public") return {};
  if (credentials.kind === "token") {
    const askpass = join(dir, "askpass");
    await writeFile(
      askpass,
      '#!/bin/sh\ncase "$1" in Username*) printf %s "$HEARTH_GIT_USERNAME";; *) printf %s "$HEARTH_GIT_TOKEN";; esac\n',
      { mode: 0o700 },
    );
    return { GIT_ASKPASS: askpass, HEARTH_GIT_USERNAME: credentials.username, HEARTH_GIT_TOKEN: credentials.token };
  }
  const key = join(dir, "key");
  const knownHosts = join(dir, "known_hosts");
  await writeFile(key, credentials.privateKey.trimEnd() + "\n", { mode: 0o600 });
  await writeFile(knownHosts, credentials.knownHosts.trimEnd() + "\n", { mode: 0o600 });
  return { GIT_SSH_COMMAND: `ssh -i '${key}' -o IdentitiesOnly=yes -o UserKnownHostsFile='${knownHosts}' -o StrictHostKeyChecking=yes` };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
