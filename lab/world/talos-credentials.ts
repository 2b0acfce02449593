import { X509Certificate } from "node:crypto";
import type { ClientConfiguration } from "../contracts";
import { WorldError } from "./errors";

/** Throws unless the client's certificate was signed by that CA and is valid now; both base64 PEM. */
export function assertSigned(client: ClientConfiguration | undefined, ca: string | undefined): void {
  if (client === undefined || ca === undefined) throw new WorldError("unavailable", "tls: certificate required");
  const certificate = parse(client.clientCertificate);
  if (!certificate.verify(parse(ca).publicKey)) {
    throw new WorldError(
      "unavailable",
      "authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority",
    );
  }
  if (new Date(certificate.validTo) < new Date())
    throw new WorldError("unavailable", "authentication handshake failed: tls: expired certificate");
}

function parse(base64: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(base64, "base64"));
  } catch {
    throw new WorldError("invalid-argument", "not a certificate in base64 PEM");
  }
}
