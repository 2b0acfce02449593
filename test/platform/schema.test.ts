import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { vendoredFiles } from "../../platform/crds/vendored";
import { defineApp } from "../../platform/kit/app";
import type { KubeObject } from "../../platform/kit/objects";
import { renderTree } from "../../platform/render";
import { schemaProblems, schemasOf } from "./crd-schema";
import { moduleFolder } from "./go-module";
import { bgp, network, settings } from "./settings";

/** A megabyte of CRDs, read on a machine that may be busy. */
const SLOW_MS = 30_000;

/** Flux' controllers as the pinned distribution has them, with their CRDs. */
const CONTROLLERS = [
  ["github.com/fluxcd/source-controller", "v1.9.5"],
  ["github.com/fluxcd/kustomize-controller", "v1.9.5"],
  ["github.com/fluxcd/helm-controller", "v1.6.4"],
  ["github.com/fluxcd/notification-controller", "v1.9.3"],
] as const;

const charted = defineApp({
  name: "charted",
  summary: "an app with a chart",
  namespace: { name: "home", podSecurity: "baseline" },
  presence: "always",
  needs: [],
  after: [],
  options: z.strictObject({}),
  chart: {
    name: "thing",
    version: "1.2.3",
    source: "oci://registry.example.com/thing",
    digest: `sha256:${"a".repeat(64)}`,
    rights: "cluster",
  },
  values: () => ({ any: { thing: [1] } }),
});

const classic = defineApp({
  name: "classic",
  summary: "an app with a chart of a classic repository",
  namespace: { name: "home", podSecurity: "baseline" },
  presence: "always",
  needs: ["charted"],
  after: [],
  options: z.strictObject({}),
  chart: { name: "thing", version: "1.2.3", source: "https://charts.example.com", rights: "namespace" },
});

const L2 = settings();
const BGP = settings({
  network: network({ dualStack: true, loadBalancerPool: { ipv4: "10.9.0.0/24", ipv6: "fd00:9::/112" }, announce: bgp() }),
  platform: { echo: {}, "flux-webhook": { type: "generic-hmac" } },
});

function objectsOf(...trees: readonly ReadonlyMap<string, string>[]): readonly KubeObject[] {
  return trees.flatMap((tree) =>
    [...tree]
      .filter(([path]) => /^apps\/[^/]+(\/[^/]+)?\.yaml$/.test(path) && !path.endsWith("kustomization.yaml"))
      .map(([, text]): KubeObject => parse(text)),
  );
}

function check(schemas: ReturnType<typeof schemasOf>, objects: readonly KubeObject[]): ReadonlySet<string> {
  const checked = new Set<string>();
  for (const object of objects) {
    const schema = schemas.get(`${object.apiVersion} ${object.kind}`);
    if (schema === undefined) continue;
    checked.add(object.kind);
    assert.deepEqual(schemaProblems(object, schema), []);
  }
  return checked;
}

describe("the objects of the tree, held against the real CRDs with unknown fields refused", function () {
  this.timeout(SLOW_MS);

  it("are what Cilium takes", () => {
    const checked = check(schemasOf(vendoredFiles("cilium").values()), objectsOf(renderTree(L2), renderTree(BGP)));
    assert.deepEqual([...checked].sort(), [
      "CiliumBGPAdvertisement",
      "CiliumBGPClusterConfig",
      "CiliumBGPPeerConfig",
      "CiliumL2AnnouncementPolicy",
      "CiliumLoadBalancerIPPool",
    ]);
  });

  it("are what Flux takes", function () {
    const folders = CONTROLLERS.map(([module, version]) => moduleFolder(module, version));
    if (folders.includes(undefined)) return this.skip();
    const texts = folders.flatMap((folder) => {
      const bases = join(folder ?? "", "config/crd/bases");
      return readdirSync(bases).map((name) => readFileSync(join(bases, name), "utf8"));
    });
    const checked = check(
      schemasOf(texts),
      objectsOf(renderTree(L2), renderTree(BGP), renderTree(settings({ platform: {} }), [charted, classic])),
    );
    assert.deepEqual([...checked].sort(), ["HelmRelease", "HelmRepository", "Kustomization", "OCIRepository", "Receiver"]);
  });

  it("would be refused with a field that the CRD does not have", () => {
    const schemas = schemasOf(vendoredFiles("cilium").values());
    const [pool] = objectsOf(renderTree(L2)).filter(({ kind }) => kind === "CiliumLoadBalancerIPPool");
    assert.ok(pool !== undefined);
    const schema = schemas.get("cilium.io/v2 CiliumLoadBalancerIPPool") ?? {};
    assert.deepEqual(schemaProblems({ ...pool, spec: { cidrs: [], allowFirstLastIPs: "Maybe" } }, schema), [
      "CiliumLoadBalancerIPPool.spec.cidrs: unknown",
      "CiliumLoadBalancerIPPool.spec.allowFirstLastIPs: not in the enum",
    ]);
  });
});
