import assert from "node:assert/strict";
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { gzipSync } from "node:zlib";
import { judge } from "./canary-places";
import { CanaryScan, type Finding } from "./canary-scan";

const SECRET = 'p<w>d&"näh/+=é\\0123';
const CANARY = { name: "secret", value: SECRET };

describe("the scan for canaries", () => {
  const scan = new CanaryScan([CANARY, { name: "other", value: "another-secret-of-no-interest" }]);
  const formsIn = (text: string | Buffer): readonly string[] =>
    scan.scan({ channel: "test", where: "here", data: Buffer.from(text) }).map(({ canary, form }) => `${canary} ${form}`);
  const base64 = (before: string): string => Buffer.from(`${before}${SECRET}, and more`).toString("base64");

  const leaks: Readonly<Record<string, readonly [text: string | Buffer, form: string]>> = {
    "as it is": [`password: ${SECRET}\n`, "raw"],
    "in base64 at its start": [base64(""), "base64"],
    "in base64 one byte on": [base64("u"), "base64"],
    "in base64 two bytes on": [base64("u:"), "base64"],
    "in base64 for URLs": [Buffer.from(`lab:${SECRET}`).toString("base64url"), "base64"],
    "in hex": [Buffer.from(`x${SECRET}`).toString("hex"), "hex"],
    "in upper-case hex": [Buffer.from(SECRET).toString("hex").toUpperCase(), "hex"],
    "in a URL": [`https://lab:${encodeURIComponent(SECRET)}@git.example.com`, "URL-encoded"],
    "in JSON": [JSON.stringify({ a: SECRET }), "JSON-escaped"],
    "in JSON inside JSON": [JSON.stringify(JSON.stringify({ a: SECRET })), "JSON-escaped"],
    "in JSON as Go writes it": [
      JSON.stringify(SECRET).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"),
      "JSON-escaped",
    ],
    "in gzip": [gzipSync(`log: ${SECRET}`), "raw"],
    "at the very end": [SECRET, "raw"],
  };
  for (const [where, [text, form]] of Object.entries(leaks)) {
    it(`finds a secret ${where}`, () => assert.ok(formsIn(text).includes(`secret ${form}`), formsIn(text).join()));
  }

  it("finds nothing where the last character is another", () => {
    assert.deepEqual(formsIn(`${SECRET.slice(0, -1)}4 ${base64("").slice(0, 20)}`), []);
  });

  it("refuses a secret that chance would find", () => {
    assert.throws(() => new CanaryScan([{ name: "short", value: "lab" }]), /short is too short/);
  });

  for (const type of ["ed25519", "ec", "rsa"] as const) {
    describe(`for ${type} keys`, () => {
      const pair =
        type === "ec"
          ? generateKeyPairSync("ec", { namedCurve: "P-256" })
          : type === "rsa"
            ? generateKeyPairSync("rsa", { modulusLength: 2048 })
            : generateKeyPairSync("ed25519");
      const pem = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
      const found = (text: string | Buffer): number =>
        new CanaryScan([{ name: "key", value: Buffer.from(pem).toString("base64") }]).scan({
          channel: "",
          where: "",
          data: Buffer.from(text),
        }).length;

      it("finds the key in PEM, indented and as DER, when it knows its base64", () => {
        assert.ok(found(pem) > 0);
        assert.ok(found(pem.replace(/^/gm, "    ")) > 0);
        assert.ok(found(createPrivateKey(pem).export({ type: "pkcs8", format: "der" })) > 0);
      });

      it("does not take the public key for the private one", () => {
        assert.equal(found(pair.publicKey.export({ type: "spki", format: "pem" }).toString()), 0);
        assert.equal(found(pair.publicKey.export({ type: "spki", format: "der" })), 0);
        assert.equal(found(JSON.stringify(pair.publicKey.export({ format: "jwk" }))), 0);
      });
    });
  }

  describe("and the list of files that only their owner can read", () => {
    const finding = (changes: Partial<Finding>): Finding => ({
      channel: "lab files",
      where: "passphrase",
      canary: "lab passphrase",
      form: "raw",
      modes: { file: 0o600, folder: 0o700 },
      ...changes,
    });

    it("allow a file on it that nobody else can get at", () => {
      assert.equal(judge(finding({})).leak, undefined);
    });

    it("allow it no other secret, no other place and nobody else", () => {
      assert.match(judge(finding({ canary: "given cloudflare.token" })).leak ?? "", /no entry/);
      assert.match(judge(finding({ where: "project/passphrase" })).leak ?? "", /no entry/);
      assert.match(judge(finding({ channel: "tree", modes: undefined })).leak ?? "", /no entry/);
      assert.equal(judge(finding({ modes: { file: 0o644, folder: 0o700 } })).leak, "its mode is 644");
      assert.equal(judge(finding({ modes: { file: 0o600, folder: 0o755 } })).leak, "its folder has mode 755");
    });
  });
});
