import { join } from "node:path";
import { spreadProblems } from "../components/machines/plan";
import { formatProblems } from "../config/messages";
import type { Role, Settings } from "../config/settings";
import { loadStackFile } from "../config/stack-file";
import { UserError } from "../config/user-error";
import { appSchemas } from "../platform/app-options";
import { planPlatform, platformProblems } from "../platform/plan";
import { exitWith } from "./exit";
import { stackFilePath } from "./stack-settings";

const USAGE = "usage: npm run check -- <stack>";

/** The settings in a few lines, for a reader who wants to see that they were understood. */
export function summarise({ stack, cluster, network, nodes, proxmox, cloudflare, platform }: Settings): string {
  const count = (role: Role): number => nodes.filter((node) => node.role === role).length;
  const hosts = proxmox.flatMap((each) => each.hosts).length;
  return [
    `Pulumi.${stack}.yaml holds together.`,
    `  cluster   ${cluster.name}: Talos ${cluster.installed.talos}, Kubernetes ${cluster.installed.kubernetes}, at ${cluster.endpointUrl}`,
    `  nodes     ${count("controlplane")} control planes, ${count("worker")} workers on ${hosts} hosts`,
    `  network   ${network.nodes.ipv4}${network.nodes.ipv6 === undefined ? "" : ` and ${network.nodes.ipv6}`}, services from ${network.loadBalancerPool.ipv4} by ${network.announce.mode}`,
    `  domains   ${cluster.domains.join(", ")}${cloudflare === undefined ? ", no edge" : `, edge by tunnel ${cloudflare.tunnelName}`}`,
    `  platform  ${Object.keys(platform).join(", ") || "nothing"}`,
    "",
  ].join("\n");
}

/** What is allowed and seldom meant: of apps, such as alerts that reach nobody, and of machines. */
export function notesOf(settings: Settings): readonly string[] {
  const apps = planPlatform(settings).flatMap(({ name, warnings }) => warnings.map((warning) => `${name}: ${warning}`));
  return [...apps, ...spreadProblems(settings).map(({ message }) => message)];
}

/**
 * Checks a stack file without Pulumi, a passphrase or a network and prints its problems, or a summary.
 * @returns the exit code: 1 when there are problems.
 * @throws UserError for wrong arguments or a file that cannot be read.
 */
export function check(args: readonly string[], project: string): 0 | 1 {
  const [stack, ...rest] = args;
  if (stack === undefined || rest.length > 0 || stack.startsWith("-")) throw new UserError(USAGE);
  const { settings, problems } = loadStackFile(stackFilePath(stack, project), { apps: appSchemas, further: platformProblems });
  if (settings === undefined) {
    process.stderr.write(
      `Pulumi.${stack}.yaml has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}:\n${formatProblems(problems)}\n`,
    );
    return 1;
  }
  process.stdout.write(summarise(settings));
  for (const note of notesOf(settings)) process.stdout.write(`  note      ${note}\n`);
  return 0;
}

if (require.main === module) void exitWith(() => check(process.argv.slice(2), join(__dirname, "..")));
