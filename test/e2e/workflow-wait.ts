import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { parse } from "yaml";
import { engineEnv } from "../../lab/engine";
import { PROJECT } from "../../lab/home";
import { ensureToolchain } from "../../lab/toolchain/toolchain";
import { type TestLab, testToolchain } from "./lab-harness";

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
}

/** How the lines ended, and what they said. */
export interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/**
 * Runs, with the real kubectl and pulumi, what `.github/workflows/up.yml` does after its `up`: the wait until Flux has
 * applied what was merged. `patience` takes the place of every timeout, as in `20s`. @default the workflow's own
 */
export async function waitOfWorkflow(lab: TestLab, { patience }: { readonly patience?: string } = {}): Promise<Ended> {
  const { jobs } = parse(readFileSync(join(PROJECT, ".github/workflows/up.yml"), "utf8")) as Workflow; // test/workflows checks its form
  const run = jobs["up"]?.steps.find((step) => step.run?.startsWith("npm run --silent up ") === true)?.run ?? "";
  const [, ...lines] = run.split("\n");
  if (lines.length < 5) throw new Error("up.yml waits for nothing after its up");
  const script = patience === undefined ? lines.join("\n") : lines.join("\n").replace(/--timeout=\w+/g, `--timeout=${patience}`);
  const toolchain = await testToolchain();
  const kubectl = (await ensureToolchain({ only: ["kubectl"], progress: () => undefined })).path("kubectl");
  const engine = engineEnv({ home: lab.home, toolchain, providers: (await lab.status())?.providers ?? {} });
  const env = {
    ...process.env,
    ...engine,
    PATH: [dirname(kubectl), engine["PATH"]].join(delimiter),
    RUNNER_TEMP: lab.home.temporary,
    GITHUB_RUN_ID: String(Date.now()),
    GITHUB_RUN_ATTEMPT: "1",
    STACK: lab.stack,
  };
  // As a runner does with `shell: bash`.
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], { cwd: lab.home.project, env });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve, reject) => child.once("error", reject).once("close", (code) => resolve({ code, said })));
}
