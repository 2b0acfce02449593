import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { isRecord } from "../../config/path";
import type { TalosHelper, Toolchain } from "../../lab/contracts";
import { ApiError } from "../../lab/kubernetes/client";
import type { KubeObject } from "../../lab/kubernetes/objects";
import { LabKubernetes } from "../../lab/kubernetes/runtime";
import { ensureToolchain } from "../../lab/toolchain/toolchain";
import { startTalosHelper } from "../../lab/toolchain/talos-helper-client";
import { VENDORED, vendoredFiles } from "../../platform/crds/vendored";
import { fluxKustomization } from "../../platform/kit/flux-kustomization";
import { KEYCLOAK_API } from "../../platform/keycloak/crds";
import { namespacesOf, planPlatform } from "../../platform/plan";
import { stack } from "../platform/tree-rules/stacks";
import { eventually, machines } from "./lab-fixture";

/** Kinds whose CRD no module registry has: nothing checks their objects. This list may only shrink. */
const UNVERIFIED: Readonly<Record<string, string>> = {
  "tuppr.home-operations.com KubernetesUpgrade": "tuppr's CRDs are in no module registry",
  "tuppr.home-operations.com TalosUpgrade": "tuppr's CRDs are in no module registry",
  "k8s.keycloak.org Keycloak": "the operator's CRDs are in no package registry; ours lets every field pass",
  "talos.dev ServiceAccount": "Talos writes its CRD itself when it starts",
};

/** CRDs that are not in the tree, since a chart or an operator brings them: module and folder. */
const BROUGHT_BY_OTHERS = [
  ["github.com/fluxcd/source-controller", "config/crd/bases"],
  ["github.com/fluxcd/kustomize-controller", "config/crd/bases"],
  ["github.com/fluxcd/helm-controller", "config/crd/bases"],
  ["github.com/fluxcd/notification-controller", "config/crd/bases"],
  ["github.com/backube/volsync", "config/crd/bases"],
] as const;

/** What this test reads of a CRD. */
interface CrdSpec {
  readonly group: string;
  readonly names: { readonly kind: string; readonly plural: string };
  readonly versions: readonly { readonly name: string; readonly served: boolean }[];
}

const ADDRESS = "127.52.0.11";

describe("every object of the tree with every app", function () {
  this.timeout(600_000);
  const labDir = mkdtempSync(join(tmpdir(), "hearth-strict-"));
  let toolchain: Toolchain;
  let helper: TalosHelper;
  let lab: LabKubernetes;

  before(async () => {
    const progress = (line: string): void => console.log(line);
    await ensureToolchain({ only: [], modules: BROUGHT_BY_OTHERS.map(([module]) => module), progress });
    toolchain = await ensureToolchain({ progress });
    helper = startTalosHelper(toolchain.path("talos-helper"));
    const [facts] = await machines(helper, [{ name: "cp-1", address: ADDRESS }]);
    assert.ok(facts);
    lab = new LabKubernetes({ labDir, toolchain, helper });
    await lab.start({ facts, controlPlanes: [{ name: "cp-1", address: ADDRESS }] });
    const vendored = Object.keys(VENDORED).flatMap((folder) => [...vendoredFiles(folder).values()]);
    const others = BROUGHT_BY_OTHERS.flatMap(([module, folder]) => {
      const path = join(toolchain.moduleDir(module), folder);
      return readdirSync(path).map((name) => readFileSync(join(path, name), "utf8"));
    });
    const crds = [...vendored, ...others].flatMap(documents).filter(({ kind }) => kind === "CustomResourceDefinition");
    assert.ok(crds.length > 80, `${crds.length} CRDs`);
    // As many at a time as the client has connections; one after the other they take minutes on a busy machine.
    await Promise.all(crds.map((crd) => lab.client.apply(crd, { manager: "test", onConflict: "force" })));
    await Promise.all(crds.map((crd) => eventually(crd.metadata.name, () => served(crd), 300_000)));
    for (const { name } of namespacesOf(stack("all"))) {
      await lab.client.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } }, { manager: "test", onConflict: "force" });
    }
  });

  after(async () => {
    await lab?.stop({ wipe: true });
    helper?.close();
    rmSync(labDir, { recursive: true, force: true });
  });

  function documents(text: string): readonly KubeObject[] {
    return parseAllDocuments(text).flatMap((document) => {
      const value: unknown = document.toJS();
      return isObject(value) ? [value] : [];
    });
  }

  function isObject(value: unknown): value is KubeObject {
    return isRecord(value) && typeof value["apiVersion"] === "string" && typeof value["kind"] === "string" && isRecord(value["metadata"]);
  }

  /** Whether discovery lists the CRD's kind in every served version and the collection answers: both come some time after `Established`. */
  async function served(crd: KubeObject): Promise<true | undefined> {
    const { group, names, versions } = crd["spec"] as CrdSpec; // the API server took it, so this is its shape
    for (const { name: version } of versions.filter((each) => each.served)) {
      const discovered = await lab.client.find(`/apis/${group}/${version}`);
      const resources = (discovered?.["resources"] ?? []) as readonly { readonly kind: string }[]; // discovery's own shape
      if (!resources.some(({ kind }) => kind === names.kind)) return undefined;
      if ((await lab.client.find(`/apis/${group}/${version}/${names.plural}`)) === undefined) return undefined;
    }
    return true;
  }

  /** What the API server says against an object with unknown fields refused; undefined when nothing, "no kind" when it has none of it. */
  async function refusal(object: KubeObject): Promise<string | undefined> {
    try {
      const path = await lab.client.pathOf(object);
      const query = { fieldManager: "test", force: "true", fieldValidation: "Strict", dryRun: "All" };
      await lab.client.request("PATCH", path, { query, body: object, contentType: "application/apply-patch+yaml" });
      return undefined;
    } catch (error) {
      if (error instanceof ApiError && !/could not find the requested resource|404/.test(error.message)) return error.message;
      return "no kind";
    }
  }

  it("is taken by a real kube-apiserver with unknown fields refused, but for kinds whose CRD cannot be had", async () => {
    const settings = stack("all");
    const stages = planPlatform(settings).flatMap(({ stages: own }) => own);
    const objects = stages.flatMap((stage) => [...stage.objects, fluxKustomization(stage, settings.git)]);
    const refused: string[] = [];
    const unknown = new Set<string>();
    const answers = await Promise.all(objects.map(refusal));
    for (const [index, object] of objects.entries()) {
      const answer = answers[index];
      const open = object.apiVersion.startsWith(`${KEYCLOAK_API.group}/`);
      if (answer === "no kind" || (open && answer === undefined)) unknown.add(`${object.apiVersion.split("/")[0]} ${object.kind}`);
      else if (answer !== undefined) refused.push(`${object.kind} ${object.metadata.namespace ?? ""}/${object.metadata.name}: ${answer}`);
    }
    console.log(`      ${objects.length} objects; unverified: ${[...unknown].sort().join(", ") || "none"}`);
    assert.deepEqual(refused, []);
    assert.deepEqual([...unknown].sort(), Object.keys(UNVERIFIED).sort());
  });

  it("would be refused with a field that its kind does not have", async () => {
    const route = { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", metadata: { name: "a", namespace: "echo" } };
    assert.equal(await refusal({ ...route, spec: { hostnames: ["a.example.com"] } }), undefined);
    assert.match((await refusal({ ...route, spec: { hostname: "a.example.com" } })) ?? "", /hostname/);
    const claim = { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "a", namespace: "echo" } };
    assert.match((await refusal({ ...claim, spec: { accessMode: ["ReadWriteOnce"] } })) ?? "", /accessMode/);
  });
});
