import assert from "node:assert/strict";
import { connect, createServer, type Server, type Socket } from "node:net";
import { Forwarder, type Target } from "../../../lab/world/forwarder";
import { address } from "./fixture";

describe("A forwarder", () => {
  const HOST = address(99);
  let echo: Server;
  let target: ReturnType<Target>;

  beforeEach(async () => {
    echo = createServer((socket) => socket.on("error", () => undefined).pipe(socket));
    await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
    const bound = echo.address();
    assert.ok(bound !== null && typeof bound === "object");
    target = { host: "127.0.0.1", port: bound.port };
  });

  afterEach(() => new Promise((resolve) => echo.close(resolve)));

  const dial = (): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: HOST, port: 46443 }, () => resolve(socket));
      socket.on("error", reject);
    });
  const closed = (socket: Socket): Promise<void> =>
    new Promise((resolve) => socket.on("close", () => resolve()).on("error", () => undefined));

  it("carries bytes both ways, to where the target is at the moment", async () => {
    const forwarder = await Forwarder.open(HOST, 46443, () => target);
    const socket = await dial();
    socket.write("hello");
    assert.equal(String(await new Promise((resolve) => socket.once("data", resolve))), "hello");
    const before = target;
    target = undefined;
    await dial().then(closed, (error: Error) => assert.match(error.message, /ECONNRESET/));
    target = before;
    await forwarder.close();
  });

  it("cuts the connections that it has when it closes", async () => {
    const forwarder = await Forwarder.open(HOST, 46443, () => target);
    const socket = await dial();
    socket.write("hello");
    await new Promise((resolve) => socket.once("data", resolve));
    const cut = closed(socket);
    await forwarder.close();
    await cut;
    await assert.rejects(dial(), { code: "ECONNREFUSED" });
  });

  it("says so when its address cannot be bound", async () => {
    const forwarder = await Forwarder.open(HOST, 46443, () => target);
    await assert.rejects(
      Forwarder.open(HOST, 46443, () => target),
      { code: "EADDRINUSE" },
    );
    await forwarder.close();
  });
});
