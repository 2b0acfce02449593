import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ProcessSpec } from "./processes";
import { KUBELET_LABEL } from "./node-agent";

const STAGES = join(__dirname, "stages");

/** The stages by which KWOK plays nodes and pods, as one file. */
export function stages(): string {
  const files = readdirSync(STAGES).filter((file) => file.endsWith(".yaml"));
  return files
    .sort()
    .map((file) => readFileSync(join(STAGES, file), "utf8"))
    .join("\n---\n");
}

/** KWOK as a process: it plays the nodes whose kubelet runs and their pods; leases are the node agents' own. */
export function kwok(args: { readonly command: string; readonly kubeconfig: string; readonly stagesFile: string; readonly podCidr: string }): ProcessSpec {
  return {
    name: "kwok",
    command: args.command,
    args: [
      `--kubeconfig=${args.kubeconfig}`,
      `--config=${args.stagesFile}`,
      `--manage-nodes-with-label-selector=${KUBELET_LABEL}=running`,
      "--manage-all-nodes=false",
      "--node-lease-duration-seconds=0",
      `--cidr=${args.podCidr}`,
      "--server-address=127.0.0.1:0",
    ],
    graceMs: 5_000,
  };
}
