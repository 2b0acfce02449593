import { type KubeObject, textAt } from "../objects";
import { CLUSTER_ISSUERS, ISSUERS } from "./issuer";
import { isReady, readyCondition, resolves, seconds, SECRETS } from "./references";
import type { StandIn, StandInContext } from "./stand-in";

const CERTIFICATES = "/apis/cert-manager.io/v1/certificates";

/** What the Secret holds: nothing in the lab speaks TLS with it, so it need not be a certificate. */
const TEXT = Buffer.from("a stand-in of the lab, no certificate\n").toString("base64");

const DAY_MS = 24 * 60 * 60 * 1000;

/** Stand-in for cert-manager's issuing: the Secret and the status, once the issuer is ready. */
export const certificate: StandIn = {
  kind: "Certificate",
  why: "cert-manager signs it and writes its Secret, which pods mount and gateways terminate TLS with",
  watches: [CERTIFICATES, CLUSTER_ISSUERS, ISSUERS, SECRETS],
  reconcile,
};

async function reconcile({ client, items }: StandInContext): Promise<void> {
  const [issuers, secrets] = [[...items(CLUSTER_ISSUERS), ...items(ISSUERS)], items(SECRETS)];
  for (const object of items(CERTIFICATES)) {
    const { namespace = "default", name } = object.metadata;
    const secret = textAt(object, "spec", "secretName");
    if (secret === undefined || !issuers.some((issuer) => signs(issuer, object) && isReady(issuer))) continue;
    const made = resolves({ namespace, name: secret, key: "tls.crt" }, secrets);
    if (!made) await client.apply(tlsSecret(namespace, secret, name), { manager: "hearth-lab-cert-manager", onConflict: "fail" });
    if (isReady(object)) continue;
    const at = (days: number): string => seconds(new Date(Date.now() + days * DAY_MS));
    const conditions = [readyCondition("Ready", object.metadata.generation)];
    const status = { conditions, notBefore: at(0), notAfter: at(90), renewalTime: at(60), revision: 1 };
    await client.merge(`/apis/cert-manager.io/v1/namespaces/${namespace}/certificates/${name}/status`, { status });
  }
}

/** Whether this is the issuer that the certificate names. */
function signs(issuer: KubeObject, object: KubeObject): boolean {
  const kind = textAt(object, "spec", "issuerRef", "kind") ?? "Issuer";
  const here = kind === "ClusterIssuer" || issuer.metadata.namespace === object.metadata.namespace;
  const isCluster = issuer.metadata.namespace === undefined;
  return here && isCluster === (kind === "ClusterIssuer") && issuer.metadata.name === textAt(object, "spec", "issuerRef", "name");
}

function tlsSecret(namespace: string, name: string, certificate: string): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace, annotations: { "cert-manager.io/certificate-name": certificate } },
    type: "kubernetes.io/tls",
    data: { "tls.crt": TEXT, "tls.key": TEXT, "ca.crt": TEXT },
  };
}
