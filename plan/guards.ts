/** Guards that a change makes weaker. A policy judges what is; this says what was safer before. */
import type { ProxmoxSettings, Settings } from "../config/settings";
import type { AppHost } from "../platform/kit/requests";
import { enabledApps, namespacesOf, planPlatform } from "../platform/plan";
import type { PolicyFinding } from "./finding";

/** Everything that protects less after the change. None of it stops the change: a person decides. */
export function weakerGuards(before: Settings, after: Settings): readonly PolicyFinding[] {
  return [
    ...deletionProtection(before, after),
    ...trust(before, after),
    ...nodes(before, after),
    ...networkPolicies(before, after),
    ...podSecurity(before, after),
    ...hosts(before, after),
    ...announcement(before, after),
  ];
}

function weaker(subject: string, message: string): PolicyFinding {
  return { rule: "guards.weaker", level: "advisory", subject, message };
}

/** Whether one word is weaker than another, by a list from strong to weak; an unknown word is the weakest. */
function isWeaker(order: readonly string[], before: string, after: string): boolean {
  const rank = (word: string): number => (order.includes(word) ? order.indexOf(word) : order.length);
  return rank(after) > rank(before);
}

function deletionProtection({ cluster: before }: Settings, { cluster: after }: Settings): readonly PolicyFinding[] {
  return before.deletionProtection && !after.deletionProtection
    ? [weaker("cluster.deletionProtection", "off: machines and their disks can be deleted from the next `up` on")]
    : [];
}

function trust(before: Settings, after: Settings): readonly PolicyFinding[] {
  return after.proxmox.flatMap(({ name, tls }) => {
    const old: ProxmoxSettings | undefined = before.proxmox.find((each) => each.name === name);
    return tls.mode === "insecure" && old !== undefined && old.tls.mode !== "insecure"
      ? [weaker(`proxmox.${name}.tls`, "the certificate of Proxmox is no longer checked")]
      : [];
  });
}

function nodes(before: Settings, after: Settings): readonly PolicyFinding[] {
  return after.nodes.flatMap((node) => {
    const old = before.nodes.find(({ name }) => name === node.name);
    if (old === undefined) return [];
    return [
      ...(old.secureBoot && !node.secureBoot ? [weaker(`nodes.${node.name}.secureBoot`, "off")] : []),
      ...(isWeaker(["tpm", "node-id", "none"], old.diskEncryption, node.diskEncryption)
        ? [weaker(`nodes.${node.name}.diskEncryption`, `${old.diskEncryption} → ${node.diskEncryption}`)]
        : []),
    ];
  });
}

function networkPolicies(before: Settings, after: Settings): readonly PolicyFinding[] {
  const app = "network-policies";
  const modeOf = (settings: Settings): string =>
    enabledApps(settings).has(app) ? String(settings.platform[app]?.["mode"] ?? "audit") : "off";
  const exemptIn = (settings: Settings): readonly string[] => {
    const exempt = settings.platform[app]?.["exempt"];
    return Array.isArray(exempt) ? exempt.map(String) : [];
  };
  const [old, now] = [modeOf(before), modeOf(after)];
  const opened = old === "off" || now === "off" ? [] : exemptIn(after).filter((name) => !exemptIn(before).includes(name));
  return [
    ...(isWeaker(["enforce", "audit", "off"], old, now)
      ? [weaker(`platform.${app}`, `${old} → ${now}: ${now === "off" ? "there are no policies" : "nothing is refused"} any more`)]
      : []),
    ...opened.map((name) => weaker(`platform.${app}.exempt`, `namespace ${name} is open to every pod`)),
  ];
}

function podSecurity(before: Settings, after: Settings): readonly PolicyFinding[] {
  const old = new Map(namespacesOf(before).map(({ name, podSecurity: level }) => [name, level ?? "none"]));
  return namespacesOf(after).flatMap(({ name, podSecurity: level = "none" }) => {
    const was = old.get(name);
    return was !== undefined && isWeaker(["restricted", "baseline", "privileged"], was, level)
      ? [weaker(`namespace ${name}`, `Pod Security ${was} → ${level}`)]
      : [];
  });
}

/** A host that is new and open to anyone counts, too. */
function hosts(before: Settings, after: Settings): readonly PolicyFinding[] {
  const old = new Map(hostsOf(before).map((host) => [host.host, host]));
  return hostsOf(after).flatMap(({ host, gateway, protection }) => {
    const was = old.get(host);
    if (was === undefined) return protection.by === "public" && gateway === "external" ? [weaker(host, "is new and open to anyone")] : [];
    return [
      ...(isWeaker(["gateway", "app", "public"], guardOf(was), guardOf({ protection }))
        ? [weaker(host, `protection ${was.protection.by} → ${protection.by}`)]
        : []),
      ...(was.gateway === "internal" && gateway === "external" ? [weaker(host, "was reached from home only, now from the Internet")] : []),
    ];
  });
}

/** Who lets callers in: the gateway, in whichever way, the app itself, or nobody. */
function guardOf({ protection }: Pick<AppHost, "protection">): string {
  return protection.by === "app" || protection.by === "public" ? protection.by : "gateway";
}

function hostsOf(settings: Settings): readonly AppHost[] {
  return planPlatform(settings).flatMap((app) => app.hosts);
}

function announcement({ network: before }: Settings, { network: after }: Settings): readonly PolicyFinding[] {
  const password = ({ announce }: Settings["network"]): boolean => announce.mode === "bgp" && announce.password !== undefined;
  return after.announce.mode === "bgp" && password(before) && !password(after)
    ? [weaker("network.announce.password", "the router takes routes from anybody in the node network")]
    : [];
}
