import assert from "node:assert/strict";
import type { z } from "zod";
import { APPS } from "../../platform/apps";
import type { DeclaredApp } from "../../platform/kit/app";
import { declarePlatform } from "../../platform/plan";
import { renderTree } from "../../platform/render";
import { node, settings } from "./settings";

type Options = Readonly<Record<string, z.core.util.JSONType>>;

function declared(name: string, options: Options = {}, overrides: Parameters<typeof settings>[0] = {}): DeclaredApp {
  const found = declarePlatform(settings({ platform: { [name]: options }, ...overrides })).apps.find((app) => app.name === name);
  assert.ok(found !== undefined);
  return found;
}

/** A value of a chart by its path. */
function value(app: DeclaredApp, path: string): unknown {
  return path.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], app.values); // a wrong path fails the test
}

const ALONE = { nodes: [node("cp-1", "controlplane", 11)] };

describe("spegel", () => {
  it("is there by itself only where nodes have somebody to share with, and always or never when told so", () => {
    const active = (mode: string, overrides = {}): boolean => declared("spegel", { mode }, overrides).active;
    assert.deepEqual([active("auto"), active("auto", ALONE)], [true, false]);
    assert.deepEqual([active("always", ALONE), active("never")], [true, false]);
    assert.ok(![...renderTree(settings({ platform: { spegel: {} }, ...ALONE })).keys()].some((path) => path.includes("spegel")));
  });

  it("writes its mirrors where Talos' containerd reads them, and keeps those of the machine configs", () => {
    assert.equal(value(declared("spegel"), "spegel.containerdRegistryConfigPath"), "/etc/cri/conf.d/hosts");
    assert.equal(value(declared("spegel"), "spegel.prependExisting"), false);
    const mirrored = { ...node("worker-1", "worker", 21), registryMirrors: { "docker.io": ["https://harbor.home.arpa"] } };
    const nodes = [node("cp-1", "controlplane", 11), mirrored];
    assert.equal(value(declared("spegel", {}, { nodes }), "spegel.prependExisting"), true);
  });
});

describe("metrics-server", () => {
  it("reads kubelets by their node address and takes the certificates that they sign themselves", () => {
    const args = value(declared("metrics-server", { resolution: 30 }), "defaultArgs");
    assert.ok(Array.isArray(args));
    assert.ok(args.includes("--kubelet-insecure-tls") && args.includes("--metric-resolution=30s"));
    assert.ok(args.some((arg) => typeof arg === "string" && arg.startsWith("--kubelet-preferred-address-types=InternalIP")));
  });

  it("has a second pod, and a budget that lets a node drain, only where two nodes take workloads", () => {
    const two = { nodes: [node("cp-1", "controlplane", 11), node("worker-1", "worker", 21), node("worker-2", "worker", 22)] };
    const shape = (app: DeclaredApp): unknown => [value(app, "replicas"), value(app, "podDisruptionBudget.enabled")];
    assert.deepEqual(shape(declared("metrics-server")), [1, false]);
    assert.deepEqual(shape(declared("metrics-server", {}, two)), [2, true]);
  });
});

describe("reloader", () => {
  it("marks pods by annotation, which no Helm upgrade takes away, and holds the restricted level", () => {
    const app = declared("reloader");
    assert.equal(value(app, "reloader.reloadStrategy"), "annotations");
    assert.equal(value(app, "reloader.readOnlyRootFileSystem"), true);
    assert.deepEqual(value(app, "reloader.deployment.containerSecurityContext.capabilities"), { drop: ["ALL"] });
    assert.equal(app.namespace.podSecurity, "restricted");
  });
});

describe("what apps say of their connections", () => {
  it("names only apps that exist", () => {
    const names = new Set(APPS.map(({ name }) => name));
    const platform = declarePlatform(settings({ platform: Object.fromEntries([...names].map((name) => [name, {}])) }));
    for (const { name, network } of platform.apps) {
      for (const { peer } of [...(network.from ?? []), ...(network.to ?? [])]) {
        if (typeof peer === "object" && "app" in peer) assert.ok(names.has(peer.app), `${name} names ${peer.app}`);
      }
    }
  });
});
