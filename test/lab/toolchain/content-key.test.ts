import assert from "node:assert/strict";
import { buildKey } from "../../../lab/toolchain/content-key";
import { GO, modulesFolder, part, removeFolders, write } from "./fixture";

describe("the cache key of a built part", () => {
  afterEach(removeFolders);

  const kube = part("kube");

  it("is the same for the same content", () => {
    assert.equal(buildKey(kube, modulesFolder("kube"), GO), buildKey(kube, modulesFolder("kube"), GO));
  });

  const changes: Record<string, (folder: string) => string> = {
    "the module file changes": (folder) => {
      write(folder, { "module/go.mod": "module example\ngo 1.26\n" });
      return buildKey(kube, folder, GO);
    },
    "a sum changes": (folder) => {
      write(folder, { "module/go.sum": "other sums\n" });
      return buildKey(kube, folder, GO);
    },
    "a Go source changes": (folder) => {
      write(folder, { "module/kube/main.go": "package main // changed\n" });
      return buildKey(kube, folder, GO);
    },
    "a Go source is added": (folder) => {
      write(folder, { "module/kube/second.go": "package main\n" });
      return buildKey(kube, folder, GO);
    },
    "a link-time variable changes": (folder) => buildKey({ ...kube, build: { ...kube.build, variables: { version: "2" } } }, folder, GO),
    "Go is another version": (folder) => buildKey(kube, folder, { ...GO, version: "go1.27.0" }),
    "the processor is another": (folder) => buildKey(kube, folder, { ...GO, arch: "arm64" }),
  };
  for (const [reason, change] of Object.entries(changes)) {
    it(`is another when ${reason}`, () => {
      const folder = modulesFolder("kube");
      const before = buildKey(kube, folder, GO);
      assert.notEqual(change(folder), before);
    });
  }

  it("stays when only another part's source changes", () => {
    const folder = modulesFolder("kube", "kwok");
    const before = buildKey(kube, folder, GO);
    write(folder, { "module/kwok/main.go": "package main // changed\n" });
    assert.equal(buildKey(kube, folder, GO), before);
  });
});
