import { contains, parseAddress, parseCidr } from "../../config/cidr";
import { DEFAULTS } from "../../config/defaults";
import { listOf, type Answers } from "./answers";

/** The hosts that a URL of a state backend or secrets provider leads to. */
function hostsOf(url: string): readonly string[] {
  if (!URL.canParse(url)) return [];
  const parsed = new URL(url);
  const endpoint = parsed.searchParams.get("endpoint");
  const named = endpoint === null ? [] : [endpoint.replace(/^\w+:\/\//, "").replace(/[:/].*$/, "")];
  return [parsed.hostname, ...named].map((host) => host.replace(/^\[|\]$/g, "").toLowerCase()).filter((host) => host !== "");
}

/**
 * Whether something that the cluster needs in order to be made would run in it: what then keeps its state or
 * keys is gone exactly when they are needed. `surely` for an address that only the cluster can have, `maybe`
 * for a name under one of its domains.
 */
export function insideCluster(url: string, answers: Answers): "surely" | "maybe" | "no" {
  const own = [answers["pool"] ?? "", DEFAULTS.pods, DEFAULTS.services].flatMap((text) => parseCidr(text) ?? []);
  const nodes = Object.entries(answers).flatMap(([question, answer]) =>
    question.startsWith("address ") || question === "vip" ? [answer] : [],
  );
  const hosts = hostsOf(url);
  const surely = hosts.some((host) => {
    const address = parseAddress(host);
    return (
      nodes.includes(host) ||
      host.endsWith(".svc") ||
      host.endsWith(".cluster.local") ||
      (address !== undefined && own.some((network) => contains(network, address)))
    );
  });
  if (surely) return "surely";
  const domains = listOf(answers["domains"]);
  return hosts.some((host) => domains.some((domain) => host === domain || host.endsWith(`.${domain}`))) ? "maybe" : "no";
}
