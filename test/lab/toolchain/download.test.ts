import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { PartCache } from "../../../lab/toolchain/cache";
import { downloadPart, findChecksum, findDownloaded, Hosts } from "../../../lab/toolchain/download";
import type { Part } from "../../../lab/toolchain/parts";
import { part, removeFolders, temporaryFolder, write } from "./fixture";

const LINUX = { os: "linux", arch: "amd64" };

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

describe("an official download", () => {
  let server: Server;
  let files: Record<string, string | Buffer>;
  let requests: string[];

  beforeEach(async () => {
    [files, requests] = [{}, []];
    server = createServer((request, response) => {
      requests.push(request.url ?? "");
      const content = files[request.url ?? ""];
      response.writeHead(content === undefined ? 404 : 200).end(content);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    removeFolders();
  });

  function base(): string {
    const { port } = server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  function plain(): Part {
    const url = `${base()}/{version}/kwok-{os}-{arch}`;
    return part("kwok", { download: { files: [{ url, sha256Url: `${url}.sha256`, version: "1.2.3", as: "kwok" }] } });
  }

  it("is taken, made executable and remembered when its checksum is right", async () => {
    files = { "/1.2.3/kwok-linux-amd64": "program", "/1.2.3/kwok-linux-amd64.sha256": `${sha256("program")}\n` };
    const cache = new PartCache(temporaryFolder());
    const got = await downloadPart(plain(), cache, new Hosts(), LINUX);
    assert.ok(typeof got !== "string", String(got));
    assert.equal(readFileSync(got.path, "utf8"), "program");
    assert.equal(statSync(got.path).mode & 0o111, 0o111);
    assert.equal(got.record.origin, "download");
    assert.equal(findDownloaded(plain(), cache, LINUX)?.path, got.path);
  });

  it("comes out of an archive, and a script can join several files to one part", async () => {
    const folder = temporaryFolder();
    write(folder, { "etcd-1.2.3/etcd": "etcd program" });
    execFileSync("tar", ["-czf", join(folder, "etcd.tar.gz"), "-C", folder, "etcd-1.2.3"]);
    const archive = readFileSync(join(folder, "etcd.tar.gz"));
    files = { "/etcd.tar.gz": archive, "/SHA256SUMS": `${sha256("x")}  other.tar.gz\n${sha256(archive)}  etcd.tar.gz\n` };
    const file = {
      url: `${base()}/etcd.tar.gz`,
      sha256Url: `${base()}/SHA256SUMS`,
      version: "1.2.3",
      member: "etcd-{version}/etcd",
      as: "etcd",
    };
    const kube = part("kube", { download: { files: [file], script: "#!/bin/sh\n" } });
    const got = await downloadPart(kube, new PartCache(temporaryFolder()), new Hosts(), LINUX);
    assert.ok(typeof got !== "string", String(got));
    assert.equal(readFileSync(join(got.path, "..", "etcd"), "utf8"), "etcd program");
    assert.equal(readFileSync(got.path, "utf8"), "#!/bin/sh\n");
  });

  it("is refused when its checksum is another, and leaves nothing in the cache", async () => {
    files = { "/1.2.3/kwok-linux-amd64": "tampered", "/1.2.3/kwok-linux-amd64.sha256": sha256("program") };
    const cache = new PartCache(temporaryFolder());
    assert.match(String(await downloadPart(plain(), cache, new Hosts(), LINUX)), /has checksum .* published is/);
    assert.equal(findDownloaded(plain(), cache, LINUX), undefined);
  });

  it("is refused when no checksum is published", async () => {
    files = { "/1.2.3/kwok-linux-amd64": "program" };
    assert.match(String(await downloadPart(plain(), new PartCache(temporaryFolder()), new Hosts(), LINUX)), /\.sha256 answers 404/);
  });

  it("is given up quickly, without a request, when its host does not answer", async () => {
    const asked = plain();
    await new Promise((resolve) => server.close(resolve));
    const start = Date.now();
    assert.match(
      String(await downloadPart(asked, new PartCache(temporaryFolder()), new Hosts(), LINUX)),
      /127\.0\.0\.1:\d+ cannot be reached/,
    );
    assert.ok(Date.now() - start < 2_000);
    assert.deepEqual(requests, []);
  });

  it("has its checksum in a list by name or in a file with one word", () => {
    const [sum, other] = [sha256("a"), sha256("b")];
    assert.equal(findChecksum(`${other}  b.tar.gz\n${sum} *a.tar.gz\n`, "a.tar.gz"), sum);
    assert.equal(findChecksum(`${sum}\n`, "a.tar.gz"), sum);
    assert.equal(findChecksum(`${other}  b.tar.gz\n`, "a.tar.gz"), undefined);
    assert.equal(findChecksum("<html>", "a.tar.gz"), undefined);
  });
});
