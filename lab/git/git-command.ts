import { spawn } from "node:child_process";

/** What git shall not take from the user's own configuration. */
export const GIT_ENVIRONMENT = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: "hearth",
  GIT_AUTHOR_EMAIL: "hearth@lab.invalid",
  GIT_COMMITTER_NAME: "hearth",
  GIT_COMMITTER_EMAIL: "hearth@lab.invalid",
} as const;

/** Runs git in a repository. @returns its output, trimmed. @throws Error with git's own words. */
export async function git(repository: string, args: readonly string[], input?: Buffer): Promise<string> {
  const child = spawn("git", ["--git-dir", repository, ...args], {
    env: { PATH: process.env["PATH"] ?? "", ...GIT_ENVIRONMENT },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  child.stdin.on("error", () => undefined); // git ended early: its exit code and words tell why
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`git ${args.join(" ")}: ${Buffer.concat(errors).toString("utf8").trim()}`);
  return Buffer.concat(output).toString("utf8").trim();
}
