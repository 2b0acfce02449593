import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { type LabChart, labCharts } from "../../../lab/charts/catalogue";
import { packageChart } from "../../../lab/charts/chart-package";
import { ChartRegistry } from "../../../lab/charts/chart-registry";
import { tarball } from "../../../lab/charts/tarball";

describe("the lab's charts", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hearth-charts-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function chart(files: Readonly<Record<string, string>>): string {
    const directory = join(folder, "source");
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), content);
    }
    return directory;
  }

  function unpack(archive: Buffer): (path: string) => string {
    writeFileSync(join(folder, "chart.tgz"), archive);
    execFileSync("tar", ["-xzf", "chart.tgz"], { cwd: folder });
    return (path) => readFileSync(join(folder, path), "utf8");
  }

  const list = (archive: Buffer): string[] => {
    unpack(archive);
    return execFileSync("tar", ["-tzf", "chart.tgz"], { cwd: folder, encoding: "utf8" }).trim().split("\n");
  };

  it("are packaged into the same bytes whenever and wherever that is done", () => {
    const directory = chart({ "Chart.yaml": "name: x\nversion: 0.0.0\n", "values.yaml": "a: 1\n", "templates/a.yaml": "a" });
    const first = packageChart({ name: "x", version: "1.2.3", directory }).archive;
    utimesSync(join(directory, "values.yaml"), 1, 1);
    assert.ok(first.equals(packageChart({ name: "x", version: "1.2.3", directory }).archive));
  });

  it("carry the pinned version in place of a placeholder", () => {
    const directory = chart({ "Chart.yaml": "name: other\nversion: v0.0.0-latest\nappVersion: latest\n", "templates/a.yaml": "a" });
    const read = unpack(packageChart({ name: "x", version: "1.2.3", appVersion: "v1.2.3", directory }).archive);
    const metadata: unknown = parse(read("x/Chart.yaml"));
    assert.deepEqual(metadata, { name: "x", version: "1.2.3", appVersion: "v1.2.3", annotations: {} });
  });

  it("leave out what .helmignore names", () => {
    const files = {
      "Chart.yaml": "name: x\nversion: 1.0.0\n",
      ".helmignore": "# c\n*.tmpl\nci/\n/docs/a.md\n",
      "values.yaml.tmpl": "",
      "ci/t.yaml": "",
      "docs/a.md": "",
      "docs/b.md": "",
      "templates/ci.yaml": "",
    };
    const paths = list(packageChart({ name: "x", version: "1.0.0", directory: chart(files) }).archive);
    assert.deepEqual(paths.sort(), ["x/Chart.yaml", "x/docs/b.md", "x/templates/ci.yaml"]);
  });

  it("fill in a values template", () => {
    const directory = chart({ "Chart.yaml": "name: x\nversion: 1.0.0\n", "values.tmpl.yaml": "image: ${Image}\n" });
    const read = unpack(
      packageChart({ name: "x", version: "1.0.0", directory, valuesFile: "values.tmpl.yaml", substitutions: { Image: "a:1" } }).archive,
    );
    assert.equal(read("x/values.yaml"), "image: a:1\n");
  });

  it("say which optional dependency is left out, and are refused without one that always counts", () => {
    const dependencies =
      "dependencies:\n  - { name: minio, version: 1.0.0, condition: minio.enabled }\n  - { name: crds, version: 0.0.0 }\n";
    const optional = chart({
      "Chart.yaml": `name: x\nversion: 1.0.0\n${dependencies}`,
      "charts/crds/Chart.yaml": "name: crds\nversion: 0.0.0\n",
    });
    const metadata: unknown = JSON.parse(packageChart({ name: "x", version: "1.0.0", directory: optional }).metadata);
    assert.deepEqual(Reflect.get(Object(metadata), "annotations"), { "lab.hearth.dev/left-out": "minio" });
    rmSync(join(optional, "charts"), { recursive: true });
    assert.throws(() => packageChart({ name: "x", version: "1.0.0", directory: optional }), /chart x: its source has no crds/);
  });

  it("may have paths longer than the archive's name field", () => {
    const path = `${"d".repeat(60)}/${"e".repeat(60)}/${"f".repeat(60)}.yaml`;
    assert.deepEqual(list(tarball([{ path, content: Buffer.from("x") }])), [path]);
    assert.throws(() => tarball([{ path: "g".repeat(300), content: Buffer.alloc(0) }]), /too long/);
  });
});

