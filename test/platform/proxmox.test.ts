import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { ciliumValues } from "../../components/cilium/values";
import { fluxInstanceSpec } from "../../components/flux/instance";
import { patchesFor } from "../../components/talos/patches";
import { SecretValue } from "../../config/secret-value";
import type { ProxmoxSettings, Settings } from "../../config/settings";
import { APPS } from "../../platform/apps";
import { defineApp, type App, type AppDefinition } from "../../platform/kit/app";
import type { SecretSource } from "../../platform/kit/secrets";
import { declarePlatform, planPlatform, secretsOf } from "../../platform/plan";
import { CHARTS } from "../../platform/versions";
import { moduleFolder } from "./go-module";
import { node, settings } from "./settings";

function cluster(name: string, tls: ProxmoxSettings["tls"] = { mode: "system" }): ProxmoxSettings {
  return {
    name,
    endpoint: `https://${name}.example.com:8006/`,
    token: SecretValue.of("root@pam!x=00000000-0000-0000-0000-000000000000"),
    tls,
    hosts: [{ name: "pve1", cores: 8, memoryMiB: 32768, imageDatastore: "local", diskDatastore: "tank" }],
    sharedDatastores: [],
    bridge: "vmbr0",
    tags: [],
    antiAffinityRule: false,
  };
}

const on = (platform: Settings["platform"], proxmox: readonly ProxmoxSettings[] = [cluster("home")]): Settings =>
  settings({ platform, proxmox });

/** The modules that carry the charts, each at the version whose chart the platform pins. */
const SOURCES = {
  "proxmox-csi": ["github.com/sergelogvinov/proxmox-csi-plugin", "v0.18.1", "charts/proxmox-csi-plugin"],
  "proxmox-ccm": ["github.com/sergelogvinov/proxmox-cloud-controller-manager", "v0.7.0", "charts/proxmox-cloud-controller-manager"],
  cilium: ["github.com/cilium/cilium", `v${CHARTS.cilium.version}`, "install/kubernetes/cilium"],
} as const;

/** The chart's own values and version; the test is skipped where the module cache has no such source. */
function chart(context: Mocha.Context, name: keyof typeof SOURCES): { readonly values: unknown; readonly version: unknown } {
  const [module, version, folder] = SOURCES[name];
  const found = moduleFolder(module, version);
  if (found === undefined) return context.skip();
  const read = (file: string): unknown => parse(readFileSync(join(found, folder, file), "utf8"));
  return { values: read("values.yaml"), version: Reflect.get(read("Chart.yaml") as object, "version") };
}

const declared = (given: Settings, name: string) => {
  const found = declarePlatform(given).apps.find((app) => app.name === name);
  assert.ok(found);
  return found;
};

/** The text of a source with something readable in place of each token part. */
function text(source: SecretSource): string {
  if (source.from === "joined") return source.parts.map(text).join("");
  return source.from === "proxmox-token"
    ? `<${source.proxmox} ${source.user} ${source.part}>`
    : source.from === "plain"
      ? source.value
      : "?";
}

function configOf(given: Settings, name: string): unknown {
  const source = secretsOf(given).find((secret) => secret.name === name)?.data["config.yaml"];
  assert.ok(source);
  return parse(text(source));
}

/** Every path of a values object that the chart's own values do not have; maps that the chart leaves empty and resources are free. */
function unknownKeys(given: unknown, known: unknown, path: string[] = []): string[] {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return [];
  if (typeof known !== "object" || known === null || Array.isArray(known)) return [];
  if ((Object.keys(known).length === 0 && path.length > 0) || path.at(-1) === "resources") return [];
  return Object.entries(given).flatMap(([key, value]) =>
    key in known ? unknownKeys(value, Reflect.get(known, key), [...path, key]) : [[...path, key].join(".")],
  );
}

