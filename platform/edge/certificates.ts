import type { ICertificate, IClusterIssuer } from "@kubernetes-models/cert-manager/cert-manager.io/v1" with { "resolution-mode": "import" };
import type { KubeObject } from "../kit/objects";
import { typed } from "../kit/typed";
import { GATEWAYS_NAMESPACE, wildcardSecret } from "../names";
import { CLOUDFLARE_SECRET } from "./cloudflare-token";

/** Who signs the certificates of the domains; each is a ClusterIssuer of that name, so that a change of it asks for new ones. */
export const ISSUERS = ["letsencrypt-production", "letsencrypt-staging", "internal-ca"] as const;
export type IssuerName = (typeof ISSUERS)[number];

/** Profiles of Let's Encrypt: 90 days with everything, 90 days for TLS servers only, 160 hours. */
export const PROFILES = ["classic", "tlsserver", "shortlived"] as const;
export type AcmeProfile = (typeof PROFILES)[number];

/** How certificates are asked for. */
export interface IssuerOptions {
  readonly issuer: IssuerName;
  /** Of the account at Let's Encrypt. */
  readonly email?: string | undefined;
  readonly profile: AcmeProfile;
}

const DIRECTORIES: Readonly<Record<Exclude<IssuerName, "internal-ca">, string>> = {
  "letsencrypt-production": "https://acme-v02.api.letsencrypt.org/directory",
  "letsencrypt-staging": "https://acme-staging-v02.api.letsencrypt.org/directory",
};

const API = "cert-manager.io/v1";
const CA = "internal-ca";
const ECDSA = { algorithm: "ECDSA", size: 256 } as const;
const TEN_YEARS = "87600h";
/** What Let's Encrypt gives under `shortlived`; cert-manager renews after two thirds of it. */
const SHORT_LIFE = "160h";

/** The ClusterIssuer and, for a CA of the cluster's own, what it signs with. They live with cert-manager. */
export function issuers(options: IssuerOptions, namespace: string): readonly KubeObject[] {
  return options.issuer === "internal-ca" ? internalCa(namespace) : [acmeIssuer(options, options.issuer)];
}

function acmeIssuer({ email, profile }: IssuerOptions, issuer: keyof typeof DIRECTORIES): KubeObject {
  return typed<IClusterIssuer>({
    apiVersion: API,
    kind: "ClusterIssuer",
    metadata: { name: issuer },
    spec: {
      acme: {
        server: DIRECTORIES[issuer],
        ...(email === undefined ? {} : { email }),
        profile,
        privateKeySecretRef: { name: `${issuer}-account` },
        solvers: [{ dns01: { cloudflare: { apiTokenSecretRef: { ...CLOUDFLARE_SECRET } } } }],
      },
    },
  });
}

function internalCa(namespace: string): readonly KubeObject[] {
  return [
    typed<IClusterIssuer>({ apiVersion: API, kind: "ClusterIssuer", metadata: { name: "self-signed" }, spec: { selfSigned: {} } }),
    typed<ICertificate>({
      apiVersion: API,
      kind: "Certificate",
      metadata: { name: CA, namespace },
      spec: {
        isCA: true,
        commonName: CA,
        secretName: CA,
        duration: TEN_YEARS,
        privateKey: ECDSA,
        issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: "self-signed" },
      },
    }),
    typed<IClusterIssuer>({ apiVersion: API, kind: "ClusterIssuer", metadata: { name: CA }, spec: { ca: { secretName: CA } } }),
  ];
}

/** One certificate per domain, for it and every name directly below it, beside the Gateways that terminate TLS with them. */
export function wildcardCertificates({ issuer, profile }: IssuerOptions, domains: readonly string[]): readonly KubeObject[] {
  return domains.map((domain) =>
    typed<ICertificate>({
      apiVersion: API,
      kind: "Certificate",
      metadata: { name: wildcardSecret(domain), namespace: GATEWAYS_NAMESPACE },
      spec: {
        secretName: wildcardSecret(domain),
        dnsNames: [domain, `*.${domain}`],
        ...(profile === "shortlived" && issuer !== "internal-ca" ? { duration: SHORT_LIFE } : {}),
        privateKey: { ...ECDSA, rotationPolicy: "Always" },
        issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: issuer },
      },
    }),
  );
}
