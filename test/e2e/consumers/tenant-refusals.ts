import type { PulumiFn } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { CONTRACT_VERSION } from "../../../stacks/outputs";
import { TenantStack } from "./tenant-stack";
import type { ConsumerWorld } from "./world";

/** What is refused before anything is made, with the real engine: clusters that cannot be read, and settings. */
export function describeRefusals(world: ConsumerWorld): void {
  describe("tenants that cannot be", () => {
    const settings = (cluster: string, namespace = "shop"): string =>
      `config:\n  hearth-tenant:cluster: ${cluster}\n  hearth-tenant:tenants:\n    shop:\n      namespaces:\n        ${namespace}: {}\n`;

    /** A stack of another program, with these outputs; without any it is not deployed. */
    const producer = async (stack: string, outputs?: Readonly<Record<string, unknown>>): Promise<string> => {
      const program: PulumiFn = () => Promise.resolve({ ...outputs });
      const made = await world.open({ project: "tenant", stack, stackFile: "config: {}\n", program });
      if (outputs !== undefined) await made.up();
      return `organization/hearth-tenant/${stack}`;
    };

    const refusal = async (stackFile: string, stack: string): Promise<readonly string[]> => {
      const tenants = await TenantStack.open(world, stack, stackFile);
      const [preview, up] = [await tenants.refusal("preview"), await tenants.refusal("up")];
      assert.deepEqual([preview.made, up.made], [[], []]);
      assert.deepEqual(preview.errors, up.errors);
      return up.errors;
    };

    /** What the engine adds of its own when any program fails. */
    const said = (errors: readonly string[]): readonly string[] => errors.filter((error) => !/^(preview|update) failed$/.test(error));

    it("get one line for a cluster stack that is missing, not deployed, of another kind or older", async () => {
      const missing = "organization/hearth/nowhere";
      const [idle, shop, older] = [
        await producer("idle"),
        await producer("site", { url: "https://example.com" }),
        await producer("older", { kind: "hearth.cluster", contract: 1 }),
      ];
      for (const [cluster, line] of [
        [missing, `stack ${missing} cannot be read: unknown stack "${missing}". Is it deployed, and is this its backend (pulumi login)?`],
        [idle, `stack ${idle} was not deployed, or was destroyed: it has no outputs. Run npm run up for it first`],
        [shop, `stack ${shop} is no cluster of Hearth's: its output kind is missing, not "hearth.cluster"`],
        [
          older,
          `stack ${older} is too old to be read: its outputs are of contract 1, this stack reads ${CONTRACT_VERSION}. Run npm run up for it with this version`,
        ],
      ] as const) {
        assert.deepEqual(said(await refusal(settings(cluster), `on-${cluster.split("/").at(-1) ?? ""}`)), [line]);
      }
    });

    it("get one line for a namespace of the platform, whether its app is on or off", async () => {
      const line = (namespace: string, owner: string) =>
        `stack taking-${namespace}: hearth-tenant:tenants.shop.namespaces.${namespace} belongs to ${owner}: choose another name [tenant.namespace-owned]`;
      for (const [namespace, owner] of [
        ["flux-system", "Flux"],
        ["keycloak", "the platform's keycloak"],
        ["grafana", "the platform's grafana"],
      ] as const) {
        assert.deepEqual(said(await refusal(settings(world.cluster, namespace), `taking-${namespace}`)), [line(namespace, owner)]);
      }
    });
  });
}