describe("the configuration of Proxmox' controllers", () => {
  it("names every cluster of the settings as a region, with the token that the program makes there", () => {
    const given = on({ "proxmox-csi": {}, "proxmox-ccm": {} }, [
      cluster("home"),
      cluster("attic", { mode: "insecure", reason: "self-signed" }),
    ]);
    for (const user of ["csi", "ccm"]) {
      assert.deepEqual(configOf(given, `proxmox-${user}-config`), {
        features: { provider: "default" },
        clusters: [
          {
            url: "https://home.example.com:8006/api2/json",
            insecure: false,
            token_id: `<home ${user} id>`,
            token_secret: `<home ${user} secret>`,
            region: "home",
          },
          {
            url: "https://attic.example.com:8006/api2/json",
            insecure: true,
            token_id: `<attic ${user} id>`,
            token_secret: `<attic ${user} secret>`,
            region: "attic",
          },
        ],
      });
    }
  });

  it("brings the CA of a cluster that has one of its own, beside the image's roots", () => {
    const app = declared(on({ "proxmox-csi": {} }, [cluster("home", { mode: "ca", pem: "PEM" })]), "proxmox-csi");
    assert.deepEqual(app.objects.find(({ kind }) => kind === "ConfigMap")?.["data"], { "proxmox-ca.crt": "PEM\n" });
    assert.equal((app.values["extraVolumeMounts"] as { mountPath: string }[])[0]?.mountPath, "/etc/ssl/certs/proxmox-ca.crt");
    assert.equal(declared(on({ "proxmox-csi": {} }), "proxmox-csi").values["extraVolumes"], undefined);
  });

  it("is given to the charts in values that they know", function () {
    const trusted = [cluster("home", { mode: "ca", pem: "PEM" })];
    for (const name of ["proxmox-csi", "proxmox-ccm"] as const) {
      const { values, version } = chart(this, name);
      const app = declared(on({ [name]: {} }, trusted), name);
      assert.equal(app.chart?.version, version);
      assert.deepEqual(unknownKeys(app.values, values), [], name);
      assert.deepEqual(unknownKeys({ existingSecret: "x" }, values), ["existingSecret"]);
    }
  });
});

describe("the storage classes on Proxmox", () => {
  const classes = (options: Record<string, string> = {}) =>
    declared(on({ "proxmox-csi": options }), "proxmox-csi").objects.filter(({ kind }) => kind === "StorageClass");

  it("are one default, one whose volumes are kept, and one of another file system", () => {
    assert.deepEqual(
      classes().map((each) => [
        each.metadata.name,
        each["reclaimPolicy"],
        (each["parameters"] as Record<string, string>)["csi.storage.k8s.io/fstype"],
      ]),
      [
        ["proxmox-csi", "Delete", "ext4"],
        ["proxmox-csi-retain", "Retain", "ext4"],
        ["proxmox-csi-xfs", "Delete", "xfs"],
      ],
    );
    const defaults = classes().filter((each) => each.metadata.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true");
    assert.deepEqual(
      defaults.map(({ metadata }) => metadata.name),
      [declarePlatform(on({ "proxmox-csi": {} })).facts.storageClass],
    );
  });

  it("make a volume only where its pod runs, on the machines' datastore unless told another", () => {
    for (const each of classes()) assert.equal(each["volumeBindingMode"], "WaitForFirstConsumer");
    const storage = (options: Record<string, string>) => (classes(options)[0]?.["parameters"] as Record<string, string>)["storage"];
    assert.deepEqual([storage({}), storage({ datastore: "fast" })], ["tank", "fast"]);
  });

  it("come before whoever keeps volumes, by whatever it asks for them, and name nothing while the driver is off", () => {
    assert.equal(declarePlatform(on({})).facts.storageClass, undefined);
    const keeper = (overrides: Partial<AppDefinition<z.ZodObject>>): App =>
      defineApp({
        name: "keeper",
        summary: "keeper",
        namespace: { name: "keeper" },
        presence: "chosen",
        needs: [],
        after: [],
        options: z.strictObject({}),
        ...overrides,
      });
    const waits = (overrides: Partial<AppDefinition<z.ZodObject>>, platform: Settings["platform"] = { "proxmox-csi": {} }) => {
      const csi = APPS.filter(({ name }) => name === "proxmox-csi");
      const plan = planPlatform(on({ keeper: {}, ...platform }), [...csi, keeper(overrides)]).find(({ name }) => name === "keeper");
      return plan?.dependsOn.includes("proxmox-csi");
    };
    const claim = { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "c" } };
    const set = { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "s" }, spec: { volumeClaimTemplates: [{}] } };
    const plain = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "m" } };
    const chart = { ...CHARTS.loki, rights: "namespace" } as const;
    assert.equal(waits({ data: () => [claim] }), true);
    assert.equal(waits({ objects: () => [set] }), true);
    assert.equal(waits({ chart, values: ({ facts }) => ({ persistence: { storageClass: facts.storageClass } }) }), true);
    assert.equal(waits({ objects: () => [plain] }), false);
    assert.equal(waits({ data: () => [claim] }, {}), false);
  });
});

