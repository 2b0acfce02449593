import assert from "node:assert/strict";
import * as fc from "fast-check";
import { parse } from "yaml";
import { PATCHES, patchesFor } from "../../../components/talos/patches";
import { UserError } from "../../../config/user-error";
import type { NodeSettings, Settings } from "../../../config/settings";
import { controlPlane, DUAL_STACK, settingsOf, worker } from "../fixture";

const documentsOf = (settings: Settings, node: NodeSettings): Record<string, unknown>[] =>
  patchesFor(settings, node).map((text) => parse(text));

/** The value at a path in the patches of a node, looked for in each document. */
function at(settings: Settings, node: NodeSettings, ...path: string[]): unknown {
  const values = documentsOf(settings, node).map((document) =>
    path.reduce<unknown>((value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined), document),
  );
  return values.find((value) => value !== undefined);
}

describe("the patches of a node", () => {
  const nodes = [controlPlane(1), controlPlane(2), controlPlane(3), worker(4)];
  const settings = settingsOf({ nodes });

  it("are the same in every run", () => {
    for (const node of nodes) assert.deepEqual(patchesFor(structuredCloneOf(settings), { ...node }), patchesFor(settings, node));
  });

  it("do not depend on the order in which labels and mirrors are written", () => {
    const one = worker(4, { labels: { b: "2", a: "1" }, registryMirrors: { "z.io": ["https://z"], "a.io": ["https://a"] } });
    const two = worker(4, { labels: { a: "1", b: "2" }, registryMirrors: { "a.io": ["https://a"], "z.io": ["https://z"] } });
    assert.deepEqual(patchesFor(settings, one), patchesFor(settings, two));
  });

  it("say each thing once: no two concerns set the same field", () => {
    for (const node of [controlPlane(1, { taints: [{ key: "a", value: "b", effect: "NoSchedule" }], labels: { a: "b" } }), worker(4)]) {
      const owners = new Map<string, string>();
      for (const [concern, patch] of Object.entries(PATCHES)) {
        for (const field of patch(settings, node).flatMap((document) => leaves(document))) {
          assert.equal(owners.get(field) ?? concern, concern, `${field} is set by two concerns`);
          owners.set(field, concern);
        }
      }
    }
  });

  it("stay the same for every other node when one node changes", () => {
    const changed = settingsOf({ nodes: [...nodes.slice(0, 3), worker(4, { labels: { a: "b" }, cores: 16, kernelArgs: ["x=1"] })] });
    for (const node of nodes.slice(0, 3)) assert.deepEqual(patchesFor(changed, node), patchesFor(settings, node));
  });

  it("never name the goal versions, only what is installed", () => {
    const goal = settingsOf({ nodes, cluster: { versions: { talos: "1.14.0", kubernetes: "1.37.0" } } });
    for (const node of nodes) assert.deepEqual(patchesFor(goal, node), patchesFor(settings, node));
  });

  it("quote every string, so that a YAML 1.1 reader sees no boolean or number in it", () => {
    fc.assert(
      fc.property(fc.constantFrom("on", "off", "no", "0123", "1e3", "1_000", "0x1f", "null", "2020-01-01"), (value) => {
        const text = patchesFor(settings, worker(4, { labels: { key: value } })).find((document) => document.includes("nodeLabels")) ?? "";
        assert.ok(text.includes(`key: "${value}"`), text);
      }),
    );
  });

  it("keep the shared address off workers and off clusters without one", () => {
    const kinds = (target: Settings, node: NodeSettings): unknown[] => documentsOf(target, node).map(({ kind }) => kind);
    assert.ok(kinds(settings, controlPlane(1)).includes("Layer2VIPConfig"));
    assert.ok(!kinds(settings, worker(4)).includes("Layer2VIPConfig"));
    assert.ok(!kinds(settingsOf({ nodes, network: { vip: undefined } }), controlPlane(1)).includes("Layer2VIPConfig"));
  });

  it("announce etcd on the node network without the shared address", () => {
    assert.deepEqual(at(settings, controlPlane(1), "cluster", "etcd", "advertisedSubnets"), ["10.0.0.0/24", "!10.0.0.10"]);
    assert.equal(at(settings, worker(4), "cluster", "etcd"), undefined);
  });

  it("use the second family only in dual stack", () => {
    const half = settingsOf({ nodes, network: { ...DUAL_STACK, dualStack: false } });
    assert.deepEqual(at(half, worker(4), "machine", "kubelet", "nodeIP", "validSubnets"), ["10.0.0.0/24"]);
    assert.deepEqual(at(half, worker(4), "cluster", "network", "podSubnets"), ["10.244.0.0/16"]);
    const dual = settingsOf({ nodes, network: DUAL_STACK });
    assert.deepEqual(at(dual, worker(4), "machine", "kubelet", "nodeIP", "validSubnets"), ["10.0.0.0/24", "fd00:10::/64"]);
  });

  it("take the balancers' ban off control planes only where workloads run there", () => {
    const label = ["machine", "nodeLabels", "node.kubernetes.io/exclude-from-external-load-balancers"];
    const alone = settingsOf({ nodes: [controlPlane(1)] });
    assert.deepEqual(at(alone, controlPlane(1), ...label), { $patch: "delete" });
    assert.equal(at(settings, controlPlane(1), ...label), undefined);
    const wanted = controlPlane(1, { labels: { "node.kubernetes.io/exclude-from-external-load-balancers": "true" } });
    const said = patchesFor(settingsOf({ nodes: [wanted] }), wanted).filter((text) =>
      text.includes("exclude-from-external-load-balancers"),
    );
    assert.deepEqual(
      said.map((text) => text.includes("$patch")),
      [false],
      "a label that the settings give is not taken away again",
    );
  });

  it("let the Talos API answer under every name of the cluster, on every node", () => {
    for (const node of [controlPlane(1), worker(4)]) {
      assert.deepEqual(at(settings, node, "machine", "certSANs"), ["10.0.0.10", "127.0.0.1", "home.example.com"]);
    }
  });

  it("find members by the discovery service alone and serve DNS of the host to pods", () => {
    for (const node of [controlPlane(1), worker(4)]) {
      const discovery = { enabled: true, registries: { kubernetes: { disabled: true }, service: { disabled: false } } };
      assert.deepEqual(at(settings, node, "cluster", "discovery"), discovery);
      assert.deepEqual(at(settings, node, "machine", "features", "hostDNS"), { enabled: true, forwardKubeDNSToHost: true });
    }
  });

  it("take installer and registry from the configured Image Factory", () => {
    const own = settingsOf({ nodes, imageFactory: "http://127.0.0.1:8080/" });
    assert.match(
      String(at(own, worker(4), "machine", "install", "image")),
      /^127\.0\.0\.1:8080\/nocloud-installer\/[0-9a-f]{64}:v1\.13\.7$/,
    );
  });

  it("find a data disk by the serial that the machine gives it, however long its name", () => {
    const long = "a-rather-long-name-of-a-volume";
    const node = worker(4, {
      dataDisks: [
        { name: long, sizeGiB: 10, datastore: "local-lvm" },
        { name: "short", sizeGiB: 10, datastore: "local-lvm" },
      ],
    });
    const matches = documentsOf(settings, node)
      .filter(({ kind }) => kind === "UserVolumeConfig")
      .map((document) => JSON.stringify(document["provisioning"]));
    assert.equal(matches.length, 2);
    assert.match(matches[0] ?? "", /disk\.serial == \\"a-rather-lo-[0-9a-f]{8}\\"/);
    assert.match(matches[1] ?? "", /disk\.serial == \\"short\\"/);
    for (const match of matches) assert.match(match, /!system_disk/);
  });

  it("refuse a label that the API server would refuse, with node, label and reason", () => {
    const node = worker(4, { labels: { "node-role.kubernetes.io/worker": "" } });
    assert.throws(
      () => patchesFor(settings, node),
      (error: unknown) => error instanceof UserError && /worker-4.*node-role\.kubernetes\.io\/worker.*NodeRestriction/.test(error.message),
    );
    assert.doesNotThrow(() => patchesFor(settings, controlPlane(1, { labels: { "node-role.kubernetes.io/storage": "" } })));
  });
});

/** Paths of all values in a document; a typed document counts as one value. */
function leaves(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  const record = new Map<string, unknown>(Object.entries(value));
  if (record.has("kind")) return [`${String(record.get("kind"))}/${String(record.get("name") ?? "")}`];
  return [...record].flatMap(([key, inner]) => leaves(inner, `${path}/${key}`));
}

/** A deep copy with the keys of every object in reverse order. */
function structuredCloneOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(structuredCloneOf) as T; // a copy of an array has its type
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, inner]) => [key, structuredCloneOf(inner)])) as T; // so has a copy of an object
}
