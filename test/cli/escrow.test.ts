import assert from "node:assert/strict";
import { escrowBundle, type Deployment } from "../../cli/escrow-bundle";
import { UserError } from "../../config";

const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});
const NOW = new Date("2026-01-02T03:04:05Z");

function deployment(): { deployment: { resources: Deployment["deployment"]["resources"] } } {
  return {
    deployment: {
      resources: [
        { type: "pulumi:pulumi:Stack", urn: "urn::stack", outputs: { name: "home", talosconfig: secret("context: home") } },
        {
          type: "talos:machine/secrets:Secrets",
          urn: "urn::machine-secrets",
          outputs: { machineSecrets: { cluster: { id: "id", secret: secret("s") } } },
        },
        {
          type: "kubernetes:core/v1:Secret",
          urn: "urn::secret/flux-system/sops-age",
          inputs: { data: secret({ "age.agekey": Buffer.from("AGE-SECRET-KEY-1X").toString("base64") }) },
        },
      ],
    },
  };
}

describe("the escrow", () => {
  it("holds machine secrets, age key and talosconfig in clear, to be encrypted as a whole", () => {
    assert.deepEqual(escrowBundle(deployment(), "home", NOW), {
      stack: "home",
      cluster: "home",
      written: "2026-01-02T03:04:05.000Z",
      machineSecrets: { cluster: { id: "id", secret: "s" } },
      ageIdentity: "AGE-SECRET-KEY-1X",
      talosconfig: "context: home",
    });
  });

  it("is refused in one line when a part of it is not there yet", () => {
    for (const missing of [0, 1, 2]) {
      const resources = deployment().deployment.resources?.filter((_, index) => index !== missing);
      assert.throws(
        () => escrowBundle({ deployment: { resources } }, "home", NOW),
        (error: unknown) => error instanceof UserError && /no cluster yet/.test(error.message),
      );
    }
    assert.throws(() => escrowBundle({ deployment: {} }, "home", NOW), UserError);
  });
});