describe("where a node is", () => {
  const labels = (platform: Settings["platform"], own: Record<string, string> = {}) => {
    const documents = patchesFor(on(platform), { ...node("w", "worker", 21), labels: own }).map(
      (each) => parse(each) as { machine?: { nodeLabels?: unknown } },
    );
    return documents.find(({ machine }) => machine?.nodeLabels !== undefined)?.machine?.nodeLabels;
  };
  const place = { "topology.kubernetes.io/region": "home", "topology.kubernetes.io/zone": "pve1" };

  it("is said by its machine config while the volume driver is on and no cloud controller says it", () => {
    assert.deepEqual(labels({ "proxmox-csi": {} }), place);
    assert.equal(labels({ "proxmox-csi": {}, "proxmox-ccm": {} }), undefined);
    assert.equal(labels({}), undefined);
  });

  it("stays as the settings say where they say it", () => {
    assert.deepEqual(labels({ "proxmox-csi": {} }, { "topology.kubernetes.io/zone": "rack-1" }), {
      ...place,
      "topology.kubernetes.io/zone": "rack-1",
    });
  });
});

describe("a node that the cloud controller has not looked at yet", () => {
  const TAINT = "node.cloudprovider.kubernetes.io/uninitialized";
  const off = on({});
  const withController = on({ "proxmox-ccm": {} });
  const external = (given: Settings) =>
    patchesFor(given, node("cp-1", "controlplane", 11)).some((patch) => patch.includes("externalCloudProvider"));

  it("is tainted only while there is a cloud controller", () => {
    assert.deepEqual([external(off), external(withController)], [false, true]);
  });

  it("is tolerated by everything on the way to the cloud controller, and named nowhere without one", () => {
    const cilium = ciliumValues(withController) as { hubble: { relay: unknown; ui: unknown }; certgen: unknown };
    for (const part of [cilium.hubble.relay, cilium.hubble.ui, cilium.certgen]) assert.ok(JSON.stringify(part).includes(TAINT));
    const controllers = (
      fluxInstanceSpec(withController)["kustomize"] as { patches: { target: { kind: string; name: string }; patch: string }[] }
    ).patches;
    const tolerating = controllers.find(({ patch }) => patch.includes(TAINT));
    assert.deepEqual(tolerating?.target, { kind: "Deployment", name: ".*" });
    for (const without of [ciliumValues(off), fluxInstanceSpec(off)]) assert.ok(!JSON.stringify(without).includes(TAINT));
  });

  it("is tolerated by the cloud controller itself, Cilium's operator and agent, as their charts say", function () {
    const tolerations = (name: keyof typeof SOURCES, ...path: string[]) =>
      JSON.stringify(path.reduce<unknown>((at, key) => Reflect.get(at as object, key), chart(this, name).values));
    assert.ok(tolerations("proxmox-ccm", "tolerations").includes(TAINT));
    assert.ok(tolerations("cilium", "operator", "tolerations").includes(TAINT));
    assert.equal(tolerations("cilium", "tolerations"), '[{"operator":"Exists"}]');
  });

  it("holds up no app that the cloud controller waits for", () => {
    const plan = planPlatform(withController).find(({ name }) => name === "proxmox-ccm");
    assert.deepEqual(plan?.dependsOn, ["crds"]);
  });
});
