import { X509Certificate } from "node:crypto";

/** When a certificate (PEM in base64) ends, RFC 3339. */
export function certificateExpiry(base64Pem: string): string {
  return new Date(new X509Certificate(Buffer.from(base64Pem, "base64")).validTo).toISOString();
}
