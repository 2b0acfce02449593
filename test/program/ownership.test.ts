import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import program from "../../index";
import { isRecord } from "../../config/path";
import type { Settings } from "../../config/settings";
import { APPS } from "../../platform/apps";
import { defineApp } from "../../platform/kit/app";
import { BUILT_IN_NAMESPACES } from "../../platform/names";
import { enabledApps } from "../../platform/plan";
import { loadSettings } from "../../stacks/load-settings";
import { fluxOperatorOwns, ownedTwice, type Owner, pulumiOwns, secretsReferred, talosOwns, treeObjects, treeOwns } from "./owners";
import { prepare, projectWithCharts, type Registered, ROOT, sectionsWithSecrets } from "./under-mocks";

const STACKS = ["Pulumi.lab.yaml", "test/fixtures/stacks/Pulumi.bgp.yaml", "test/fixtures/stacks/Pulumi.one-node.yaml"];
/** Seeded while the app that reads it may be off: `up` with a tunnel must not wait for the tree to have its connector. */
const READER_MAY_BE_OFF: Readonly<Record<string, string>> = { "network/cloudflare-tunnel": "cloudflared" };

interface Ran {
  readonly settings: Settings;
  readonly registered: readonly Registered[];
}

describe("ownership", () => {
  for (const stack of STACKS) {
    describe(`with ${stack}`, function () {
      this.timeout(60_000);
      let ran: Ran;
      before(async () => {
        ran = await run(join(ROOT, stack));
      });
      const owners = (extra: readonly Owner[] = []): readonly Owner[] => [
        pulumiOwns(ran.registered),
        treeOwns(ran.settings),
        talosOwns(),
        fluxOperatorOwns(),
        ...extra,
      ];

      it("gives nothing two owners: no object, no Helm release, no DNS name", () => {
        for (const { name, owns } of owners()) assert.ok(owns.length > 1, `${name} owns something`);
        assert.deepEqual(ownedTwice(owners()), []);
      });

      it("makes exactly the namespaces that the tree and the seeded Secrets lie in, built-in ones left out", () => {
        const made = inputsOf(ran, "kubernetes:core/v1:Namespace").map((inputs) => nameOf(inputs).name);
        const used = [
          ...treeObjects(ran.settings).flatMap((object) => [object.metadata.namespace, targetOf(object)]),
          ...seeded(ran).map((path) => path.split("/")[0]),
        ];
        const wanted = new Set(used.filter((name) => name !== undefined && !BUILT_IN_NAMESPACES.includes(name)));
        assert.deepEqual(made.sort(), [...wanted].sort());
      });

      it("seeds every Secret that the tree or FluxInstance refers to, and no other", () => {
        const referred = new Set([...treeObjects(ran.settings), ...instances(ran)].flatMap(secretsReferred));
        assert.ok(referred.size >= 3, [...referred].join());
        assert.deepEqual(
          [...referred].filter((path) => !seeded(ran).includes(path)),
          [],
        );
        assert.deepEqual(
          seeded(ran).filter((path) => !referred.has(path) && !mayBeUnread(path, ran)),
          [],
        );
      });

      it("makes one DNS record where there is an edge, and none of an app's", () => {
        const { owns } = pulumiOwns(ran.registered);
        const domain = ran.settings.cluster.domains[0];
        assert.deepEqual(
          owns.filter((thing) => thing.startsWith("DNS ")),
          ran.settings.cloudflare === undefined ? [] : [`DNS external.${domain}`],
        );
        assert.ok(treeOwns(ran.settings).owns.includes(`DNS echo.${domain}`));
      });

      const duplicates: readonly { readonly of: string; readonly owner: string; readonly object: Parameters<typeof thief>[0] }[] = [
        {
          of: "a seeded Secret",
          owner: "Pulumi",
          object: { apiVersion: "v1", kind: "Secret", metadata: { name: "sops-age", namespace: "flux-system" } },
        },
        { of: "a namespace", owner: "Pulumi", object: { apiVersion: "v1", kind: "Namespace", metadata: { name: "echo" } } },
        {
          of: "Cilium's release",
          owner: "Pulumi",
          object: { apiVersion: "helm.toolkit.fluxcd.io/v2", kind: "HelmRelease", metadata: { name: "cilium", namespace: "kube-system" } },
        },
        {
          of: "the FluxInstance",
          owner: "Pulumi",
          object: { apiVersion: "fluxcd.controlplane.io/v1", kind: "FluxInstance", metadata: { name: "flux", namespace: "flux-system" } },
        },
        {
          of: "CoreDNS",
          owner: "Talos",
          object: { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "coredns", namespace: "kube-system" } },
        },
        {
          of: "the sync",
          owner: "flux-operator",
          object: {
            apiVersion: "kustomize.toolkit.fluxcd.io/v1",
            kind: "Kustomization",
            metadata: { name: "flux-system", namespace: "flux-system" },
          },
        },
        {
          of: "another app's object",
          owner: "the tree",
          object: { apiVersion: "v1", kind: "Service", metadata: { name: "echo", namespace: "echo" } },
        },
      ];
      for (const { of, owner, object } of duplicates) {
        it(`sees an app that makes ${of} once more`, () => {
          const tree = treeOwns(ran.settings, [...APPS, thief(object)]);
          const twice = ownedTwice([pulumiOwns(ran.registered), tree, talosOwns(), fluxOperatorOwns()]);
          assert.equal(twice.length, 1, twice.join("\n"));
          assert.match(twice[0] ?? "", new RegExp(`: (${owner}, the tree|the tree, ${owner})$`));
        });
      }
    });
  }

  it("refuses an app that takes the tunnel's name", async function () {
    this.timeout(60_000);
    const { settings } = await run(join(ROOT, "Pulumi.lab.yaml"));
    assert.throws(() => treeOwns(settings, [...APPS, thief(undefined, "external.lab.example.com")]), /the tunnel's/);
  });
});