for (const name of ["flux-operator", "kube-prometheus-stack", "tuppr"])
  describe(`the stand-in chart ${name}`, () => {
    const directory = join(__dirname, "../../../lab/charts", name);
    const schema: unknown = JSON.parse(readFileSync(join(directory, "values.schema.json"), "utf8"));
    const values: unknown = parse(readFileSync(join(directory, "values.yaml"), "utf8"));

    it("says that it is a stand-in, and for what", () => {
      const metadata: unknown = parse(readFileSync(join(directory, "Chart.yaml"), "utf8"));
      const annotations: unknown = Reflect.get(Object(metadata), "annotations");
      assert.equal(Reflect.get(Object(annotations), "lab.hearth.dev/stand-in"), "true");
      assert.match(readFileSync(join(directory, "templates/_names.tpl"), "utf8"), /lab\.hearth\.dev\/stand-in: "true"/);
    });

    it("refuses every value that it does not know, and knows each of its defaults", () => {
      const known = Object.keys(Object(Reflect.get(Object(schema), "properties")));
      assert.equal(Reflect.get(Object(schema), "additionalProperties"), false);
      assert.deepEqual(
        Object.keys(Object(values)).filter((key) => !known.includes(key)),
        [],
      );
    });
  });

describe("the chart registry", () => {
  const directory = mkdtempSync(join(tmpdir(), "hearth-registry-"));
  const packaged: string[] = [];
  const made = (version: string): LabChart => ({
    name: "x",
    version,
    origin: "real",
    source: () => {
      packaged.push(version);
      return { name: "x", version, directory };
    },
  });
  let registry: ChartRegistry;
  const url = (path: string): string => `${registry.mirror.replace("oci://", "http://").replace(/\/charts$/, "")}/v2/${path}`;

  before(async () => {
    writeFileSync(join(directory, "Chart.yaml"), "name: x\nversion: 0.0.0\n");
    registry = await ChartRegistry.start([made("1.0.0"), made("1.1.0+build")]);
  });
  after(async () => {
    await registry.switchOff();
    rmSync(directory, { recursive: true });
  });

  it("serves a chart as Helm and Flux ask for one, packaged when it is first asked for", async () => {
    assert.equal((await fetch(url(""))).status, 200);
    assert.deepEqual(packaged, []);
    const answer = await fetch(url("charts/x/manifests/1.0.0"));
    assert.equal(answer.headers.get("content-type"), "application/vnd.oci.image.manifest.v1+json");
    const text = await answer.text();
    assert.equal(answer.headers.get("docker-content-digest"), `sha256:${createHash("sha256").update(text).digest("hex")}`);
    const manifest: { layers: { digest: string; size: number; mediaType: string }[] } = JSON.parse(text);
    const [layer] = manifest.layers;
    assert.equal(layer?.mediaType, "application/vnd.cncf.helm.chart.content.v1.tar+gzip");
    const blob = Buffer.from(await (await fetch(url(`charts/x/blobs/${layer?.digest}`))).arrayBuffer());
    assert.equal(blob.length, layer?.size);
    assert.equal(`sha256:${createHash("sha256").update(blob).digest("hex")}`, layer?.digest);
    assert.equal((await fetch(url(`charts/x/manifests/${answer.headers.get("docker-content-digest")}`))).status, 200);
    assert.equal((await fetch(url("charts/x/manifests/1.0.0"), { method: "HEAD" })).headers.get("content-length"), String(text.length));
    assert.deepEqual(
      packaged.filter((version) => version === "1.0.0"),
      ["1.0.0"],
    );
  });

  it("lists versions as tags", async () => {
    assert.deepEqual(await (await fetch(url("charts/x/tags/list"))).json(), { name: "charts/x", tags: ["1.0.0", "1.1.0_build"] });
  });

  it("has nothing else, and takes nothing", async () => {
    assert.equal((await fetch(url("charts/y/manifests/1.0.0"))).status, 404);
    assert.equal((await fetch(url("charts/x/manifests/2.0.0"))).status, 404);
    assert.equal((await fetch(url("charts/x/blobs/sha256:0"))).status, 404);
    assert.equal((await fetch(url("charts/x/blobs/uploads/"), { method: "POST" })).status, 405);
  });

  it("counts what it is asked, refuses connections while it is off, and is back on the same port", async () => {
    const before = registry.requests.length;
    await fetch(url(""));
    assert.equal(registry.requests.length, before + 1);
    const address = url("");
    await registry.switchOff();
    await assert.rejects(fetch(address));
    await registry.switchOn();
    assert.equal((await fetch(address)).status, 200);
    assert.equal(registry.requests.length, before + 2);
  });
});

describe("the catalogue", () => {
  it("names every chart once, and a chart whose module is not there fails alone", () => {
    const charts = labCharts({
      moduleDir: (module) => {
        throw new Error(`no ${module}`);
      },
    });
    assert.equal(new Set(charts.map(({ name, version }) => `${name} ${version}`)).size, charts.length);
    assert.equal(charts.find(({ name }) => name === "flux-operator")?.origin, "stand-in");
    assert.throws(() => charts.find(({ name }) => name === "cilium")?.source(), /no github.com\/cilium\/cilium/);
  });
});
