import assert from "node:assert/strict";
import fc from "fast-check";
import { parseAllDocuments } from "yaml";
import { SecretValue } from "../../config/secret-value";
import type { Settings } from "../../config/settings";
import { UserError } from "../../config/user-error";
import { VENDORED } from "../../platform/crds/vendored";
import { isClusterScoped, type KubeObject } from "../../platform/kit/objects";
import { BUILT_IN_NAMESPACES, RECONCILER, SYNC_NAME } from "../../platform/names";
import { namespacesOf, secretsOf } from "../../platform/plan";
import { renderTree, type Tree } from "../../platform/render";
import { parseStamp, settingsHash, treeHash } from "../../platform/stamp";
import { anySettings, bgp, network, settings } from "./settings";

/** A megabyte of CRDs, read on a machine that may be busy. */
const SLOW_MS = 30_000;

const RUNS = { numRuns: 40 };

/** Vendored files are third-party text, checked by digest elsewhere; parsing a megabyte of it in each run would be slow. */
const vendoredNames = new Set(Object.values(VENDORED).flatMap((source) => Object.keys(source.files)));

function documents(tree: Tree): readonly { path: string; object: Record<string, unknown> }[] {
  return [...tree]
    .filter(([path]) => path.endsWith(".yaml") && !vendoredNames.has(path.split("/").at(-1) ?? ""))
    .flatMap(([path, text]) => parseAllDocuments(text).map((document) => ({ path, object: document.toJS() as Record<string, unknown> })));
}

function objects(tree: Tree): readonly KubeObject[] {
  return documents(tree)
    .map(({ object }) => object)
    .filter((object): object is KubeObject => object["apiVersion"] !== "kustomize.config.k8s.io/v1beta1");
}

function fluxKustomizations(tree: Tree): readonly { name: string; spec: Record<string, unknown> }[] {
  return objects(tree)
    .filter((object) => object.kind === "Kustomization")
    .map((object) => ({ name: object.metadata.name, spec: object["spec"] as Record<string, unknown> }));
}

/** Every value below an object, with its key and what it stands in. */
function* fields(value: unknown, owner: KubeObject): Generator<{ key: string; value: unknown; owner: KubeObject }> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, field] of Object.entries(value)) {
    yield { key, value: field, owner };
    yield* fields(field, owner);
  }
}

/** `namespace/name` of every Secret that an object of the tree refers to. */
function referencedSecrets(tree: Tree): readonly string[] {
  return objects(tree).flatMap((object) =>
    [...fields(object, object)].flatMap(({ key, value }) => {
      const namespace = object.metadata.namespace ?? "kube-system";
      if (key === "authSecretRef") return [`${namespace}/${String(value)}`];
      if (!["secretRef", "secretKeyRef", "certSecretRef", "pullSecret"].includes(key)) return [];
      return [`${namespace}/${(value as { name: string }).name}`];
    }),
  );
}

