import assert from "node:assert/strict";
import * as fc from "fast-check";
import { stringify } from "yaml";
import { canonicalYaml, distinctSchematics, schematicId, schematicOf, schematicYaml } from "../../../components/talos/schematic";
import type { TalosHelper } from "../../../lab/contracts";
import { controlPlane, settingsOf, worker } from "../fixture";
import { openJudge } from "./real-library";

const extension = (name: string) => ({ name, files: {}, environment: [] });

describe("the schematic of an image", () => {
  it("has the ids that the Image Factory documents", () => {
    const none = { extraKernelArgs: [], officialExtensions: [] };
    assert.equal(canonicalYaml(none), "customization: {}\n");
    assert.equal(schematicId(none), "376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba");
    const args = { extraKernelArgs: ["noapic", "nolapic"], officialExtensions: [] };
    assert.equal(schematicId(args), "9cba8e32753f91a16c1837ab8abf356af021706ef284aef07380780177d9a06c");
  });

  it("is the same for nodes that want the same in another order", () => {
    const one = worker(1, { extensions: [extension("siderolabs/b"), extension("siderolabs/a")] });
    const two = worker(2, { extensions: [extension("siderolabs/a"), extension("siderolabs/b"), extension("siderolabs/a")] });
    assert.equal(schematicYaml(one), schematicYaml(two));
  });

  it("keeps kernel arguments in order, since the last one of a kind wins", () => {
    const id = (kernelArgs: string[]): string => schematicId(schematicOf(worker(1, { kernelArgs })));
    assert.notEqual(id(["a=1", "a=2"]), id(["a=2", "a=1"]));
  });

  it("does not change with what is configured at run time", () => {
    const plain = worker(1, { extensions: [extension("siderolabs/tailscale")] });
    const configured = worker(1, { extensions: [{ name: "siderolabs/tailscale", files: { "/a": "b" }, environment: ["A=b"] }], cores: 2 });
    assert.equal(schematicYaml(plain), schematicYaml(configured));
  });

  it("is listed once however many nodes share it", () => {
    const gpu = { extensions: [extension("siderolabs/nvidia"), extension("siderolabs/qemu-guest-agent")] };
    const nodes = [controlPlane(1), controlPlane(2), worker(4, gpu), worker(3, gpu), worker(5)];
    const found = distinctSchematics(settingsOf({ nodes }));
    assert.deepEqual(found.map(({ nodes: names }) => names).sort(), [
      ["cp-1", "cp-2", "worker-5"],
      ["worker-3", "worker-4"],
    ]);
    assert.deepEqual(
      found.map(({ id }) => id),
      found.map(({ schematic }) => schematicId(schematic)),
    );
    assert.deepEqual(
      [...found].sort((a, b) => (a.id < b.id ? -1 : 1)),
      found,
    );
  });

  it("refuses to guess the form of what is no word", () => {
    for (const text of ["two words", "", "tab\t", "ü"])
      assert.throws(() => canonicalYaml({ extraKernelArgs: [text], officialExtensions: [] }), /printable ASCII/);
  });

  describe("beside the Image Factory's own library", () => {
    let judge: TalosHelper;
    before(async function () {
      this.timeout(30_000);
      ({ judge } = await openJudge(this));
    });
    after(() => judge?.close());

    const printable = fc.stringMatching(/^[!-~]{1,30}$/);
    const likely = fc.constantFrom(
      "console=ttyS0",
      "-selinux",
      "-console",
      "talos.dashboard.disabled=1",
      "net.ifnames=0",
      "a:b",
      "a:",
      "#x",
      "x#y",
      "'q'",
      '"q"',
      "on",
      "1",
      "-1",
      "1.5",
      "null",
      "~",
      "=",
      "<<",
      "-",
      "--",
      "---",
      "---x",
      "...",
      "?",
      "?x",
      ":",
      ":x",
      "0x1f",
      "0o17",
      "017",
      "1_000",
      "2020-01-01",
      "12:30",
      "-0x8000000000000000",
      "-0x8000000000000001",
      "+0x8000000000000000",
      "0xffffffffffffffff",
      "0x10000000000000000",
      "1:2:3",
      ".inf",
      "+.5",
      "0b11",
      "%x",
      "@x",
      "`x",
      "!x",
      "&x",
      "*x",
      "[x",
      "]x",
      "{x",
      "}x",
      ",x",
      "|x",
      ">x",
      "x\\y",
    );
    const numeric = fc.stringMatching(/^[-+]?[0-9._:xXoObBeEaAfFtTzZ-]{1,24}$/);
    const date = fc
      .tuple(
        fc.nat(9999),
        fc.nat(13),
        fc.nat(32),
        fc.constantFrom("", "T", "t"),
        fc.nat(25),
        fc.nat(61),
        fc.nat(61),
        fc.constantFrom("Z", "", "+01:00", ".5Z"),
      )
      .map(
        ([year, month, day, letter, hour, minute, second, zone]) =>
          `${String(year).padStart(4, "0")}-${month}-${day}${letter === "" ? "" : `${letter}${hour}:${minute}:${second}${zone}`}`,
      );
    const words = fc.array(fc.oneof(printable, likely, numeric, date), { maxLength: 4 });

    it("has its id and its bytes for any words", async function () {
      this.timeout(60_000);
      await fc.assert(
        fc.asyncProperty(words, words, async (extraKernelArgs, officialExtensions) => {
          const yaml = stringify(
            { customization: { extraKernelArgs, systemExtensions: { officialExtensions } } },
            { defaultStringType: "QUOTE_DOUBLE", lineWidth: 0 },
          );
          const theirs = await judge.schematic({ yaml });
          const ours = { extraKernelArgs, officialExtensions };
          assert.equal(canonicalYaml(ours), theirs.canonical);
          assert.equal(schematicId(ours), theirs.id);
        }),
        { numRuns: 2000 },
      );
    });
  });
});
