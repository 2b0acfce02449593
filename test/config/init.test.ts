import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { askAll, init, type Asker, type Files } from "../../cli/init";
import { judge, nextQuestion, questions } from "../../cli/init/questions";
import { formatProblems } from "../../config/messages";
import { readStackFile } from "../../config/stack-file";

const CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

/** Answers by question; where there is none the offered one, or the first choice, is taken. */
const HOME: Readonly<Record<string, string>> = {
  domains: "example.com, example.org",
  nodes: "192.168.10.0/24",
  proxmoxEndpoint: "https://pve1.example.com:8006/",
  tls: "ca",
  tlsCa: "ca.pem",
  hosts: "pve1, pve2, pve3",
  controlPlanes: "3",
  workers: "2",
  edge: "yes",
  accountId: "0123456789abcdef0123456789abcdef",
  "zone example.com": "00112233445566778899aabbccddeeff",
  "zone example.org": "12345678901234567890123456789012",
  gitUrl: "https://git.example.net/home.git",
  escrow: `age1${"q".repeat(58)}`,
};

function files(there: readonly string[] = []): Files & { readonly written: Map<string, string> } {
  const written = new Map<string, string>();
  return {
    written,
    exists: (name) => name === "ca.pem" || there.includes(name),
    read: () => CA,
    write: (name, text) => void written.set(name, text),
  };
}

/** Answers like someone who reads what is wrong: the refused answers are remembered, and the next one is tried. */
function someone(answers: Readonly<Record<string, string | readonly string[]>>) {
  const refused: (readonly [string, string])[] = [];
  const ask: Asker = async ({ id, choices, offer }, verdict) => {
    const known = answers[id] ?? offer ?? choices?.[0]?.value ?? "";
    for (const answer of typeof known === "string" ? [known] : known) {
      const wrong = verdict(answer);
      if (wrong === undefined) return answer;
      refused.push([id, wrong]);
    }
    throw new Error(`no more answers to ${id}: ${refused.at(-1)?.[1]}`);
  };
  return { ask, refused };
}

