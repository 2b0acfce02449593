import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { bootstrapManifests } from "../../../lab/kubernetes/bootstrap-manifests";
import { stages } from "../../../lab/kubernetes/kwok";
import { CNI_ANNOTATION, imageTag, KUBELET_LABEL, registration } from "../../../lab/kubernetes/node-agent";
import { field, listAt, textAt } from "../../../lab/kubernetes/objects";
import { machineFacts } from "./facts";

describe("a node's registration", () => {
  it("carries the taints of the machine config from the first moment, since NodeRestriction forbids them later", () => {
    const taints = [{ key: "node-role.kubernetes.io/control-plane", value: "", effect: "NoSchedule" }, { key: "gpu", value: "yes", effect: "NoExecute" }];
    const node = registration("cp-1", { facts: machineFacts({ taints }), address: "127.10.0.11" });
    assert.deepEqual(field(node, "spec", "taints"), [
      { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" },
      { key: "gpu", value: "yes", effect: "NoExecute" },
    ]);
  });

  it("claims no label that a kubelet may not set on itself", () => {
    const node = registration("worker-1", { facts: machineFacts({ nodeLabels: { "node-role.kubernetes.io/worker": "" } }), address: "127.10.0.21" });
    assert.deepEqual(Object.keys(node.metadata.labels ?? {}).sort(), ["kubernetes.io/arch", "kubernetes.io/hostname", "kubernetes.io/os", KUBELET_LABEL].sort());
  });
});

describe("KWOK's stages", () => {
  const all: unknown[] = parseAllDocuments(stages()).map((document) => document.toJS());

  it("make a node Ready by the mark of its CNI agent and by nothing else", () => {
    const ready = all.filter((stage) => JSON.stringify(stage).includes("KubeletReady"));
    assert.equal(ready.length, 1);
    const [mark] = listAt(ready[0], "spec", "selector", "matchExpressions");
    assert.equal(textAt(mark, "key"), `.metadata.annotations["${CNI_ANNOTATION}"]`);
    assert.deepEqual(listAt(mark, "values"), ["running"]);
  });

  it("never hand out a node's loopback address as a pod's", () => {
    assert.doesNotMatch(stages(), /PodIPs?With [^}]*hostNetwork/);
  });
});

describe("the stand-in for Talos' bootstrap manifests", () => {
  it("says that it is one, on every object", () => {
    for (const { metadata } of bootstrapManifests(machineFacts({ kubernetesTalosApiAccess: true }))) {
      assert.match(metadata.annotations?.["lab.hearth.dev/stand-in"] ?? "", /Talos/, metadata.name);
    }
  });

  it("puts cluster DNS at the tenth service address of each family", () => {
    const dns = bootstrapManifests(machineFacts({ serviceSubnets: ["10.96.0.0/12", "fd00:10:96::/112"] })).find(({ metadata }) => metadata.name === "kube-dns");
    assert.deepEqual(field(dns, "spec", "clusterIPs"), ["10.96.0.10", "fd00:10:96::a"]);
    assert.equal(textAt(dns, "spec", "ipFamilyPolicy"), "RequireDualStack");
  });

  it("leaves out what the machine config switches off", () => {
    const names = (changes: Parameters<typeof machineFacts>[0]): string[] => bootstrapManifests(machineFacts(changes)).map(({ metadata }) => metadata.name);
    assert.ok(!names({ coreDnsDisabled: true }).includes("kube-dns"));
    assert.ok(!names({}).includes("serviceaccounts.talos.dev"));
    assert.ok(names({ kubernetesTalosApiAccess: true }).includes("serviceaccounts.talos.dev"));
  });
});

describe("an image's tag", () => {
  it("is found with a port and a digest around it", () => {
    assert.equal(imageTag("registry.k8s.io/kube-apiserver:v1.36.3"), "v1.36.3");
    assert.equal(imageTag("127.0.0.1:5000/kubelet:v1.36.3@sha256:abc"), "v1.36.3");
    assert.equal(imageTag("127.0.0.1:5000/kubelet"), "");
  });
});