/** An app that makes what is somebody else's. */
function thief(
  object:
    | { readonly apiVersion: string; readonly kind: string; readonly metadata: { readonly name: string; readonly namespace?: string } }
    | undefined,
  host?: string,
): (typeof APPS)[number] {
  return defineApp({
    name: "thief",
    summary: "Makes what is somebody else's",
    namespace: { name: object?.metadata.namespace ?? "flux-system" },
    presence: "always",
    needs: [],
    after: [],
    options: z.strictObject({}),
    objects: () => (object === undefined ? [] : [object]),
    hosts: () =>
      host === undefined
        ? []
        : [{ host, service: "thief", port: 80, gateway: "internal", protection: { by: "public", reason: "a thief's" } }],
  });
}

async function run(stackFile: string): Promise<Ran> {
  const cwd = process.cwd();
  const dir = projectWithCharts();
  process.chdir(dir);
  try {
    const registered = prepare(sectionsWithSecrets(stackFile), "owners");
    await program();
    await pulumi.runtime.disconnect();
    return { registered, settings: loadSettings() };
  } finally {
    process.chdir(cwd);
    rmSync(dir, { recursive: true, force: true });
  }
}

function inputsOf({ registered }: Ran, type: string): readonly Readonly<Record<string, unknown>>[] {
  return registered.filter((each) => each.type === type).map(({ inputs }) => inputs);
}

function nameOf({ metadata }: Readonly<Record<string, unknown>>): { readonly name: string; readonly namespace?: string } {
  if (!isRecord(metadata)) throw new Error("an object has metadata");
  const { name, namespace } = metadata;
  return { name: String(name), ...(namespace === undefined ? {} : { namespace: String(namespace) }) };
}

function mayBeUnread(path: string, { settings }: Ran): boolean {
  const reader = READER_MAY_BE_OFF[path];
  return reader !== undefined && !enabledApps(settings).has(reader);
}

function seeded(ran: Ran): readonly string[] {
  return inputsOf(ran, "kubernetes:core/v1:Secret").map((inputs) => `${nameOf(inputs).namespace}/${nameOf(inputs).name}`);
}

function instances(ran: Ran): readonly (Readonly<Record<string, unknown>> & { readonly metadata: { readonly namespace?: string } })[] {
  return ran.registered
    .filter(({ inputs }) => inputs["kind"] === "FluxInstance")
    .map(({ inputs }) => ({ ...inputs, metadata: nameOf(inputs) }));
}

/** Namespace that a Flux Kustomization puts its objects into. */
function targetOf({ spec }: Readonly<Record<string, unknown>>): string | undefined {
  return isRecord(spec) && typeof spec["targetNamespace"] === "string" ? spec["targetNamespace"] : undefined;
}
