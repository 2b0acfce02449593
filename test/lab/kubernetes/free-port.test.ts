import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { fixedRange, freePorts } from "../../../lab/kubernetes/free-port";

const MODULE = join(__dirname, "../../../lab/kubernetes/free-port.ts");

/** The same question, asked by another process. */
function askedElsewhere(preferred: number): number {
  const script = `require(${JSON.stringify(MODULE)}).freePorts(["a"], { a: ${preferred} }).then(({ a }) => console.log(a))`;
  return Number(execFileSync(process.execPath, ["--require", "tsx/cjs", "-e", script], { encoding: "utf8" }));
}

describe("ports for servers that start later", function () {
  this.timeout(30_000);

  it("are different, and none that the kernel gives to a connection", async () => {
    const [low, high] = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").trim().split(/\s+/).map(Number);
    const ports = Object.values(await freePorts(Array.from({ length: 50 }, (_, index) => `p${index}`)));
    assert.equal(new Set(ports).size, 50);
    assert.deepEqual(
      ports.filter((port) => port >= (low ?? 0) && port <= (high ?? 0)),
      [],
    );
  });

  it("stay what they were, as often as they are asked for", async () => {
    const first = await freePorts(["a", "b"]);
    assert.deepEqual(await freePorts(["a", "b"], first), first);
    assert.deepEqual(await freePorts(["b", "a"], first), first);
  });

  it("are others when somebody listens there, or is the near end of a connection", async () => {
    const { taken } = await freePorts(["taken"]);
    const server = createServer().listen(taken, "127.0.0.1");
    await once(server, "listening");
    assert.notEqual((await freePorts(["a"], { a: taken })).a, taken);
    const connection = connect({ port: taken, host: "127.0.0.1" });
    await once(connection, "connect");
    // The reason for all this: such a port is in the kernel's own range, and free until somebody connects.
    const near = (connection.address() as AddressInfo).port;
    const late = createServer().listen(near, "127.0.0.1");
    const [error] = (await once(late, "error")) as [NodeJS.ErrnoException];
    assert.equal(error.code, "EADDRINUSE");
    assert.notEqual((await freePorts(["a"], { a: near })).a, near);
    connection.destroy();
    server.close();
  });

  it("are nobody else's while this process lives, although nothing listens on them yet", async () => {
    const { ours } = await freePorts(["ours"]);
    assert.notEqual(askedElsewhere(ours), ours);
    const [first] = fixedRange(readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8"));
    const unclaimed = first + 7;
    assert.equal(askedElsewhere(unclaimed), unclaimed, "a port that nobody claimed is kept");
  });

  it("are above a range of the kernel that begins low, and refused where it takes them all", () => {
    assert.deepEqual(fixedRange("32768\t60999\n"), [10_000, 32_767]);
    assert.deepEqual(fixedRange("1024 60999"), [61_000, 65_535]);
    assert.throws(() => fixedRange("1024 65000"), /leaves no ports for the lab: narrow it, as in 32768 60999/);
  });
});
