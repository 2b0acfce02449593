import assert from "node:assert/strict";
import type { KubeObject } from "../../../lab/kubernetes/objects";
import { aiGateway } from "../../../lab/kubernetes/stand-ins/ai-gateway";
import type { StandInContext } from "../../../lab/kubernetes/stand-ins/stand-in";

const AI = "aigateway.envoyproxy.io/v1beta1";
const EG = "gateway.envoyproxy.io/v1alpha1";
const GW = "gateway.networking.k8s.io/v1";

function object(apiVersion: string, kind: string, name: string, spec: unknown = {}, more: Partial<KubeObject> = {}): KubeObject {
  return { apiVersion, kind, metadata: { name, namespace: "ns", uid: "u", generation: 1 }, spec, ...more };
}

const gateway = object(GW, "Gateway", "ai");
const backend = object(EG, "Backend", "azure");
const service = object(AI, "AIServiceBackend", "azure-v1", { backendRef: { group: "gateway.envoyproxy.io", kind: "Backend", name: "azure" } });
const credential = object("v1", "Secret", "key", undefined, { data: { apiKey: "a2V5" } });
const policy = object(AI, "BackendSecurityPolicy", "azure", {
  targetRefs: [{ kind: "AIServiceBackend", name: "azure-v1" }],
  azureAPIKey: { secretRef: { name: "key" } },
});
const route = object(AI, "AIGatewayRoute", "models", {
  parentRefs: [{ kind: "Gateway", name: "ai" }],
  hostnames: ["ai.example.com"],
  rules: [{ matches: [{ headers: [{ name: "x-ai-eg-model", value: "o3" }] }], backendRefs: [{ name: "azure-v1" }], timeouts: { request: "9s" } }],
});
const tools = object(AI, "MCPRoute", "mcp", {
  parentRefs: [{ kind: "Gateway", name: "ai" }],
  backendRefs: [{ name: "azure", securityPolicy: { apiKey: { secretRef: { name: "key" } } } }],
});
const ALL = [gateway, backend, service, credential, policy, route, tools];

/** What the stand-in of a kind writes, given these objects: conditions by type, and objects that it makes. */
async function run(kind: string, objects: readonly KubeObject[]): Promise<{ conditions: string[]; made: KubeObject[] }> {
  const standIn = aiGateway.find((each) => each.kind === kind);
  assert.ok(standIn !== undefined);
  const [conditions, made]: [string[], KubeObject[]] = [[], []];
  const client = {
    merge: (path: string, patch: { status: { conditions: { type: string; message: string }[] } }) => {
      conditions.push(`${path.split("/").slice(-2)[0]} ${patch.status.conditions[0]?.type}`);
      return Promise.resolve(undefined);
    },
    apply: (each: KubeObject) => {
      made.push(each);
      return Promise.resolve(undefined);
    },
  };
  const plural = (each: KubeObject): string => `${each.kind.toLowerCase().replace(/cy$/, "cie")}s`;
  const items = (path: string): readonly KubeObject[] => objects.filter((each) => path.endsWith(`/${plural(each)}`));
  await standIn.reconcile({ client, items } as unknown as StandInContext); // the stand-ins use two methods of the client
  return { conditions, made };
}

describe("the stand-ins for Envoy AI Gateway's controller", () => {
  const needs: readonly (readonly [KubeObject, readonly KubeObject[]])[] = [
    [service, [backend]],
    [policy, [service, credential]],
    [route, [gateway, service]],
    [tools, [gateway, backend, credential]],
  ];

  for (const [subject, references] of needs) {
    it(`accept a ${subject.kind} when everything that it refers to is there, and not before`, async () => {
      assert.deepEqual((await run(subject.kind, ALL)).conditions, [`${subject.metadata.name} Accepted`]);
      for (const reference of references) {
        const { conditions, made } = await run(
          subject.kind,
          ALL.filter((each) => each !== reference),
        );
        assert.deepEqual(conditions, [`${subject.metadata.name} NotAccepted`], reference.kind);
        assert.deepEqual(made, []);
      }
    });
  }

  it("make the HTTPRoute of a route of models, under its name, host and time, to the Backend of its region", async () => {
    const [made] = (await run("AIGatewayRoute", ALL)).made;
    assert.equal(made?.metadata.name, "models");
    assert.deepEqual(made?.spec, {
      parentRefs: [{ kind: "Gateway", name: "ai" }],
      hostnames: ["ai.example.com"],
      rules: [
        {
          matches: [{ headers: [{ name: "x-ai-eg-model", value: "o3" }], path: { type: "PathPrefix", value: "/" } }],
          backendRefs: [{ group: "gateway.envoyproxy.io", kind: "Backend", name: "azure" }],
          timeouts: { request: "9s" },
        },
      ],
    });
  });

  it("make the HTTPRoute and the proxy's Backend of a route of tools", async () => {
    const { made } = await run("MCPRoute", ALL);
    assert.deepEqual(
      made.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      ["Backend ns-mcp-mcp-proxy", "HTTPRoute ai-eg-mcp-main-mcp"],
    );
  });

  it("write nothing a second time", async () => {
    const { made } = await run("AIGatewayRoute", ALL);
    const accepted = { ...route, status: { conditions: [{ type: "Accepted", message: "Said by the lab's stand-in" }] } };
    const again = await run("AIGatewayRoute", [...ALL.filter((each) => each !== route), accepted, ...made]);
    assert.deepEqual(again, { conditions: [], made: [] });
  });
});
