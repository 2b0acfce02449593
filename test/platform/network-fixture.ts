import { parse } from "yaml";
import { z } from "zod";
import { networkPolicies } from "../../platform/apps/network-policies";
import { defineApp, type App, type AppDefinition } from "../../platform/kit/app";
import { PROXIES_NAMESPACE, PROXY_LABELS } from "../../platform/names";
import { renderTree, type Tree } from "../../platform/render";
import type { Party, Policy } from "./network-model";
import { settings } from "./settings";

type Definition = AppDefinition<z.ZodObject>;

/** An app that does nothing but what a test says, in a namespace of its own name. */
export function app(name: string, overrides: Partial<Definition> = {}): App {
  return defineApp({
    name,
    summary: name,
    namespace: { name },
    presence: "always",
    needs: [],
    after: [],
    options: z.strictObject({}),
    ...overrides,
  });
}

/** Settings with the default deny. */
export const on = (mode: "audit" | "enforce", exempt: readonly string[] = []) =>
  settings({ platform: { "network-policies": { mode, exempt: [...exempt] } } });

/** Policies of a tree as the files have them. */
export function policiesIn(tree: Tree): readonly Policy[] {
  return [...tree].filter(([path]) => /\/cilium(clusterwide)?networkpolicy-[^/]*\.yaml$/.test(path)).map(([, text]): Policy => parse(text));
}

/** The policies that stand with these apps. */
export function policiesOf(apps: readonly App[], given = on("enforce")): readonly Policy[] {
  return policiesIn(renderTree(given, [...apps, networkPolicies]));
}

/** A pod, by namespace and labels. */
export const pod = (namespace: string, labels: Readonly<Record<string, string>> = {}): Party => ({ namespace, labels });
/** A proxy of the gateways. */
export const PROXY = pod(PROXIES_NAMESPACE, PROXY_LABELS);
/** The pod that reads metrics. */
export const PROMETHEUS = pod("monitoring", { "app.kubernetes.io/name": "prometheus" });

/** Whoever the peer `gateways` is. */
export const GATEWAYS = app("envoy-gateway", { namespace: { name: PROXIES_NAMESPACE } });
