/** X.509 certificates without any tool: enough of DER for a CA and the leaves that it signs. For tests only. */
import { createPrivateKey, generateKeyPairSync, randomBytes, sign, X509Certificate, type KeyObject } from "node:crypto";
import { isIPv4 } from "node:net";
import type { CertKey } from "../../../lab/contracts";

/** What a certificate says. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly organization?: string;
  readonly dnsNames?: readonly string[];
  readonly ips?: readonly string[];
  readonly role: "ca" | "leaf";
  readonly hours?: number;
}

const tlv = (tag: number, ...content: Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  const length =
    body.length < 128
      ? Buffer.from([body.length])
      : body.length < 256
        ? Buffer.from([0x81, body.length])
        : Buffer.from([0x82, body.length >> 8, body.length & 255]);
  return Buffer.concat([Buffer.from([tag]), length, body]);
};
const sequence = (...content: Buffer[]): Buffer => tlv(0x30, ...content);
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, "hex"));
const text = (value: string): Buffer => tlv(0x0c, Buffer.from(value));
const ECDSA_SHA256 = sequence(oid("2a8648ce3d040302"));

/** Makes a key and a certificate, signed by `issuer` or by itself; both base64 PEM. */
export function makeCertificate(request: CertificateRequest, issuer?: CertKey): CertKey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const subject = nameOf(request);
  const signer: KeyObject = issuer ? createPrivateKey(Buffer.from(issuer.key, "base64")) : privateKey;
  const issuerName = issuer ? subjectOf(issuer) : subject;
  const now = Date.now();
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_SHA256,
    issuerName,
    sequence(time(new Date(now - 60_000)), time(new Date(now + (request.hours ?? 24) * 3_600_000))),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    tlv(0xa3, sequence(...extensions(request))),
  );
  const signature = sign("sha256", body, signer);
  const der = sequence(body, ECDSA_SHA256, tlv(0x03, Buffer.from([0]), signature));
  const pem = `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replace(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`;
  const key = String(privateKey.export({ type: "pkcs8", format: "pem" }));
  return { cert: Buffer.from(pem).toString("base64"), key: Buffer.from(key).toString("base64") };
}

function nameOf({ commonName, organization }: Pick<CertificateRequest, "commonName" | "organization">): Buffer {
  const part = (attribute: string, value: string): Buffer => tlv(0x31, sequence(oid(attribute), text(value)));
  return sequence(...(organization === undefined ? [] : [part("55040a", organization)]), part("550403", commonName));
}

function subjectOf({ cert }: CertKey): Buffer {
  const parts = Object.fromEntries(new X509Certificate(Buffer.from(cert, "base64")).subject.split("\n").map((line) => line.split("=")));
  return nameOf({ commonName: String(parts["CN"]), ...(parts["O"] === undefined ? {} : { organization: String(parts["O"]) }) });
}

const time = (date: Date): Buffer => tlv(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]|\.\d+/g, "")}`));

function extensions({ role, dnsNames = [], ips = [] }: CertificateRequest): Buffer[] {
  const names = [
    ...dnsNames.map((name) => tlv(0x82, Buffer.from(name))),
    ...ips.filter(isIPv4).map((ip) => tlv(0x87, Buffer.from(ip.split(".").map(Number)))),
  ];
  const constraints = sequence(
    oid("551d13"),
    tlv(0x01, Buffer.from([255])),
    tlv(0x04, sequence(...(role === "ca" ? [tlv(0x01, Buffer.from([255]))] : []))),
  );
  return [constraints, ...(names.length === 0 ? [] : [sequence(oid("551d11"), tlv(0x04, sequence(...names)))])];
}
