/** The judge of machine configs: Talos' own library, in the helper binary that the lab's toolchain builds. */
import type { MachineSecrets, TalosHelper } from "../../../lab/contracts";
import { startTalosHelper } from "../../../lab/toolchain/talos-helper-client";
import { ensureToolchain } from "../../../lab/toolchain/toolchain";

/** Where the binary is: named by `HEARTH_TALOS_HELPER`, or in the toolchain's cache. Nothing is built here. */
async function helperPath(): Promise<string> {
  const named = process.env["HEARTH_TALOS_HELPER"];
  if (named !== undefined && named !== "") return named;
  const build = (): Promise<never> => Promise.reject(new Error("it is not in the toolchain's cache"));
  const toolchain = await ensureToolchain({ only: ["talos-helper"], progress: () => {}, seams: { build } });
  return toolchain.path("talos-helper");
}

/** One judge and one set of secrets for a file of tests; without a binary the tests do not run, and the reason is printed. */
export async function openJudge(context: Mocha.Context): Promise<{ judge: TalosHelper; machineSecrets: MachineSecrets }> {
  let path: string;
  try {
    path = await helperPath();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.log(`      not run, since talos-helper is missing (${reason}): npm test builds it first, HEARTH_TALOS_HELPER names one`);
    return context.skip();
  }
  const judge = startTalosHelper(path);
  const { machineSecrets } = await judge.secrets({ contract: "v1.13" });
  return { judge, machineSecrets };
}
