import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { UserError } from "../../config/user-error";
import { type Cluster, clusterOfStack, CONTRACT_VERSION } from "../../stacks/outputs";
import { KEYCLOAK, OUTPUTS } from "./cluster-outputs";

const NAME = "organization/hearth/home";
const SECRET = ["kubeconfig", "talosconfig", "fluxWebhookPath", "identityClientSecret"];

/** Puts a backend in place in which the one stack has these outputs; undefined: in which it is not. */
function backend(outputs: Readonly<Record<string, unknown>> | undefined, secretOutputNames: readonly string[] = SECRET): void {
  void pulumi.runtime.setMocks(
    {
      newResource: ({ inputs, name }) => ({ id: name, state: { ...inputs, outputs: outputs ?? {}, secretOutputNames } }),
      call: () => {
        if (outputs === undefined) throw Object.assign(new Error(), { details: `unknown stack "${NAME}"` }); // as an error of gRPC
        return { outputs };
      },
    },
    "hearth-tenant",
    "team",
    true,
  );
}

async function refusal(outputs: Readonly<Record<string, unknown>> | undefined, secretNames = SECRET): Promise<string> {
  backend(outputs, secretNames);
  const error: unknown = await clusterOfStack(NAME).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof UserError, String(error));
  assert.doesNotMatch(error.message, /\n/);
  return error.message;
}

describe("the outputs of a cluster, read by another stack", () => {
  it("are typed values, and secrets stay secrets", async () => {
    backend({ ...OUTPUTS, ...KEYCLOAK });
    const cluster: Cluster = await clusterOfStack(NAME);
    assert.equal(cluster.nodes[0]?.address, "192.0.2.11");
    assert.deepEqual([cluster.identity?.url, cluster.identity?.realm], ["https://auth.example.com", "home"]);
    for (const output of [cluster.kubeconfig, cluster.talosconfig, cluster.identityClientSecret]) {
      assert.ok(output !== undefined);
      assert.equal(await pulumi.isSecret(output), true);
    }
    assert.equal(await new Promise((done) => cluster.kubeconfig.apply(done)), "a kubeconfig");
  });

  it("lack what the cluster lacks", async () => {
    backend(OUTPUTS);
    const cluster = await clusterOfStack(NAME);
    assert.deepEqual(
      [cluster.identity, cluster.identityClientSecret, cluster.tunnel, cluster.fluxWebhookPath],
      [undefined, undefined, undefined, undefined],
    );
  });

  it("are refused in one line when there is no such stack", async () => {
    assert.match(await refusal(undefined), /^stack organization\/hearth\/home cannot be read: unknown stack .*deployed.*backend/);
  });

  it("are refused in one line when the stack was not deployed or was destroyed", async () => {
    assert.match(await refusal({}), /not deployed.*Run npm run up/);
  });

  it("are refused in one line when the stack is of another kind", async () => {
    assert.match(await refusal({ url: "https://example.com" }), /no cluster of Hearth's: its output kind is missing/);
    assert.match(await refusal({ ...OUTPUTS, kind: "shop" }), /kind is "shop", not "hearth.cluster"/);
  });

  it("are refused in one line when the stack is older, and when only newer readers understand it", async () => {
    assert.match(await refusal({ ...OUTPUTS, contract: CONTRACT_VERSION - 1 }), /too old.*contract 1, this stack reads 2\. Run npm run up/);
    assert.match(
      await refusal({ ...OUTPUTS, contract: CONTRACT_VERSION + 2, readableSince: CONTRACT_VERSION + 1 }),
      /too new.*Update this one/,
    );
    backend({ ...OUTPUTS, contract: CONTRACT_VERSION + 2, readableSince: CONTRACT_VERSION });
    assert.equal((await clusterOfStack(NAME)).name, "home");
  });

  it("are refused in one line, without the value, when one is not what the contract says", async () => {
    assert.match(await refusal({ ...OUTPUTS, nodes: [{ name: "cp-1" }] }), /its output nodes\.0\.\w+ is not what contract 2 says/);
    const { kubeconfig: _kubeconfig, ...without } = OUTPUTS;
    assert.match(await refusal(without), /it has no output kubeconfig/);
    const inClear = await refusal(OUTPUTS, ["talosconfig"]);
    assert.match(inClear, /its output kubeconfig is not secret/);
    assert.doesNotMatch(inClear, /a kubeconfig/);
  });
});
