import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { FLUX_NAMESPACE, RECONCILER } from "../../platform/names";
import { secretsOf } from "../../platform/plan";
import { renderTree } from "../../platform/render";
import { CHARTS, COMPONENTS } from "../../platform/versions";
import { webhookPath } from "../../platform/webhook-path";
import { moduleFolder } from "./go-module";
import { settings } from "./settings";

describe("the webhook's path", () => {
  it("is the digest of token, name and namespace that notification-controller computes", () => {
    // Digest taken with sha256sum of "secret" + "flux-webhook" + "flux-system".
    assert.equal(webhookPath("secret"), "/hook/9a6620f127f1a5cb6f079e9ceb357929d33d999e0eb4a351b9b4d7eebea248d2");
    assert.equal(webhookPath("token", "receiver", "apps"), "/hook/195c2b76c0e944d3f19a45b11efe1d1126e05772e4277738986657e2f707fac0");
  });

  it("belongs to the Receiver of the tree", () => {
    const receiver = parse(renderTree(settings()).get("apps/flux-webhook/receiver-flux-webhook.yaml") ?? "");
    const { name, namespace } = receiver.metadata;
    assert.equal(webhookPath("t"), webhookPath("t", name, namespace));
    const spec = secretsOf(settings()).find((secret) => secret.name === receiver.spec.secretRef.name);
    assert.deepEqual(Object.keys(spec?.data ?? {}), ["token"]);
  });

  it("takes the events that each kind of sender has", () => {
    const events = (type: string) =>
      parse(renderTree(settings({ platform: { "flux-webhook": { type } } })).get("apps/flux-webhook/receiver-flux-webhook.yaml") ?? "").spec
        .events;
    assert.deepEqual(events("github"), ["ping", "push"]);
    assert.deepEqual(events("gitlab"), ["Push Hook", "Tag Push Hook"]);
    assert.equal(events("generic-hmac"), undefined);
  });
});

describe("Flux' lock-down", () => {
  const folder = moduleFolder("github.com/controlplaneio-fluxcd/flux-operator", `v${CHARTS.fluxOperator.version}`);
  const read = (path: string): string => readFileSync(join(folder ?? "", path), "utf8");

  before(function () {
    if (folder === undefined) this.skip();
  });

  it("comes with the pinned distribution, which the pinned operator carries", () => {
    assert.ok(existsSync(join(folder ?? "", "config/data/flux", `v${COMPONENTS.flux}`)));
  });

  it("runs the root Kustomization as the account that every Kustomization of the tree names", () => {
    const profile = read("internal/builder/profiles.go").split("const profileClusterMultitenant = `")[1]?.split("`")[0] ?? "";
    const patches: { target: { kind: string }; patch: string }[] = parse(profile);
    const root = patches.find(({ target }) => target.kind === "Kustomization");
    assert.deepEqual(parse(root?.patch ?? ""), [{ op: "add", path: "/spec/serviceAccountName", value: RECONCILER }]);
    assert.equal(parse(renderTree(settings()).get("apps/echo.yaml") ?? "").spec.serviceAccountName, RECONCILER);
  });

  it("binds that account, in Flux' namespace, to cluster-admin", () => {
    const bindings = parseAllDocuments(read(`config/data/flux/v${COMPONENTS.flux}/rbac.yaml`)).map((document) => document.toJS());
    const [admin] = bindings.filter(({ kind, roleRef }) => kind === "ClusterRoleBinding" && roleRef.name === "cluster-admin");
    assert.ok(
      admin.subjects.some(
        (subject: { name: string; namespace: string }) => subject.name === RECONCILER && subject.namespace === FLUX_NAMESPACE,
      ),
    );
  });
});
