import * as automation from "@pulumi/pulumi/automation";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname } from "node:path";
import type { Toolchain } from "./contracts";
import { connectAnew } from "./engine-connections";
import type { LabHome } from "./home";

/** What the engine needs to know of a running lab. */
export interface EngineOptions {
  readonly home: LabHome;
  readonly toolchain: Toolchain;
  /** Provider name -> port of its stand-in. */
  readonly providers: Readonly<Record<string, number>>;
  readonly program?: automation.PulumiFn;
}

/** Environment of the engine and of anything that talks to the lab's stack. */
export function engineEnv({ home, toolchain, providers }: EngineOptions): Record<string, string> {
  const attached = Object.entries(providers).map(([name, port]) => `${name}:${port}`);
  const tools = [dirname(toolchain.path("pulumi")), dirname(toolchain.path("pulumi-resource-kubernetes"))];
  return {
    PULUMI_HOME: home.pulumiHome,
    PULUMI_BACKEND_URL: fileBackend(home.state),
    PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile(home),
    PULUMI_DEBUG_PROVIDERS: attached.join(","),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    TMPDIR: home.temporary,
    PATH: [...tools, process.env["PATH"] ?? ""].join(delimiter),
  };
}

/**
 * A folder as the engine's backend. The state is renamed into place, but its attributes, a file beside it, are written
 * where they are read: an engine killed in between leaves a stack that no command can open ("failed to load checkpoint:
 * EOF"). Nothing needs them. Source: gocloud.dev `blob/fileblob`, `setAttrs` and `metadata=skip`.
 */
export function fileBackend(folder: string): string {
  return `file://${folder}?metadata=skip`;
}

/** The stack as the Automation API drives it, in the lab's own working directory. */
export async function openStack(options: EngineOptions): Promise<automation.Stack> {
  connectAnew();
  const { home, program } = options;
  const envVars = engineEnv(options);
  process.env["PATH"] = envVars["PATH"]; // the Automation API looks for the CLI on this process' own path
  const workspace = { workDir: home.project, envVars, pulumiHome: home.pulumiHome };
  return automation.LocalWorkspace.createOrSelectStack(
    { stackName: home.stack, projectName: "hearth", program: program ?? (() => Promise.resolve({})) },
    workspace,
  );
}

/** Made once for a lab; without it its state cannot be read. */
function passphraseFile(home: LabHome): string {
  if (!existsSync(home.passphrase)) writeFileSync(home.passphrase, randomBytes(24).toString("base64url"), { mode: 0o600 });
  readFileSync(home.passphrase); // fails here, with the path, when it is not ours to read
  return home.passphrase;
}