function reversedKeys<T>(value: T): T {
  if (Array.isArray(value) || typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  const entries = Object.entries(value)
    .reverse()
    .map(([key, field]) => [key, reversedKeys(field)]);
  return Object.fromEntries(entries) as T;
}

function asObject(tree: Tree): Record<string, string> {
  return Object.fromEntries(tree);
}

describe("the rendered tree", function () {
  this.timeout(SLOW_MS);

  it("is the same, byte for byte, each time it is rendered", () => {
    fc.assert(
      fc.property(anySettings, (given) => assert.deepEqual([...renderTree(given)], [...renderTree(given)])),
      { numRuns: 20 },
    );
  });

  it("does not depend on the order of keys in the settings", () => {
    fc.assert(
      fc.property(anySettings, (given) => assert.deepEqual([...renderTree(reversedKeys(given))], [...renderTree(given)])),
      { numRuns: 20 },
    );
  });

  it("is sorted by path, in Unix lines that end once, without substitution syntax", () => {
    fc.assert(
      fc.property(anySettings, (given) => {
        const tree = renderTree(given);
        assert.deepEqual([...tree.keys()], [...tree.keys()].sort());
        for (const [path, text] of tree) {
          assert.ok(!text.includes("${"), path);
          assert.ok(!text.includes("\r") && text.endsWith("\n"), path);
          assert.ok(!/^(\/|.*\.\.)/.test(path), path);
        }
      }),
      RUNS,
    );
  });

  it("lists every file of it exactly once, or on purpose not at all", () => {
    fc.assert(
      fc.property(anySettings, (given) => {
        const tree = renderTree(given);
        const listed = documents(tree).flatMap(({ path, object }) => {
          if (object["apiVersion"] !== "kustomize.config.k8s.io/v1beta1") return [];
          const folder = path.slice(0, -"kustomization.yaml".length);
          return (object["resources"] as string[]).map((name) => `${folder}${name}`);
        });
        const files = listed.filter((path) => tree.has(path));
        assert.equal(new Set(listed).size, listed.length);
        for (const path of listed) assert.ok(tree.has(path) || tree.has(`${path}/kustomization.yaml`), `${path} is listed but missing`);
        const unlisted = [...tree.keys()].filter((path) => !files.includes(path) && !path.endsWith("kustomization.yaml"));
        const router = given.network.announce.mode === "bgp" ? ["router/frr.conf"] : [];
        assert.deepEqual(unlisted, ["hearth.json", ...router]);
      }),
      RUNS,
    );
  });

  it("gives every Kustomization a path, a source, a service account and dependencies that are there", () => {
    fc.assert(
      fc.property(anySettings, (given) => {
        const tree = renderTree(given);
        const all = fluxKustomizations(tree);
        for (const { name, spec } of all) {
          assert.equal(spec["serviceAccountName"], RECONCILER);
          assert.deepEqual(spec["sourceRef"], { kind: "GitRepository", name: SYNC_NAME });
          assert.equal(spec["path"], `./${given.git.path}/apps/${name}`);
          assert.ok(tree.has(`apps/${name}/kustomization.yaml`));
          assert.equal(spec["targetNamespace"], undefined);
          for (const dependency of (spec["dependsOn"] ?? []) as { name: string; namespace?: string }[]) {
            assert.ok(
              all.some((other) => other.name === dependency.name),
              `${name} depends on ${dependency.name}`,
            );
            assert.equal(dependency.namespace, undefined);
          }
        }
      }),
      RUNS,
    );
  });

  it("refers to no Secret that is not seeded, and puts none into the tree", () => {
    fc.assert(
      fc.property(anySettings, (given) => {
        const tree = renderTree(given);
        const seeded = secretsOf(given).map((secret) => `${secret.namespace}/${secret.name}`);
        for (const reference of referencedSecrets(tree)) assert.ok(seeded.includes(reference), `${reference} is not seeded`);
        assert.deepEqual(
          objects(tree).filter((object) => object.kind === "Secret"),
          [],
        );
      }),
      RUNS,
    );
  });

  it("puts every object into a namespace that is made, and makes none itself", () => {
    fc.assert(
      fc.property(anySettings, (given) => {
        const made = [...BUILT_IN_NAMESPACES, ...namespacesOf(given).map((namespace) => namespace.name)];
        for (const object of objects(renderTree(given))) {
          assert.notEqual(object.kind, "Namespace");
          if (isClusterScoped(object)) assert.equal(object.metadata.namespace, undefined);
          else assert.ok(made.includes(object.metadata.namespace ?? ""), `${object.kind} ${object.metadata.name} has no home`);
        }
        for (const secret of secretsOf(given)) assert.ok(made.includes(secret.namespace), secret.namespace);
      }),
      RUNS,
    );
  });

  it("pins every image by tag and digest", () => {
    fc.assert(
      fc.property(anySettings, (given) => {
        for (const object of objects(renderTree(given))) {
          for (const { key, value } of fields(object, object)) {
            if (key === "image") assert.match(String(value), /^[a-z0-9.]+\/[a-z0-9./-]+:(?!latest)[\w.-]+@sha256:[0-9a-f]{64}$/);
          }
        }
      }),
      RUNS,
    );
  });

  it("never holds the text of a secret", () => {
    const given = settings({ network: network({ announce: bgp() }) });
    const text = JSON.stringify(asObject(renderTree(given)));
    for (const secret of ["correct horse", "git-token", "cf-token"]) assert.ok(!text.includes(secret), secret);
  });

  it("meets the restricted level where a namespace enforces it", () => {
    const given = settings({ platform: { echo: { replicas: 2 } } });
    const restricted = namespacesOf(given)
      .filter((namespace) => namespace.podSecurity === "restricted")
      .map((namespace) => namespace.name);
    const deployments = objects(renderTree(given)).filter((object) => object.kind === "Deployment");
    assert.equal(deployments.length, 1);
    for (const deployment of deployments) {
      assert.ok(restricted.includes(deployment.metadata.namespace ?? ""));
      const pod = (deployment["spec"] as { template: { spec: PodSpec } }).template.spec;
      assert.equal(pod.securityContext.runAsNonRoot, true);
      assert.equal(pod.securityContext.seccompProfile.type, "RuntimeDefault");
      for (const { securityContext } of pod.containers) {
        assert.equal(securityContext.allowPrivilegeEscalation, false);
        assert.deepEqual(securityContext.capabilities.drop, ["ALL"]);
      }
    }
  });

  it("changes only an app's own files, the list and the stamp when the app goes", () => {
    const [on, off] = [asObject(renderTree(settings({ platform: { echo: {} } }))), asObject(renderTree(settings({ platform: {} })))];
    const changed = [...new Set([...Object.keys(on), ...Object.keys(off)])].filter((path) => on[path] !== off[path]).sort();
    assert.deepEqual(
      changed.filter((path) => !path.startsWith("apps/echo")),
      ["hearth.json", "kustomization.yaml"],
    );
    assert.ok(changed.includes("apps/echo.yaml") && changed.includes("apps/echo/deployment-echo.yaml"));
  });

  it("refuses settings that carry substitution syntax, since Flux could take it for a variable", () => {
    const given = settings({ git: { ...settings().git, path: "kubernetes/${STACK}" } });
    assert.throws(
      () => renderTree(given),
      (error) => error instanceof UserError && error.message.includes("apps/crds.yaml"),
    );
  });
});

interface PodSpec {
  securityContext: { runAsNonRoot: boolean; seccompProfile: { type: string } };
  containers: { securityContext: { allowPrivilegeEscalation: boolean; capabilities: { drop: string[] } } }[];
}

describe("the tree's stamp", () => {
  it("carries the hash of every other file and of the settings", () => {
    const given = settings();
    const tree = renderTree(given);
    const stamp = parseStamp(tree.get("hearth.json") ?? "");
    assert.deepEqual(stamp, { formatVersion: 1, stack: "test", settingsHash: settingsHash(given), treeHash: treeHash(tree) });
  });

  it("hashes differently when any file's text or name differs", () => {
    const tree = new Map([
      ["a", "1"],
      ["b", "2"],
    ]);
    const others = [
      new Map([["a", "1"]]),
      new Map([
        ["a", "2"],
        ["b", "1"],
      ]),
      new Map([
        ["a1", ""],
        ["b", "2"],
      ]),
      new Map([
        ["a", "1b"],
        ["", "2"],
      ]),
    ];
    assert.equal(new Set([tree, ...others].map((files) => treeHash(files))).size, others.length + 1);
    assert.equal(treeHash(new Map([...tree].reverse())), treeHash(tree));
  });

  it("counts that a secret is set, not what it is, so that both readers of the stack file agree", () => {
    const hashWith = (secrets: Settings["secrets"]): string => settingsHash(settings({ secrets }));
    assert.equal(hashWith({ token: SecretValue.of("one") }), hashWith({ token: SecretValue.of("two") }));
    assert.equal(hashWith({ token: SecretValue.of("one") }), hashWith({ token: SecretValue.encrypted() }));
    assert.notEqual(hashWith({ token: SecretValue.of("one") }), hashWith({}));
  });

  it("is not read out of something else", () => {
    for (const text of ["", "null", "[]", "{}", '{"formatVersion":"1"}', "<html>"]) assert.equal(parseStamp(text), undefined);
  });
});
