import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { GIT_ENVIRONMENT } from "../../../lab/git/git-command";
import { GitServer, type Push } from "../../../lab/git/git-server";
import { callReceivers, signedHeaders } from "../../../lab/git/push-webhook";
import type { KubeObject } from "../../../lab/kubernetes/objects";

async function git(...args: string[]): Promise<string> {
  return (await promisify(execFile)("git", args, { env: { ...process.env, ...GIT_ENVIRONMENT } })).stdout.trim();
}

describe("Git over HTTP", function () {
  this.timeout(15_000);
  let folder: string;
  let server: GitServer | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hearth-git-"));
  });
  afterEach(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (changes: Partial<Parameters<typeof GitServer.start>[0]> = {}): Promise<GitServer> => {
    server = await GitServer.start({ repository: join(folder, "home.git"), ...changes });
    return server;
  };

  it("serves exactly the tree that was published last", async () => {
    const { url } = await start();
    await server?.publish(
      new Map([
        ["a/old.yaml", "1"],
        ["keep.yaml", "1"],
      ]),
      "First",
    );
    const commit = await server?.publish(
      new Map([
        ["keep.yaml", "1"],
        ['b/"quoted" ümlaut.yaml', "2\n"],
      ]),
      "Second",
    );
    await git("clone", "--quiet", url, join(folder, "clone"));
    assert.equal(await git("-C", join(folder, "clone"), "rev-parse", "HEAD"), commit);
    assert.equal(await git("-C", join(folder, "clone"), "log", "--format=%s"), "Second\nFirst");
    assert.equal(
      await git("-C", join(folder, "clone"), "-c", "core.quotePath=false", "ls-files", "-z"),
      'b/"quoted" ümlaut.yaml\0keep.yaml\0',
    );
  });

  it("makes no commit, and no push, of a tree that is there already", async () => {
    const pushes: Push[] = [];
    await start({ onPush: async (push) => void pushes.push(push) });
    const first = await server?.publish(new Map([["a", "1"]]), "First");
    assert.equal(await server?.publish(new Map([["a", "1"]]), "Again"), first);
    assert.deepEqual(pushes, [{ before: undefined, after: first, branch: "main" }]);
  });

  it("refuses a path that leads out of the repository", async () => {
    await start();
    for (const path of ["/etc/passwd", "a/../b", ".git/config", "a//b"]) {
      await assert.rejects(server?.publish(new Map([[path, ""]]), "Bad") ?? Promise.resolve(), /not a path inside a repository/, path);
    }
  });

  it("takes a push from git itself and tells of it", async () => {
    const pushes: Push[] = [];
    const { url } = await start({ onPush: async (push) => void pushes.push(push) });
    const before = await server?.publish(new Map([["a", "1"]]), "First");
    const clone = join(folder, "clone");
    await git("clone", "--quiet", url, clone);
    writeFileSync(join(clone, "a"), "x".repeat(3_000_000));
    await git("-C", clone, "commit", "--quiet", "-am", "Big");
    await git("-C", clone, "push", "--quiet", "origin", "main");
    while (pushes.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.deepEqual(pushes.at(-1), { before, after: await git("-C", clone, "rev-parse", "HEAD"), branch: "main" });
  });

  it("asks for the token when it has one", async () => {
    const { url } = await start({ token: "s3cret" });
    await server?.publish(new Map([["a", "1"]]), "First");
    await assert.rejects(git("clone", "--quiet", url, join(folder, "no")));
    await assert.rejects(git("clone", "--quiet", url.replace("//", "//git:wrong!@"), join(folder, "wrong")));
    await git("clone", "--quiet", url.replace("//", "//git:s3cret@"), join(folder, "yes"));
    assert.equal(readFileSync(join(folder, "yes", "a"), "utf8"), "1");
  });

  it("listens on loopback only", async () => {
    assert.match((await start()).url, /^http:\/\/127\.0\.0\.1:\d+\/home\.git$/);
  });
});

describe("the webhook on a push", () => {
  const push: Push = { before: undefined, after: "a".repeat(40), branch: "main" };
  const receiver = (name: string, changes: { ready?: string; type?: string; events?: string[] }): KubeObject => ({
    apiVersion: "notification.toolkit.fluxcd.io/v1",
    kind: "Receiver",
    metadata: { name, namespace: "flux-system" },
    spec: { type: changes.type ?? "github", events: changes.events ?? ["push"], secretRef: { name: "token" } },
    status: { webhookPath: `/hook/${name}`, conditions: [{ type: "Ready", status: changes.ready ?? "True" }] },
  });

  it("calls each ready Receiver that wants pushes, signed with its token", async () => {
    const calls: { url: string; headers: IncomingHttpHeaders; body: string }[] = [];
    const listener = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += String(chunk)));
      request.on("end", () => {
        calls.push({ url: request.url ?? "", headers: request.headers, body });
        response.end();
      });
    });
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    const address = listener.address();
    const base = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    const objects = [
      receiver("one", {}),
      receiver("two", { ready: "False" }),
      receiver("three", { events: ["ping"] }),
      receiver("four", { type: "harbor" }),
    ];
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "token" },
      data: { token: Buffer.from("abc").toString("base64") },
    };
    const answers: readonly KubeObject[] = objects;
    const client = { list: async <T extends KubeObject>() => answers as readonly T[], find: async <T>() => secret as T }; // of the kinds that are asked for
    const deliveries = await callReceivers({ client, receiverUrl: () => base, repositoryUrl: "http://127.0.0.1/home.git" }, push);
    listener.close();
    assert.deepEqual(
      deliveries.map(({ receiver: name, status }) => [name, status]),
      [["one", 200]],
    );
    const [call] = calls;
    assert.equal(call?.url, "/hook/one");
    assert.equal(call?.headers["x-github-event"], "push");
    assert.equal(
      call?.headers["x-hub-signature-256"],
      `sha256=${createHmac("sha256", "abc")
        .update(call?.body ?? "")
        .digest("hex")}`,
    );
    assert.equal(Reflect.get(JSON.parse(call?.body ?? "{}"), "after"), push.after);
  });

  it("counts a Receiver that does not answer as not delivered, and fails nothing", async () => {
    const answers: readonly KubeObject[] = [receiver("one", {})];
    const client = { list: async <T extends KubeObject>() => answers as readonly T[], find: async () => undefined };
    const deliveries = await callReceivers({ client, receiverUrl: () => "http://127.0.0.1:1", repositoryUrl: "" }, push);
    assert.deepEqual(
      deliveries.map(({ status }) => status),
      [0],
    );
  });

  it("is silent while nobody listens", async () => {
    const client = {
      list: async <T>(): Promise<readonly T[]> => assert.fail("asked"),
      find: async <T>(): Promise<T> => assert.fail("asked"),
    };
    assert.deepEqual(await callReceivers({ client, receiverUrl: () => undefined, repositoryUrl: "" }, push), []);
  });

  it("speaks each Git host's own language", () => {
    assert.deepEqual(signedHeaders("gitlab", "x", "t"), { "X-Gitlab-Event": "Push Hook", "X-Gitlab-Token": "t" });
    assert.match(signedHeaders("generic-hmac", "x", "t")?.["X-Signature"] ?? "", /^sha256=[0-9a-f]{64}$/);
    assert.equal(signedHeaders("quay", "x", "t"), undefined);
  });
});
