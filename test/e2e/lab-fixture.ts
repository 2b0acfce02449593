import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { MachineFacts, TalosHelper, Toolchain, ToolName } from "../../lab/contracts";
import { textAt } from "../../lab/kubernetes/objects";
import { ensureToolchain } from "../../lab/toolchain/toolchain";

/** The real toolchain; `HEARTH_TOOLS` names a JSON file with paths of parts and modules that are at hand already. */
export async function realToolchain(): Promise<Toolchain> {
  const file = process.env["HEARTH_TOOLS"];
  if (file === undefined) return ensureToolchain({ progress: (line) => console.log(line) });
  const paths: unknown = JSON.parse(readFileSync(file, "utf8"));
  const need = (what: string, path: string | undefined): string => {
    if (path === undefined) throw new Error(`${file} names no ${what}`);
    return path;
  };
  return {
    path: (tool: ToolName) => need(tool, textAt(paths, tool)),
    moduleDir: (module) => need(module, textAt(paths, "modules", module)),
    remarks: [],
  };
}

/** Facts of machines of one cluster, out of real machine configs. */
export async function machines(
  helper: TalosHelper,
  wanted: readonly { readonly name: string; readonly address: string; readonly patches?: readonly string[] }[],
): Promise<readonly MachineFacts[]> {
  const { machineSecrets } = await helper.secrets({ contract: "v1.13" });
  return Promise.all(
    wanted.map(async ({ name, address, patches = [] }) => {
      const { machineConfiguration } = await helper.config({
        clusterName: "lab",
        clusterEndpoint: "https://127.10.0.10:6443",
        machineType: name.startsWith("cp") ? "controlplane" : "worker",
        machineSecrets,
        kubernetesVersion: "1.36.3",
        contract: "v1.13",
        configPatches: [
          "cluster: { network: { cni: { name: none } }, proxy: { disabled: true } }",
          `apiVersion: v1alpha1\nkind: HostnameConfig\nauto: off\nhostname: ${name}\n`,
          `apiVersion: v1alpha1\nkind: LinkConfig\nname: eth0\naddresses:\n  - address: ${address}/24\n`,
          ...patches,
        ],
      });
      return helper.inspect({ config: machineConfiguration });
    }),
  );
}

/** Asks until the answer is not undefined. @returns the answer. @throws Error that says what was waited for, after the deadline. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>, deadlineMs = 60_000, intervalMs = 50): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`${what}: not after ${deadlineMs / 1000} s`);
    await sleep(intervalMs);
  }
}

/** Proportional memory of processes in MiB; undefined where the system does not tell. */
export function pssMib(pids: readonly number[]): number | undefined {
  try {
    const sizes = pids.map((pid) => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0));
    return Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1024);
  } catch {
    return undefined;
  }
}
