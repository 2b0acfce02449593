import * as automation from "@pulumi/pulumi/automation";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type EngineOptions, engineEnv } from "./engine";
import { connectAnew } from "./engine-connections";
import { PROJECT } from "./home";

/** A stack of another project, on a lab. */
export interface ConsumerOptions extends EngineOptions {
  /** Folder below `stacks/`. */
  readonly project: "identity" | "tenant";
  readonly stack: string;
  /** Text of its stack file. */
  readonly stackFile: string;
  readonly program: automation.PulumiFn;
}

/** Opens a stack that reads the lab's, in the same backend and with a working directory of its own. */
export async function openConsumer(options: ConsumerOptions): Promise<automation.Stack> {
  const { home, project, stack, stackFile, program } = options;
  const workDir = join(home.dir, "stacks", project);
  mkdirSync(workDir, { recursive: true, mode: 0o700 });
  const projectFile = readFileSync(join(PROJECT, "stacks", project, "Pulumi.yaml"), "utf8");
  writeFileSync(join(workDir, "Pulumi.yaml"), projectFile.replace(/^main:.*$/m, "main: ."), { mode: 0o600 });
  writeFileSync(join(workDir, `Pulumi.${stack}.yaml`), stackFile, { mode: 0o600 });
  connectAnew();
  return automation.LocalWorkspace.createOrSelectStack(
    { stackName: stack, projectName: `hearth-${project}`, program },
    { workDir, envVars: engineEnv(options), pulumiHome: home.pulumiHome },
  );
}
