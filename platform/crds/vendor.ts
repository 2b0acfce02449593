/**
 * Copies the CRDs that the `crds` app brings out of the pinned Go modules, byte for byte, and writes their
 * digests to `sources.json`. Run after a version in `platform/versions.ts` changed; needs Go and its proxy.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { COMPONENTS } from "../versions";
import type { VendoredSource } from "./vendored";

/** Where each folder's files come from: module and files or folders inside it. */
const ORIGINS = [
  {
    folder: "gateway-api",
    module: "sigs.k8s.io/gateway-api",
    version: COMPONENTS.gatewayApi,
    paths: (root: string) =>
      readdirSync(join(root, "config/crd/standard"))
        .filter((name) => name.endsWith(".yaml"))
        .map((name) => `config/crd/standard/${name}`),
  },
  {
    folder: "cilium",
    module: "github.com/cilium/cilium",
    version: `v${COMPONENTS.cilium}`,
    paths: () =>
      [
        "v2/ciliumbgpadvertisements.yaml",
        "v2/ciliumbgpclusterconfigs.yaml",
        "v2/ciliumbgppeerconfigs.yaml",
        "v2/ciliumloadbalancerippools.yaml",
        "v2alpha1/ciliuml2announcementpolicies.yaml",
      ].map((name) => `pkg/k8s/apis/cilium.io/client/crds/${name}`),
  },
] as const;

function moduleFolder(module: string, version: string): string {
  const answer: unknown = JSON.parse(execFileSync("go", ["mod", "download", "-json", `${module}@${version}`], { encoding: "utf8" }));
  if (typeof answer !== "object" || answer === null || !("Dir" in answer) || typeof answer.Dir !== "string") {
    throw new Error(`go has no folder for ${module}@${version}`);
  }
  return answer.Dir;
}

function vendor(): void {
  const sources: Record<string, VendoredSource> = {};
  for (const origin of ORIGINS) {
    const root = moduleFolder(origin.module, origin.version);
    const target = join(__dirname, origin.folder);
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    const files: VendoredSource["files"] = {};
    for (const path of [...origin.paths(root)].sort()) {
      const name = basename(path);
      copyFileSync(join(root, path), join(target, name));
      files[name] = {
        path,
        sha256: createHash("sha256")
          .update(readFileSync(join(target, name)))
          .digest("hex"),
      };
    }
    sources[origin.folder] = { module: origin.module, version: origin.version, licence: "Apache-2.0", files };
  }
  writeFileSync(join(__dirname, "sources.json"), `${JSON.stringify(sources, null, 2)}\n`);
}

if (require.main === module) vendor();
