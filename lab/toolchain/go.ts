/** The Go tool: which one there is, how it is called, and what its failures mean to the reader. */
import { spawn } from "node:child_process";
import { totalmem } from "node:os";
import { createInterface } from "node:readline";
import { UserError } from "../../config/user-error";

/** Flags of every build: no paths of this machine in the binary, no debug information (a quarter faster and half the size). */
export const BUILD_FLAGS: readonly string[] = ["-trimpath", "-buildvcs=false", "-mod=readonly", "-gcflags=all=-dwarf=false"];

/** Oldest Go that compiles every part. */
const GO_NEEDED = "1.26.5";

/** The Go that builds; all three values are part of a cache key. */
export interface GoEnvironment {
  readonly version: string;
  readonly os: string;
  readonly arch: string;
}

/** Result of one run of the Go tool. */
export interface GoResult {
  readonly code: number;
  readonly stdout: string;
  /** What it said that is not progress. */
  readonly complaints: readonly string[];
}

/** How to run it: a folder, and what to do with a line of `go build -v` that names a package. */
export interface GoCall {
  readonly folder: string;
  readonly onPackage?: (name: string) => void;
  readonly environment?: Readonly<Record<string, string>>;
}

const PACKAGE_LINE = /^[\w.~-]+(\/[\w.~+-]+)*$/;
const RICH_MACHINE_BYTES = 6 * 2 ** 30;

/** Runs `go` with the settings that all our calls share; rejects only when there is no `go`. */
export async function runGo(args: readonly string[], call: GoCall): Promise<GoResult> {
  const child = spawn("go", [...args], { cwd: call.folder, env: goEnv(call.environment), stdio: ["ignore", "pipe", "pipe"] });
  const complaints: string[] = [];
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (PACKAGE_LINE.test(line)) call.onPackage?.(line);
    else if (!line.startsWith("go: downloading ")) complaints.push(line);
  });
  const stop = (): void => void child.kill();
  process.once("exit", stop);
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once("error", (error) => reject(withoutGo(error)));
      child.once("close", (exitCode) => resolve(exitCode ?? 1));
    });
    return { code, stdout: Buffer.concat(output).toString("utf8"), complaints };
  } finally {
    process.removeListener("exit", stop);
  }
}

/** Asks the Go tool for its version in a folder whose go.mod says what it needs. */
export async function findGo(folder: string): Promise<GoEnvironment> {
  const result = await runGo(["env", "-json", "GOVERSION", "GOOS", "GOARCH"], { folder });
  if (result.code !== 0) throw goFailure("find a Go that is new enough", result);
  const answer: Partial<Record<string, string>> = JSON.parse(result.stdout);
  return { version: answer["GOVERSION"] ?? "", os: answer["GOOS"] ?? "", arch: answer["GOARCH"] ?? "" };
}

/** One line for the reader: old Go, no network, or what Go said last. */
export function goFailure(doing: string, result: Pick<GoResult, "complaints">): UserError {
  const text = result.complaints.join("\n");
  if (/requires go >= |toolchain not available/.test(text)) return new UserError(`${needGo()} (${result.complaints.at(-1) ?? ""})`);
  const unreachable = /dial tcp|no such host|connection refused|i\/o timeout|TLS handshake timeout|network is unreachable/.exec(text);
  if (unreachable) {
    const cause = result.complaints.find((line) => line.includes(unreachable[0])) ?? unreachable[0];
    return new UserError(`Cannot ${doing}: the network is needed once, to fetch Go modules (${cause.trim()}).`);
  }
  return new UserError([`Cannot ${doing}:`, ...result.complaints.slice(-20)].join("\n  "));
}

function withoutGo(error: Error): Error {
  return "code" in error && error.code === "ENOENT" ? new UserError(`${needGo()} (there is no \`go\` on the PATH)`) : error;
}

function needGo(): string {
  return `The lab's toolchain is built with Go ${GO_NEEDED} or newer: install it from https://go.dev/dl and run this again.`;
}

/** No C compiler (it would decide what is built), no workspace or flags of the user's; a lazier collector where memory allows it. */
function goEnv(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const collector = totalmem() > RICH_MACHINE_BYTES ? { GOGC: "400" } : {};
  return { ...collector, ...process.env, CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off", ...extra };
}
