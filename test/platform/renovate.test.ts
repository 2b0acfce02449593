import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { VERSIONS } from "../../lab/toolchain/parts";
import { CHARTS, COMPONENTS, IMAGES } from "../../platform/versions";

const ROOT = join(__dirname, "../..");

interface Manager {
  readonly managerFilePatterns: readonly string[];
  readonly matchStrings: readonly string[];
}

interface Rule {
  readonly automerge?: boolean;
  readonly matchUpdateTypes?: readonly string[];
  readonly matchPackageNames?: readonly string[];
  readonly groupName?: string;
}

const CONFIG: { customManagers: Manager[]; packageRules: Rule[]; minimumReleaseAge: string } = JSON.parse(
  readFileSync(join(ROOT, "renovate.json"), "utf8"),
);

type Found = Readonly<Partial<Record<"datasource" | "depName" | "currentValue" | "currentDigest", string>>>;

/** What Renovate's regular-expression managers find in a file. */
function found(file: string, text = readFileSync(join(ROOT, file), "utf8")): readonly Found[] {
  return CONFIG.customManagers
    .filter(({ managerFilePatterns }) => managerFilePatterns.some((pattern) => new RegExp(pattern.slice(1, -1)).test(file)))
    .flatMap(({ matchStrings }) =>
      matchStrings.flatMap((match) => [...text.matchAll(new RegExp(match, "g"))].map(({ groups }) => groups ?? {})),
    );
}

/** Values that follow from others, or that only a release of another says. */
const DERIVED = new Set([
  "components.cilium",
  "components.ciliumCrdSchema",
  "images.barmanCloud",
  "images.barmanCloudSidecar",
  "images.cloudnativePg",
]);

const PINNED: readonly (readonly [string, string])[] = [
  ...Object.entries(CHARTS).map(([name, { version }]) => [`charts.${name}`, version] as const),
  ...Object.entries(COMPONENTS).map(([name, version]) => [`components.${name}`, version] as const),
  ...Object.entries(IMAGES).map(([name, image]) => [`images.${name}`, image] as const),
].filter(([name]) => !DERIVED.has(name));

describe("renovate.json", () => {
  it("finds every version that the platform pins, whole, and where it comes from", () => {
    const matches = found("platform/versions.ts");
    const texts = matches.map(
      ({ currentValue, currentDigest }) => `${currentValue ?? ""}${currentDigest === undefined ? "" : `@${currentDigest}`}`,
    );
    for (const [name, value] of PINNED) {
      const version = value.includes("/") ? value.slice(value.indexOf(":") + 1) : value;
      assert.ok(texts.includes(version), `${name}: ${version}`);
    }
    assert.equal(matches.length, PINNED.length);
    for (const { datasource, depName } of matches)
      assert.match(`${datasource} ${depName}`, /^(docker|helm|go|github-releases|github-tags) \S+$/);
  });

  it("looks for an image under the name that is run", () => {
    const names = new Set(found("platform/versions.ts").map(({ depName }) => depName));
    for (const image of Object.values(IMAGES))
      assert.ok(names.has(image.split(":")[0]) || image.includes("plugin-barman-cloud") || image.includes("/cloudnative-pg:"), image);
  });

  it("finds every pin of the lab, and each source of its charts", () => {
    const pins = found("lab/toolchain/parts.ts").map(({ currentValue }) => currentValue);
    assert.deepEqual(pins, Object.values(VERSIONS));
    const sources: readonly unknown[] = JSON.parse(readFileSync(join(ROOT, "lab/toolchain/sources.json"), "utf8"));
    assert.equal(found("lab/toolchain/sources.json").length, sources.length);
  });

  it("would miss a version without its comment", () => {
    const text = readFileSync(join(ROOT, "platform/versions.ts"), "utf8").replace(/\n\s*\/\/ renovate: [^\n]*redis\n/, "\n");
    assert.equal(found("platform/versions.ts", text).length, PINNED.length - 1);
  });

  it("merges nothing by itself that holds data, and nothing but patches", () => {
    const merging = CONFIG.packageRules.filter(({ automerge }) => automerge === true);
    for (const { matchUpdateTypes = [], matchPackageNames = [] } of merging) {
      assert.deepEqual([...matchUpdateTypes].sort(), ["digest", "patch"]);
      assert.ok(matchPackageNames.length > 0);
      for (const name of matchPackageNames)
        assert.doesNotMatch(name, /postgres|redis$|rustfs|keycloak|loki|prometheus|cilium|talos|volsync|proxmox/);
    }
    const verdicts = CONFIG.packageRules.map(({ automerge }) => automerge);
    assert.ok(verdicts.lastIndexOf(false) > verdicts.lastIndexOf(true), "the last rule that matches counts");
  });

  it("waits three days and keeps the lab, Flux and Talos in one change each", () => {
    assert.equal(CONFIG.minimumReleaseAge, "3 days");
    const groups = CONFIG.packageRules.map(({ groupName }) => groupName);
    for (const group of ["lab", "Flux", "Talos"]) assert.ok(groups.includes(group), group);
  });
});
