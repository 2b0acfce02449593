import assert from "node:assert/strict";
import { containerEnvironment, expandArguments, insideDirectory, parseQuantity } from "../../../lab/flux/container-environment";
import { controllerOf, CONTROLLERS, overrideArguments } from "../../../lab/flux/controllers";
import type { Container, Pod } from "../../../lab/kubernetes/objects";

const context = { ports: { storage: 1, events: 2, receiver: 3 }, directory: "/lab/flux/x", distributions: "/data" };

function pod(container: Partial<Container>): Pod {
  const whole = { name: "manager", image: "a", ...container };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", namespace: "flux-system" },
    spec: { serviceAccountName: "kustomize-controller", containers: [whole] },
  };
}

describe("a Flux process' arguments", () => {
  const args = [
    "--events-addr=http://notification-controller.flux-system.svc.cluster.local./",
    "--watch-all-namespaces",
    "--no-cross-namespace-refs=true",
    "--enable-leader-election",
    "--concurrent=10",
  ];

  it("keep the lock-down and the patches of FluxInstance", () => {
    const kustomize = CONTROLLERS.find(({ tool }) => tool === "kustomize-controller");
    assert.ok(kustomize);
    const overridden = overrideArguments(args, kustomize.overrides(context));
    for (const kept of ["--watch-all-namespaces", "--no-cross-namespace-refs=true", "--concurrent=10"])
      assert.ok(overridden.includes(kept), kept);
  });

  it("change only what addresses the container's own network", () => {
    const kustomize = CONTROLLERS.find(({ tool }) => tool === "kustomize-controller");
    assert.ok(kustomize);
    const overridden = overrideArguments(args, kustomize.overrides(context));
    assert.deepEqual(
      overridden.filter((arg) => arg.startsWith("--events-addr")),
      ["--events-addr=http://127.0.0.1:2/"],
    );
    assert.deepEqual(
      overridden.filter((arg) => arg.startsWith("--enable-leader-election")),
      ["--enable-leader-election=false"],
    );
  });

  it("never bind anything but loopback", () => {
    for (const { tool, overrides } of CONTROLLERS) {
      const addresses = Object.entries(overrides(context)).filter(([name]) => /addr/i.test(name));
      assert.ok(addresses.length >= 2, tool);
      for (const [name, value] of addresses) assert.match(value, /127\.0\.0\.1:\d/, `${tool} ${name}`);
    }
  });

  it("have references to the environment filled in", () => {
    assert.deepEqual(expandArguments(["--a=$(NS).svc", "--b=$(UNSET)"], { NS: "flux-system" }), ["--a=flux-system.svc", "--b=$(UNSET)"]);
  });
});

describe("the controller behind a pod", () => {
  it("is known by the pod's labels, and no other pod has one", () => {
    assert.equal(controllerOf({ app: "source-controller" })?.tool, "source-controller");
    assert.equal(
      controllerOf({ "app.kubernetes.io/name": "flux-operator", "app.kubernetes.io/instance": "flux-operator" })?.tool,
      "flux-operator",
    );
    assert.equal(controllerOf({ app: "echo" }), undefined);
    assert.equal(controllerOf(undefined), undefined);
  });
});

describe("a Flux process' environment", () => {
  const nothing = async (): Promise<undefined> => undefined;

  it("is what a kubelet would make of the container's", async () => {
    const env = [
      { name: "RUNTIME_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
      { name: "GOMEMLIMIT", valueFrom: { resourceFieldRef: { resource: "limits.memory" } } },
      { name: "GOMAXPROCS", valueFrom: { resourceFieldRef: { resource: "limits.cpu" } } },
      { name: "TOKEN", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
      { name: "MAYBE", valueFrom: { configMapKeyRef: { name: "c", key: "k", optional: true } } },
      { name: "PLAIN", value: "x" },
    ];
    const container = { name: "manager", image: "a", env, resources: { limits: { memory: "1Gi", cpu: "1500m" } } };
    const read = async (kind: string): Promise<string | undefined> => (kind === "secret" ? "t" : undefined);
    const environment = await containerEnvironment(pod(container), container, read);
    assert.deepEqual(environment, { RUNTIME_NAMESPACE: "flux-system", GOMEMLIMIT: "1073741824", GOMAXPROCS: "2", TOKEN: "t", PLAIN: "x" });
  });

  it("does not come about when a key is missing or a source is unknown", async () => {
    const missing = { name: "manager", image: "a", env: [{ name: "TOKEN", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }] };
    await assert.rejects(containerEnvironment(pod(missing), missing, nothing), /TOKEN: no key k in secret s/);
    const unknown = { name: "manager", image: "a", env: [{ name: "X", valueFrom: { fieldRef: { fieldPath: "status.hostIP" } } }] };
    await assert.rejects(containerEnvironment(pod(unknown), unknown, nothing), /unknown field reference status.hostIP/);
  });

  it("moves the container's /tmp into a directory of the process' own", () => {
    assert.deepEqual(insideDirectory({ TUF_ROOT: "/tmp/.sigstore", OTHER: "/data" }, "/lab"), {
      TUF_ROOT: "/lab/tmp/.sigstore",
      OTHER: "/data",
    });
  });
});

describe("a quantity", () => {
  it("is read with every suffix, and refused when it is none", () => {
    assert.deepEqual(["500m", "2", "1Ki", "1.5G"].map(parseQuantity), [0.5, 2, 1024, 1.5e9]);
    assert.throws(() => parseQuantity("1Zz"), /not a quantity/);
    assert.throws(() => parseQuantity("much"), /not a quantity/);
  });
});
