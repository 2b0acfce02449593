import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { trustOf } from "../../cli/trust";
import { settingsFromFile, type Settings } from "../../config";

const ROOT = join(__dirname, "../..");
const PEM = readFileSync(join(ROOT, "test/fixtures/certificate.pem"), "utf8");

function withTls(tls: Settings["proxmox"][number]["tls"]): Settings {
  const settings = settingsFromFile(join(ROOT, "Pulumi.lab.yaml"));
  return { ...settings, proxmox: settings.proxmox.map((proxmox) => ({ ...proxmox, tls })) };
}

describe("trust in a Proxmox endpoint", () => {
  it("adds a given CA to the well-known ones, in a file that goes afterwards", () => {
    const trust = trustOf(withTls({ mode: "ca", pem: PEM }));
    const file = trust.env["SSL_CERT_FILE"] ?? "";
    const bundle = readFileSync(file, "utf8");
    assert.ok(bundle.includes(PEM.trim()));
    assert.ok(bundle.includes(rootCertificates[0]?.trim() ?? "none"));
    trust.remove();
    assert.ok(!existsSync(file));
  });

  it("changes nothing where no CA is given", () => {
    assert.deepEqual(trustOf(withTls({ mode: "system" })).env, {});
    assert.deepEqual(trustOf(withTls({ mode: "insecure", reason: "a test" })).env, {});
  });
});
