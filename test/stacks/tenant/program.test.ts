import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import program = require("../../../stacks/tenant/index");
import { prepare, type Registered, TEAMS } from "./program-under-mocks";

describe("the program of tenants", () => {
  const run = async (tenants?: Readonly<Record<string, unknown>>): Promise<readonly Registered[]> => {
    const registered = prepare(tenants);
    await program();
    await pulumi.runtime.disconnect();
    return registered.filter(({ type }) => type.startsWith("kubernetes:") || type.startsWith("hearth:"));
  };

  it("names what it makes by tenant and namespace", async () => {
    const made = await run();
    assert.deepEqual(
      made.map(({ name }) => name).sort(),
      [
        "books",
        "shop",
        ...["account", "credentials", "gateways", "source", "sync"].map((what) => `${what}/shop`),
        "account/books",
        ...["books", "books", "shop", "shop"].map((tenant) => `admission/${tenant}`),
        ...["books", "shop", "shop-jobs"].flatMap((namespace) =>
          ["binding", "limits", "namespace", "network", "quota", "role"].map((what) => `${what}/${namespace}`),
        ),
      ].sort(),
    );
  });

  it("makes nothing for the whole cluster but namespaces and what is refused in them", async () => {
    const objects = (await run()).filter(({ type }) => type.startsWith("kubernetes:"));
    const wide = objects.filter(({ inputs }) => (inputs["metadata"] as { readonly namespace?: string }).namespace === undefined); // every object has metadata
    assert.deepEqual([...new Set(wide.map(({ type }) => type.replace("kubernetes:", "")))].sort(), [
      "admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy",
      "admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding",
      "core/v1:Namespace",
    ]);
    const binding = wide.find(({ type, name }) => type.endsWith("Binding") && name === "admission/shop");
    assert.deepEqual((binding?.inputs["spec"] as Readonly<Record<string, unknown>>)["matchResources"], {
      namespaceSelector: { matchLabels: { "hearth/tenant": "shop" } },
    });
  });

  it("keeps namespaces and their fences where data is kept, and never rights or what Flux does", async () => {
    const retained = (await run()).filter((each) => each.retained).map(({ name }) => name);
    assert.deepEqual(retained.sort(), [
      "admission/books",
      "admission/books",
      "limits/books",
      "namespace/books",
      "network/books",
      "quota/books",
    ]);
  });

  it("leaves a tenant's other objects alone when another tenant goes or a namespace comes", async () => {
    const names = async (tenants: Readonly<Record<string, unknown>>) => new Set((await run(tenants)).map(({ name }) => name));
    const all = await names(TEAMS);
    const without = await names({ books: TEAMS.books });
    assert.deepEqual(
      [...without].filter((name) => !all.has(name)),
      [],
    );
    assert.ok([...without].every((name) => name === "books" || name.endsWith("/books")));
  });

  it("has Flux apply the repository as the tenant, from its own namespace, with its own credentials", async () => {
    const made = new Map((await run()).map(({ name, inputs }) => [name, inputs]));
    const spec = (name: string) => made.get(name)?.["spec"] as Readonly<Record<string, unknown>>; // both kinds have one
    assert.deepEqual(spec("source/shop")["secretRef"], { name: "shop-git" });
    const { serviceAccountName, sourceRef, targetNamespace, deletionPolicy } = spec("sync/shop");
    assert.deepEqual(
      [serviceAccountName, sourceRef, targetNamespace, deletionPolicy],
      ["shop", { kind: "GitRepository", name: "shop" }, undefined, "Delete"],
    );
    for (const name of ["source/shop", "sync/shop", "credentials/shop", "account/shop"]) {
      assert.equal((made.get(name)?.["metadata"] as { readonly namespace?: string }).namespace, "shop", name);
    }
  });

  it("puts the credentials into their Secret alone, as a Pulumi secret", async () => {
    const made = await run();
    const [token, encoded] = ["hunter2", Buffer.from("hunter2").toString("base64")];
    const holders = made.filter(({ inputs }) => [token, encoded].some((text) => JSON.stringify(inputs).includes(text)));
    assert.deepEqual(
      holders.map(({ name }) => name),
      ["credentials/shop"],
    );
    assert.match(JSON.stringify(holders[0]?.inputs["data"]), /4dabf18193072939515e22adb298388d/); // the mark of a secret on the wire
  });

  it("loads under the loader that Pulumi's own Node host uses, without its types being checked in every run", async function () {
    this.timeout(60_000);
    const { stdout } = await promisify(execFile)(process.execPath, [join(__dirname, "load-with-pulumi.js")], { cwd: __dirname });
    assert.deepEqual(JSON.parse(stdout), {
      exported: "function",
      transpileOnly: true,
      namespaces: ["namespace/books", "namespace/shop", "namespace/shop-jobs"],
    });
  });
});
