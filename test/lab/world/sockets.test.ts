import assert from "node:assert/strict";
import { connect as dialTcp } from "node:net";
import { connect as dialTls, type PeerCertificate } from "node:tls";
import * as grpc from "@grpc/grpc-js";
import type { ClientConfiguration } from "../../../lab/contracts";
import { address, boot, bringUp, join, openHome, VIP, type Home, type Secrets } from "./fixture";

const pem = (base64: string): Buffer => Buffer.from(base64, "base64");

/** Certificate that a node shows, checked against a CA when one is given. */
function certificateAt(host: string, client?: ClientConfiguration): Promise<PeerCertificate> {
  const options = client
    ? { ca: pem(client.caCertificate), cert: pem(client.clientCertificate), key: pem(client.clientKey) }
    : { rejectUnauthorized: false };
  return new Promise((resolve, reject) => {
    const socket = dialTls({ host, port: 50000, ALPNProtocols: ["h2"], ...options }, () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

/** Bytes that a TCP port sends before it closes. */
function tcp(host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = dialTcp({ host, port });
    socket.on("data", (chunk) => (received += chunk.toString()));
    socket.on("close", () => resolve(received));
    socket.on("error", reject);
  });
}

/** One raw call of the machine API. */
function ask(host: string, method: string, { clientConfiguration }: Secrets): Promise<Buffer> {
  const { caCertificate, clientKey, clientCertificate } = clientConfiguration;
  const credentials = grpc.credentials.createSsl(pem(caCertificate), pem(clientKey), pem(clientCertificate));
  const client = new grpc.Client(`${host}:50000`, credentials);
  const same = (value: Buffer): Buffer => value;
  return new Promise<Buffer>((resolve, reject) => {
    client.makeUnaryRequest(
      `/machine.MachineService/${method}`,
      same,
      same,
      Buffer.alloc(0),
      { deadline: Date.now() + 5000 },
      (error, answer) => (error ? reject(error) : resolve(answer ?? Buffer.alloc(0))),
    );
  }).finally(() => client.close());
}

describe("Sockets of the nodes", () => {
  let home: Home;

  beforeEach(() => {
    home = openHome({ sockets: "on" });
  });

  afterEach(async () => {
    assert.deepEqual(home.world.events.list("listener.failed"), []);
    await home.world.close();
    await home.kubernetes.stop({ wipe: true });
  });

  it("show a self-signed certificate in maintenance and the cluster's afterwards", async () => {
    await boot(home, "spare", 30);
    const own = await certificateAt(address(30));
    assert.equal(own.issuer.CN, own.subject.CN);
    const secrets = await home.helper.secrets({});
    await join(home, secrets, { name: "cp1", last: 11 });
    const signed = await certificateAt(address(11), secrets.clientConfiguration);
    assert.equal(signed.subject.CN, "cp1");
    assert.equal(signed.issuer.CN, "talos");
  });

  it("refuse a client without a certificate of the cluster", async () => {
    const secrets = await home.helper.secrets({});
    await join(home, secrets, { name: "cp1", last: 11 });
    const other = await home.helper.secrets({});
    const stranger = {
      ...other,
      clientConfiguration: { ...other.clientConfiguration, caCertificate: secrets.clientConfiguration.caCertificate },
    };
    await assert.rejects(ask(address(11), "Version", stranger), { code: grpc.status.UNAVAILABLE });
  });

  it("answer Version and ServiceList, and EtcdStatus once the node is a member", async () => {
    const secrets = await home.helper.secrets({});
    await join(home, secrets, { name: "cp1", last: 11 });
    assert.match((await ask(address(11), "Version", secrets)).toString("latin1"), /cp1.*v1\.13\.7.*linux.*amd64.*nocloud/s);
    assert.match((await ask(address(11), "ServiceList", secrets)).toString("latin1"), /apid.*Running.*etcd.*Waiting/s);
    await assert.rejects(ask(address(11), "EtcdStatus", secrets), { code: grpc.status.UNAVAILABLE });
    await home.world.talos.bootstrap({ endpoint: address(11), node: address(11), client: secrets.clientConfiguration });
    await home.world.idle();
    assert.match((await ask(address(11), "EtcdStatus", secrets)).toString("latin1"), /cp1.*3\.6\.8/s);
    assert.match((await ask(address(11), "ServiceList", secrets)).toString("latin1"), /etcd.*Running/s);
  });

  it("hand connections to the API server on control planes and the VIP, and only there", async () => {
    await bringUp(home);
    for (const host of [address(11), address(12), address(13), VIP]) assert.equal(await tcp(host, 6443), "kube-apiserver");
    await assert.rejects(tcp(address(21), 6443), { code: "ECONNREFUSED" });
  });

  it("close when the machine stops, and the VIP when quorum is lost", async () => {
    await bringUp(home);
    await home.proxmox.machines.stop(home.world.machine("cp3"));
    await home.world.idle();
    await assert.rejects(tcp(address(13), 6443), { code: "ECONNREFUSED" });
    await assert.rejects(tcp(address(13), 50000), { code: "ECONNREFUSED" });
    assert.equal(await tcp(VIP, 6443), "kube-apiserver");
    await home.proxmox.machines.stop(home.world.machine("cp2"));
    await home.world.idle();
    await assert.rejects(tcp(VIP, 6443), { code: "ECONNREFUSED" });
    await assert.rejects(tcp(address(11), 6443), { code: "ECONNREFUSED" });
  });
});
