import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { VENDORED, vendoredFiles } from "../../platform/crds/vendored";
import { APPS } from "../../platform/apps";
import { declarePlatform } from "../../platform/plan";
import { renderTree } from "../../platform/render";
import { COMPONENTS } from "../../platform/versions";
import { crdHeads } from "./crd-schema";
import { moduleFolder } from "./go-module";
import { everything } from "./everything";
import { bgp, network, settings } from "./settings";

/** A megabyte of CRDs, read on a machine that may be busy. */
const SLOW_MS = 30_000;

const FOLDER = join(__dirname, "../../platform/crds");

const sha256 = (text: string | Buffer): string => createHash("sha256").update(text).digest("hex");

function vendoredCrds() {
  return Object.keys(VENDORED)
    .flatMap((folder) => [...vendoredFiles(folder).values()])
    .flatMap(crdHeads);
}

describe("the vendored CRDs", function () {
  this.timeout(SLOW_MS);

  it("are the files that sources.json names, byte for byte", () => {
    for (const [folder, source] of Object.entries(VENDORED)) {
      assert.deepEqual(readdirSync(join(FOLDER, folder)).sort(), Object.keys(source.files).sort());
      for (const [name, { sha256: digest }] of Object.entries(source.files)) {
        assert.equal(sha256(readFileSync(join(FOLDER, folder, name))), digest, `${folder}/${name}`);
      }
    }
  });

  it("are of the pinned versions", () => {
    assert.equal(VENDORED["gateway-api"]?.version, COMPONENTS.gatewayApi);
    assert.equal(VENDORED["cilium"]?.version, `v${COMPONENTS.cilium}`);
    for (const text of vendoredFiles("gateway-api").values()) {
      assert.ok(text.includes(`gateway.networking.k8s.io/bundle-version: ${COMPONENTS.gatewayApi}`));
      assert.ok(text.includes("gateway.networking.k8s.io/channel: standard"));
    }
  });

  for (const [folder, source] of Object.entries(VENDORED)) {
    it(`are what ${source.module} ${source.version} carries`, function () {
      const root = moduleFolder(source.module, source.version);
      if (root === undefined) return this.skip();
      for (const [name, { path }] of Object.entries(source.files)) {
        assert.ok(existsSync(join(root, path)), path);
        assert.equal(sha256(readFileSync(join(root, path))), sha256(readFileSync(join(FOLDER, folder, name))), path);
      }
    });
  }

  it("carry the schema version that Cilium's operator of this version would write", function () {
    const root = moduleFolder("github.com/cilium/cilium", `v${COMPONENTS.cilium}`);
    if (root === undefined) return this.skip();
    const register = readFileSync(join(root, "pkg/k8s/apis/cilium.io/register.go"), "utf8");
    assert.equal(/CustomResourceDefinitionSchemaVersion = "([^"]+)"/.exec(register)?.[1], COMPONENTS.ciliumCrdSchema);
  });
});

describe("the crds app", function () {
  this.timeout(SLOW_MS);

  const tree = renderTree(settings());

  it("copies every file unmodified and keeps Flux from ever deleting what it made", () => {
    const tree = renderTree(everything());
    const shared = APPS.find(({ name }) => name === "crds")?.vendored.map(({ folder }) => folder) ?? [];
    assert.ok(shared.includes("gateway-api"));
    for (const [folder, source] of Object.entries(VENDORED).filter(([name]) => shared.includes(name))) {
      for (const [name, { sha256: digest }] of Object.entries(source.files))
        assert.equal(sha256(tree.get(`apps/crds/${folder}/${name}`) ?? ""), digest);
      const kustomization = parse(tree.get(`apps/crds/${folder}/kustomization.yaml`) ?? "");
      assert.equal(kustomization.commonAnnotations["kustomize.toolkit.fluxcd.io/prune"], "disabled");
      assert.deepEqual(kustomization.resources, Object.keys(source.files).sort());
    }
    assert.equal(parse(tree.get("apps/crds.yaml") ?? "").spec.deletionPolicy, "Orphan");
  });

  it("leaves out those of apps that are off", () => {
    const folders = (given: Parameters<typeof renderTree>[0]) =>
      parse(renderTree(given).get("apps/crds/kustomization.yaml") ?? "").resources as readonly string[];
    assert.deepEqual([...folders(settings())].sort(), ["cilium", "prometheus-operator"]);
    assert.deepEqual([...folders(everything())].sort(), ["cilium", "envoy-gateway", "external-dns", "gateway-api", "prometheus-operator"]);
  });

  it("leaves Cilium's to its operator once they are there", () => {
    const kustomization = parse(tree.get("apps/crds/cilium/kustomization.yaml") ?? "");
    assert.equal(kustomization.commonAnnotations["kustomize.toolkit.fluxcd.io/ssa"], "IfNotPresent");
    assert.deepEqual(kustomization.labels, [{ pairs: { "io.cilium.k8s.crd.schema.version": COMPONENTS.ciliumCrdSchema } }]);
  });

  it("comes before every app that makes an object of one of its kinds, in a version that it serves", () => {
    const served = new Set(
      vendoredCrds().flatMap(({ spec: { group, names, versions } }) =>
        versions.filter((version) => version.served).map((version) => `${group}/${version.name} ${names.kind}`),
      ),
    );
    assert.ok(served.size > 80, `${served.size} kinds`);
    const groups = new Set(vendoredCrds().map(({ spec }) => spec.group));
    for (const given of [settings(), settings({ network: network({ announce: bgp() }) })]) {
      for (const app of declarePlatform(given).apps) {
        for (const object of app.objects) {
          if (!groups.has(object.apiVersion.split("/")[0] ?? "")) continue;
          assert.ok(served.has(`${object.apiVersion} ${object.kind}`), `${object.apiVersion} ${object.kind}`);
          assert.ok(app.dependsOn.includes("crds"), app.name);
        }
      }
    }
  });
});