describe("npm run init", function () {
  // Seconds on a machine that is busy.
  this.timeout(30_000);

  it("writes a stack file without a problem from the answers", async () => {
    const disk = files();
    const { ask, refused } = someone(HOME);
    const steps = await init(ask, disk);
    const text = disk.written.get("Pulumi.home.yaml") ?? "";
    const { problems, settings } = readStackFile(text, { stack: "home" });
    assert.equal(formatProblems(problems), "");
    assert.deepEqual(refused, []);
    assert.deepEqual(
      settings?.nodes.map(({ name, host, address }) => `${name} ${host} ${address.ipv4}`),
      [
        "cp-1 pve1 192.168.10.11",
        "cp-2 pve2 192.168.10.12",
        "cp-3 pve3 192.168.10.13",
        "worker-1 pve1 192.168.10.21",
        "worker-2 pve2 192.168.10.22",
      ],
    );
    assert.equal(settings?.network.loadBalancerPool.ipv4, "192.168.10.192/26");
    assert.equal(settings?.proxmox[0]?.tls.mode, "ca");
    assert.match(text, /"12345678901234567890123456789012"/);
    for (const path of ["proxmox.home.token", "cloudflare.token", "git.credentials.token"])
      assert.ok(steps.includes(`--secret 'hearth:${path}'`), path);
  });

  it("writes one for a single node without an edge, announced by BGP, over ssh", async () => {
    const disk = files();
    const { ask } = someone({
      ...HOME,
      stack: "tiny",
      vip: "none",
      announce: "bgp",
      pool: "192.168.20.0/24",
      tls: "insecure",
      tlsReason: "it is on my desk",
      hosts: "pve1",
      controlPlanes: "1",
      workers: "0",
      edge: "no",
      gitUrl: "ssh://git@git.example.net/home.git",
      knownHosts: "git.example.net ssh-ed25519 AAAA",
      escrow: "none",
    });
    const steps = await init(ask, disk);
    const { settings, problems } = readStackFile(disk.written.get("Pulumi.tiny.yaml") ?? "", { stack: "tiny" });
    assert.equal(formatProblems(problems), "");
    assert.equal(settings?.cluster.endpoint, "192.168.10.11");
    assert.equal(settings?.network.announce.mode, "bgp");
    assert.equal(settings?.cloudflare, undefined);
    assert.equal(settings?.git.credentials.kind, "deployKey");
    assert.match(steps, /no recipient for the escrow yet/);
  });

  it("says how to log in, in words that a shell takes as they are", async () => {
    const backend = "s3://state?endpoint=s3.example.net&s3ForcePathStyle=true";
    const secretsProvider = "awskms://alias/it's?region=eu-west-1";
    const steps = await init(someone({ ...HOME, backend, secretsProvider }).ask, files());
    const lines = steps.split("\n").filter((line) => /^ +pulumi (login|stack)/.test(line));
    const heard = execFileSync("sh", ["-c", [`pulumi() { printf '%s\\n' "$@"; }`, ...lines].join("\n")], { encoding: "utf8" });
    assert.deepEqual(heard.trim().split("\n"), ["login", backend, "stack", "init", "home", `--secrets-provider=${secretsProvider}`]);
  });

  it("asks for a DNS name when several control planes share no address", async () => {
    const { ask } = someone({ ...HOME, vip: "none", endpoint: "kube.example.com" });
    const answers = await askAll(ask, files());
    assert.equal(answers["endpoint"], "kube.example.com");
  });

  it("checks each answer as it comes, by the rules of the settings", async () => {
    const { ask, refused } = someone({
      ...HOME,
      name: ["Home", "home"],
      domains: ["example", "example.com, example.org"],
      nodes: ["192.168.10.1/24", "192.168.10.0/24"],
      gateway: ["192.168.11.1", "192.168.10.1"],
      vip: ["192.168.10.255", "192.168.10.10"],
      pool: ["192.168.20.0/24", "192.168.10.192/26"],
      proxmoxEndpoint: ["https://pve1.example.com:8006/api2/json", "https://pve1.example.com:8006/"],
      tlsCa: ["nowhere.pem", "ca.pem"],
      workers: ["many", "2"],
      "memory pve1": ["many", "64"],
      "host worker-1": ["pve4", "pve1"],
      "address cp-2": ["192.168.10.11", "192.168.10.200", "192.168.10.12"],
      accountId: ["abc", "0123456789abcdef0123456789abcdef"],
      gitUrl: ["git@github.com:home.git", "https://git.example.net/home.git"],
      escrow: ["AGE-SECRET-KEY-1", `age1${"q".repeat(58)}`],
    });
    await askAll(ask, files());
    assert.deepEqual(
      refused.map(([id]) => id),
      [
        "name",
        "domains",
        "nodes",
        "gateway",
        "vip",
        "pool",
        "proxmoxEndpoint",
        "tlsCa",
        "memory pve1",
        "workers",
        "address cp-2",
        "address cp-2",
        "host worker-1",
        "accountId",
        "gitUrl",
        "escrow",
      ],
    );
  });

  it("does not overwrite a stack file", async () => {
    const { ask, refused } = someone({ ...HOME, stack: ["home", "cabin"] });
    const disk = files(["Pulumi.home.yaml"]);
    await init(ask, disk);
    assert.deepEqual([...disk.written.keys()], ["Pulumi.cabin.yaml"]);
    assert.match(refused[0]?.[1] ?? "", /is there already/);
  });

  it("keeps state and keys out of the cluster that it describes", async () => {
    const { ask, refused } = someone({
      ...HOME,
      backend: [
        "s3://state?endpoint=192.168.10.201:9000",
        "s3://state?endpoint=10.96.4.4",
        "s3://state?endpoint=minio.storage.svc",
        "file://~",
      ],
      secretsProvider: ["hashivault://192.168.10.11", "passphrase"],
    });
    await askAll(ask, files());
    assert.deepEqual(
      refused.map(([id]) => id),
      ["backend", "backend", "backend", "secretsProvider"],
    );
  });

  it("asks again when a name might lead into the cluster", async () => {
    const { ask, refused } = someone({ ...HOME, backend: "s3://state?endpoint=s3.example.com", "backend sure": ["no", "yes"] });
    const answers = await askAll(ask, files());
    assert.equal(answers["backend sure"], "yes");
    assert.deepEqual(
      refused.map(([id]) => id),
      ["backend sure"],
    );
  });

  it("has an end, and asks each question once", () => {
    let answers: Record<string, string> = {};
    const asked: string[] = [];
    for (let question = nextQuestion(answers); question !== undefined; question = nextQuestion(answers)) {
      asked.push(question.id);
      answers = { ...answers, [question.id]: HOME[question.id] ?? question.offer ?? question.choices?.[0]?.value ?? "x" };
      assert.ok(asked.length < 100);
    }
    assert.equal(new Set(asked).size, asked.length);
    assert.ok(questions({}).every(({ message }) => message.length > 0));
  });

  it("takes no answer that is none of the choices", () => {
    const question = questions({}).find(({ id }) => id === "announce");
    assert.ok(question);
    assert.match(judge(question, "arp", {}) ?? "", /choose one of l2, bgp/);
  });
});
