import assert from "node:assert/strict";
import type { Settings } from "../../config/settings";
import { planPlatform, platformProblems, type AppPlan } from "../../platform/plan";
import { renderTree } from "../../platform/render";
import { once } from "../once";
import { CHOSEN, stack, withApps } from "./tree-rules/stacks";

/** Files that belong to no one app, and files of other apps that say something of this one: which app, which paths, and why. */
const SHARED: readonly { readonly app: string | "any"; readonly paths: RegExp; readonly why: string }[] = [
  { app: "any", paths: /^(kustomization\.yaml|hearth\.json)$/, why: "the list of stages, and the stamp of settings and tree" },
  { app: "any", paths: /^apps\/network-policies\.yaml$/, why: "the default deny comes after every app's own policy" },
  {
    app: "any",
    paths: /^apps\/[^/]+\/(ciliumnetworkpolicy-[^/]+|kustomization)\.yaml$/,
    why: "who may connect to whom is said on both sides, and listed",
  },
  {
    app: "proxmox-csi",
    paths: /^apps\/[^/]+\/(statefulset|cluster|persistentvolumeclaim|helmrelease)-[^/]+\.yaml$/,
    why: "volumes name its class",
  },
  { app: "any", paths: /^apps\/crds\//, why: "kinds that more than one app needs are there while one of them is on" },
  {
    app: "any",
    paths: /^apps\/oauth2-proxy-access\/(configmap|job)-oidc-client-oauth2-proxy-/,
    why: "its client names a redirect URI for every host that it guards",
  },
  {
    app: "proxmox-csi",
    paths: /^(apps\/volsync-config\/replicationsource-|restore\/)/,
    why: "copies of volumes, and what brings them back, name its class",
  },
  { app: "volsync", paths: /^buckets\//, why: "the list of buckets that a store elsewhere must have" },
  { app: "alloy", paths: /^apps\/rustfs\/statefulset-/, why: "spans go through it" },
  {
    app: "kube-prometheus-stack",
    paths: /^apps\/(alloy\/helmrelease|tempo\/(configmap|statefulset))-/,
    why: "samples go there",
  },
  {
    app: "envoy-gateway",
    paths: /^apps\/cert-manager-access(\.yaml|\/certificate-)/,
    why: "the wildcards' certificates are in the namespace of the gateways",
  },
  {
    app: "envoy-ai-gateway",
    paths:
      /^apps\/envoy-gateway(-config\/(gateway|envoyproxy|clienttrafficpolicy)-ai\.yaml|\/helmrelease-|-config\/httproute-https-redirect)/,
    why: "it has a Gateway of its own, and a place in Envoy Gateway's configuration",
  },
  {
    app: "mcp-gateway",
    paths: /^apps\/envoy-gateway-config\/((gateway|envoyproxy|clienttrafficpolicy)-mcp\.yaml|httproute-https-redirect)/,
    why: "it has a Gateway of its own",
  },
  {
    app: "network-policies",
    paths: /^apps\/hubble-ui(-access)?\.yaml$/,
    why: "Cilium's release is not ours: without policies there is nothing to apply",
  },
  { app: "tempo", paths: /^apps\/[^/]+\/(statefulset|deployment|keycloak|helmrelease|envoyproxy)-[^/]+\.yaml$/, why: "spans go there" },
];

const treeOf = once((settings: Settings) => renderTree(settings));
const plansOf = once((settings: Settings) => planPlatform(settings));

/** Everything that says how an app is applied, what it makes and what it tells people. */
function ownPaths(plan: AppPlan | undefined, tree: ReadonlyMap<string, string>): readonly string[] {
  if (plan === undefined) return [];
  const stages = new Set(plan.stages.map(({ name }) => name));
  const documents = new Set(Object.keys(plan.documents));
  return [...tree.keys()].filter((path) => documents.has(path) || stages.has(/^apps\/([^/]+?)(\.yaml$|\/)/.exec(path)?.[1] ?? ""));
}

/** Apps that wait for another, be it only with their access, or that are after something of its own making. */
function dependantsOf(name: string, plans: readonly AppPlan[]): readonly AppPlan[] {
  const stages = new Set(plans.find((plan) => plan.name === name)?.stages.map((stage) => stage.name));
  return plans.filter(
    (plan) => plan.dependsOn.includes(name) || plan.stages.some(({ dependsOn }) => dependsOn.some((other) => stages.has(other))),
  );
}

/** Paths that differ although they belong neither to the app nor to a dependant nor to the shared ones. */
function foreignChanges(name: string, on: Settings, off: Settings): readonly string[] {
  const [before, after] = [treeOf(off), treeOf(on)];
  const plans = plansOf(on);
  const owners = [plans.find((plan) => plan.name === name), ...dependantsOf(name, plans)];
  const left = new Map(plansOf(off).map((plan) => [plan.name, plan]));
  const allowed = new Set(owners.flatMap((plan) => [...ownPaths(plan, after), ...ownPaths(left.get(plan?.name ?? ""), before)]));
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
  return changed.filter(
    (path) => !allowed.has(path) && !SHARED.some(({ app, paths }) => (app === "any" || app === name) && paths.test(path)),
  );
}

function without(name: string, settings: Settings): Settings {
  return { ...settings, platform: Object.fromEntries(Object.entries(settings.platform).filter(([app]) => app !== name)) };
}

describe("turning an app on or off", function () {
  this.timeout(120_000);

  for (const name of CHOSEN) {
    it(`changes only its own files, its dependants' and shared ones: ${name}`, () => {
      const alone = withApps([name]);
      assert.deepEqual(foreignChanges(name, alone, without(name, alone)), []);
      const rest = without(name, stack("all"));
      if (platformProblems(rest).length === 0 && name in stack("all").platform)
        assert.deepEqual(foreignChanges(name, stack("all"), rest), []);
    });
  }

  it("would be seen to change another app's files", () => {
    const on = withApps(["echo", "reloader"]);
    const off = without("echo", { ...on, cluster: { ...on.cluster, name: "other" }, platform: { ...on.platform, reloader: {} } });
    const doctored = { ...off, network: { ...off.network, loadBalancerPool: { ipv4: "127.20.0.128/26" } } };
    assert.ok(foreignChanges("echo", on, doctored).some((path) => path.startsWith("apps/cilium-networks/")));
  });
});
