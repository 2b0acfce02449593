import { downloadsFor } from "../../components/talos/images";
import type { Settings } from "../../config";
import { renderTree } from "../../platform/render";
import { table } from "../../cli/table";

/** What can be shown before anything runs: machines, images, the tree. */
export function printPlan(settings: Settings): void {
  const { cluster, nodes, git } = settings;
  console.log(
    `\ncluster ${cluster.name}: Talos ${cluster.installed.talos}, Kubernetes ${cluster.installed.kubernetes}, endpoint ${cluster.endpointUrl}`,
  );
  const rows = nodes.map((node) => [
    node.name,
    node.role,
    node.host,
    node.address.ipv4,
    String(node.vmId),
    `${node.cores}`,
    `${node.memoryMiB / 1024} GiB`,
  ]);
  console.log(table(["node", "role", "host", "address", "vm", "cores", "memory"], rows));
  console.log(`images: ${downloadsFor(settings).length}, tree: ${renderTree(settings).size} files in ${git.path}\n`);
}
