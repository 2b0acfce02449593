import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import type { Settings } from "../config";

/** A bundle of roots for the engine's plugins, and how to be rid of it. */
export interface Trust {
  /** Environment that makes Go programs use it (not on macOS, where they ask the keychain). */
  readonly env: Readonly<Record<string, string>>;
  remove(): void;
}

/**
 * The well-known roots and the CAs that the settings give for Proxmox endpoints, in one file: the provider has no setting
 * for a CA, but its TLS library reads `SSL_CERT_FILE`. Without such a CA nothing is set.
 */
export function trustOf({ proxmox }: Settings): Trust {
  const given = proxmox.flatMap(({ tls }) => (tls.mode === "ca" ? [tls.pem] : []));
  if (given.length === 0) return { env: {}, remove: () => undefined };
  const dir = mkdtempSync(join(tmpdir(), "hearth-trust-"));
  const file = join(dir, "roots.pem");
  writeFileSync(file, `${[...rootCertificates, ...given].map((pem) => pem.trim()).join("\n")}\n`);
  return { env: { SSL_CERT_FILE: file }, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
