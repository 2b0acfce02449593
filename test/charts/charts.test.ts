import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chartReference, ensureCharts } from "../../charts/cache";
import { ChartError, pullChart } from "../../charts/registry";

const ARCHIVE = Buffer.from("the archive of a chart");
const digestOf = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

interface Registry {
  readonly url: string;
  requests: string[];
  mode: "good" | "corrupt" | "token" | "image";
  close(): void;
}

async function registry(): Promise<Registry> {
  const server = http.createServer((request, response) => {
    const path = request.url ?? "";
    self.requests.push(path);
    if (path.startsWith("/token")) return void response.end(JSON.stringify({ token: "t0" }));
    if (self.mode === "token" && request.headers.authorization !== "Bearer t0") {
      return void response
        .writeHead(401, {
          "www-authenticate": `Bearer realm="http://${request.headers.host}/token",service="s",scope="repository:charts/demo:pull"`,
        })
        .end();
    }
    if (path === "/v2/charts/demo/manifests/1.0.0_b1") {
      const mediaType =
        self.mode === "image" ? "application/vnd.oci.image.layer.v1.tar" : "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
      return void response.end(JSON.stringify({ layers: [{ mediaType, digest: digestOf(ARCHIVE) }] }));
    }
    if (path.endsWith(digestOf(ARCHIVE))) return void response.end(self.mode === "corrupt" ? "something else" : ARCHIVE);
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const self: Registry = { url: `oci://127.0.0.1:${port}/charts`, requests: [], mode: "good", close: () => server.close() };
  return self;
}

describe("charts", () => {
  let at: Registry;
  let dir: string;
  const pin = { name: "demo", version: "1.0.0+b1", upstream: "oci://upstream.invalid/charts/demo" };
  beforeEach(async () => {
    at = await registry();
    dir = mkdtempSync(join(tmpdir(), "charts-"));
  });
  afterEach(() => {
    at.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const settings = () => ({ mirror: at.url, plainHttp: true });

  it("come from the mirror under their own name, else from upstream", () => {
    assert.equal(chartReference(pin, settings()).url, `${at.url}/demo`);
    assert.equal(chartReference(pin, { plainHttp: false }).url, pin.upstream);
  });

  it("lie under a path that carries their digest, and ask the registry only once", async () => {
    const first = await ensureCharts([pin], settings(), dir);
    const path = first.get("demo") ?? "";
    assert.match(path, new RegExp(`^\\.charts/demo-1\\.0\\.0\\+b1-${digestOf(ARCHIVE).slice(7, 19)}\\.tgz$`));
    assert.deepEqual(readFileSync(join(dir, path)), ARCHIVE);
    const asked = at.requests.length;
    assert.deepEqual(await ensureCharts([pin], settings(), dir), first);
    assert.equal(at.requests.length, asked);
  });

  it("are pulled with an anonymous token where the registry asks for one", async () => {
    at.mode = "token";
    assert.equal((await ensureCharts([pin], settings(), dir)).size, 1);
  });

  it("are refused when their bytes are not what the manifest promises, and nothing is kept", async () => {
    at.mode = "corrupt";
    await assert.rejects(
      ensureCharts([pin], settings(), dir),
      (error: Error) => error instanceof ChartError && /not what its manifest promises/.test(error.message),
    );
    at.mode = "good";
    assert.equal((await ensureCharts([pin], settings(), dir)).size, 1);
  });

  it("are refused when the name holds something else", async () => {
    at.mode = "image";
    await assert.rejects(ensureCharts([pin], settings(), dir), /not a Helm chart/);
  });

  it("that cannot be had give one line with chart and host", async () => {
    await assert.rejects(
      pullChart({ url: "oci://127.0.0.1:1/charts/demo", version: "1" }, { scheme: "http" }),
      /chart oci:\/\/127\.0\.0\.1:1\/charts\/demo 1: cannot reach 127\.0\.0\.1:1/,
    );
    await assert.rejects(pullChart({ url: `${at.url}/other`, version: "1" }, { scheme: "http" }), /answered 404/);
  });
});
