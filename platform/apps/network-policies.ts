import { z } from "zod";
import { defineApp } from "../kit/app";
import { NETWORK_POLICIES_APP } from "../names";
import { defaultDeny } from "../network/policy";

/**
 * Closes the cluster's pods to each other. While it is on, every app has a policy beside it that opens what the app
 * asks for; this one is applied when all of them are there, so that switching it on cuts nobody off.
 */
export const networkPolicies = defineApp({
  name: NETWORK_POLICIES_APP,
  summary: "Default deny between pods, with a policy beside each app for what it needs",
  namespace: { name: "kube-system" },
  presence: "chosen",
  needs: [],
  after: [],
  options: z.strictObject({
    /** `audit`: policies are there and nothing is refused; `enforce`: what no policy allows is refused, once every other app is Ready. */
    mode: z
      .enum(["audit", "enforce"])
      .default("audit")
      .describe(
        "`audit`: policies are there and nothing is refused; `enforce`: what no policy allows is refused, once every other app is Ready.",
      ),
    /** Namespaces that stay open, such as those of your own workloads without policies. kube-system and flux-system always do. */
    exempt: z
      .array(z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be a DNS label"))
      .default([])
      .describe("Namespaces that stay open, such as those of your own workloads without policies. kube-system and flux-system always do."),
  }),
  objects: ({ options }) => [defaultDeny(options)],
  warnings: ({ options }) =>
    options.mode === "audit"
      ? ["network policies are in audit mode: they refuse nothing; set platform.network-policies.mode to enforce once they hold"]
      : [],
});
