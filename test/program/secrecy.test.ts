import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { join } from "node:path";
import program from "../../index";
import { asSecret } from "../../components/secret";
import { isRecord } from "../../config/path";
import { SecretValue } from "../../config/secret-value";
import { loadSettings } from "../../stacks/load-settings";
import { CanaryScan } from "../e2e/canary-scan";
import { isMarked, plainPart, runWithSecrets, type SecretRun, type Sent, valueAt } from "./secret-mocks";
import { ROOT } from "./under-mocks";

const STACKS = ["test/fixtures/stacks/Pulumi.bgp.yaml", "Pulumi.lab.yaml"];

describe("the secrets of the program", () => {
  for (const stack of STACKS) {
    describe(`with ${stack}`, function () {
      this.timeout(60_000);
      let run: SecretRun;
      before(async () => {
        run = await runWithSecrets(join(ROOT, stack));
      });
      const ofType = (type: string): readonly Sent[] => run.sent.filter((each) => each.type === type);

      it("reach the engine as secrets only: no plain input and no plain output holds any", () => {
        assert.ok(run.canaries.length >= 18, `${run.canaries.length} secrets`);
        assert.ok(run.sent.length > 40, `${run.sent.length} resources`);
        assert.deepEqual(plainSecrets(run), []);
      });

      it("do reach what needs them", () => {
        const scan = new CanaryScan(run.canaries);
        const everything = Buffer.from(JSON.stringify(run.sent));
        const reached = new Set(scan.scan({ channel: "", where: "", data: everything }).map(({ canary }) => canary));
        const givenAway = run.canaries.map(({ name }) => name).filter((name) => !reached.has(name));
        // One is read inside a gate only, which is no resource; of the other the identity is made.
        assert.deepEqual(
          givenAway.filter((name) => !/kubernetesClientConfiguration|age-identity\.base64/.test(name)),
          [],
        );
      });

      it("are the data of every Secret, whole", () => {
        const secrets = ofType("kubernetes:core/v1:Secret");
        assert.ok(secrets.length >= 4);
        for (const { name, values } of secrets) {
          const data = isRecord(values) ? values["data"] : undefined;
          assert.ok(isMarked(data), name);
          assert.ok(Object.keys(valueAt(data) ?? {}).length > 0, name);
          assert.equal(valueAt(values, "stringData"), undefined, name);
        }
      });

      it("are what providers are configured with", () => {
        const configured = [
          ["pulumi:providers:proxmoxve", "apiToken"],
          ["pulumi:providers:cloudflare", "apiToken"],
          ["pulumi:providers:kubernetes", "kubeconfig"],
        ] as const;
        for (const [type, field] of configured) {
          const providers = ofType(type);
          assert.ok(providers.length > 0, type);
          for (const { name, values } of providers) assert.ok(isRecord(values) && isMarked(values[field]), `${name} ${field}`);
        }
      });
    });
  }

  it("are secrets from the moment they leave the settings", async () => {
    assert.equal(await pulumi.isSecret(asSecret(SecretValue.of("a-secret-setting"))), true);
  });

  const faults: Readonly<Record<string, () => Promise<pulumi.Inputs>>> = {
    "an output in clear": async () => {
      const outputs = await program();
      return { ...outputs, leak: pulumi.unsecret(pulumi.output(outputs["kubeconfig"])) };
    },
    "a plain input": async () => {
      const outputs = await program();
      new pulumi.Stash("leak", { input: { url: `https://lab:${loadSettings().cloudflare?.token.reveal()}@example.com` } });
      return outputs;
    },
    "a plain output of a component": async () => {
      class Leak extends pulumi.ComponentResource {
        constructor() {
          super("test:index:Leak", "leak");
          this.registerOutputs({ token: Buffer.from(loadSettings().cloudflare?.token.reveal() ?? "").toString("base64") });
        }
      }
      const outputs = await program();
      new Leak();
      return outputs;
    },
  };
  for (const [fault, twin] of Object.entries(faults)) {
    it(`are seen in ${fault}`, async function () {
      this.timeout(60_000);
      assert.equal(plainSecrets(await runWithSecrets(join(ROOT, "Pulumi.lab.yaml"), twin)).length, 1);
    });
  }
});

/** Every secret outside a mark, by where it is. */
function plainSecrets({ sent, canaries }: SecretRun): readonly string[] {
  const scan = new CanaryScan(canaries);
  const found = sent.flatMap(({ type, name, values }) =>
    scan.scan({ channel: type, where: name, data: Buffer.from(JSON.stringify(plainPart(values)) ?? "") }),
  );
  return [...new Set(found.map(({ channel, where, canary }) => `${channel} ${where}: ${canary}`))];
}
