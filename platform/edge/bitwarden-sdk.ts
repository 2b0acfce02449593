import type { ICertificate, IIssuer } from "@kubernetes-models/cert-manager/cert-manager.io/v1" with { "resolution-mode": "import" };
import type { IDeployment } from "kubernetes-models/apps/v1" with { "resolution-mode": "import" };
import type { IService } from "kubernetes-models/v1" with { "resolution-mode": "import" };
import type { KubeObject } from "../kit/objects";
import { typed } from "../kit/typed";
import { IMAGES } from "../versions";
import { RESTRICTED_CONTAINER, RESTRICTED_POD } from "./restricted";
import { BITWARDEN_SDK } from "./secret-store";

const { name, port, certificate } = BITWARDEN_SDK;
const LABELS = { "app.kubernetes.io/name": name };

/**
 * The server that External Secrets reaches Bitwarden through, with a certificate signed by itself. The operator's chart
 * has it as a chart of its own, without limits or a security context.
 */
export function bitwardenSdk(namespace: string): readonly KubeObject[] {
  return [
    typed<IIssuer>({ apiVersion: "cert-manager.io/v1", kind: "Issuer", metadata: { name }, spec: { selfSigned: {} } }),
    typed<ICertificate>({
      apiVersion: "cert-manager.io/v1",
      kind: "Certificate",
      metadata: { name },
      spec: {
        // Its own authority: whoever trusts `ca.crt` of the Secret trusts the server.
        isCA: true,
        secretName: certificate,
        dnsNames: [`${name}.${namespace}.svc.cluster.local`],
        privateKey: { algorithm: "ECDSA", size: 256 },
        issuerRef: { group: "cert-manager.io", kind: "Issuer", name },
      },
    }),
    deployment(),
    typed<IService>({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, labels: LABELS },
      spec: { selector: LABELS, ports: [{ name: "https", port, targetPort: "https" }] },
    }),
  ];
}

/** Paths and port are the server's defaults (cmd/root.go). */
function deployment(): KubeObject {
  return typed<IDeployment>({
    apiVersion: "apps/v1",
    kind: "Deployment",
    // The certificate is read when it starts.
    metadata: { name, labels: LABELS, annotations: { "reloader.stakater.com/auto": "true" } },
    spec: {
      replicas: 1,
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: {
          automountServiceAccountToken: false,
          securityContext: RESTRICTED_POD,
          containers: [
            {
              name,
              image: IMAGES.bitwardenSdkServer,
              ports: [{ name: "https", containerPort: port }],
              readinessProbe: { httpGet: { path: "/ready", port: "https", scheme: "HTTPS" } },
              livenessProbe: { httpGet: { path: "/live", port: "https", scheme: "HTTPS" } },
              resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
              securityContext: RESTRICTED_CONTAINER,
              volumeMounts: [{ name: "certificate", mountPath: "/certs", readOnly: true }],
            },
          ],
          volumes: [
            {
              name: "certificate",
              secret: {
                secretName: certificate,
                items: [
                  { key: "tls.crt", path: "cert.pem" },
                  { key: "tls.key", path: "key.pem" },
                ],
              },
            },
          ],
        },
      },
    },
  });
}
