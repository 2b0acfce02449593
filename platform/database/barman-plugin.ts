import type { ICertificate, IIssuer } from "@kubernetes-models/cert-manager/cert-manager.io/v1" with { "resolution-mode": "import" };
import type { IDeployment } from "kubernetes-models/apps/v1" with { "resolution-mode": "import" };
import type { IClusterRoleBinding, IRoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1" with {
  "resolution-mode": "import",
};
import type { IService } from "kubernetes-models/v1" with { "resolution-mode": "import" };
import { RESTRICTED, runningAs } from "../kit/restricted";
import type { KubeObject } from "../kit/objects";
import { typed } from "../kit/typed";
import { IMAGES } from "../versions";
import { CNPG_NAMESPACE } from "./operator";
import { vendoredObject } from "./vendored-objects";

/** Name under which clusters refer to the plugin. */
export const BARMAN_PLUGIN = "barman-cloud.cloudnative-pg.io";

/** Port on which the operator calls the plugin. */
const BARMAN_PORT = 9090;

const NAME = "barman-cloud";
const ACCOUNT = "plugin-barman-cloud";
const LEADER_ROLE = "barman-plugin-leader-election-role";
const LABELS = { app: NAME };
const SERVER_TLS = "barman-cloud-server-tls";
const CLIENT_TLS = "barman-cloud-client-tls";
const ISSUER = "barman-cloud-selfsigned";
const VENDORED = "barman-cloud-operator";

/** The plugin beside the operator. Both prove themselves by certificates of cert-manager, each trusted as it is. */
export function barmanPluginObjects(): readonly KubeObject[] {
  return [
    ...rights(),
    typed<IIssuer>({ apiVersion: "cert-manager.io/v1", kind: "Issuer", metadata: { name: ISSUER }, spec: { selfSigned: {} } }),
    certificate("barman-cloud-server", SERVER_TLS, "server auth"),
    certificate("barman-cloud-client", CLIENT_TLS, "client auth"),
    service(),
    deployment(),
  ];
}

function rights(): readonly KubeObject[] {
  const role = vendoredObject(VENDORED, "role.yaml");
  const leader = vendoredObject(VENDORED, "leader_election_role.yaml");
  const subjects = [{ kind: "ServiceAccount", name: ACCOUNT, namespace: CNPG_NAMESPACE }];
  const apiGroup = "rbac.authorization.k8s.io";
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: ACCOUNT } },
    { ...role, metadata: { name: ACCOUNT } },
    { ...leader, metadata: { name: LEADER_ROLE } },
    typed<IClusterRoleBinding>({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "plugin-barman-cloud-binding" },
      roleRef: { apiGroup, kind: "ClusterRole", name: ACCOUNT },
      subjects,
    }),
    typed<IRoleBinding>({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: "barman-plugin-leader-election-rolebinding" },
      roleRef: { apiGroup, kind: "Role", name: LEADER_ROLE },
      subjects,
    }),
  ];
}

function certificate(name: string, secretName: string, usage: "server auth" | "client auth"): KubeObject {
  return typed<ICertificate>({
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: { name },
    spec: {
      secretName,
      commonName: usage === "server auth" ? NAME : name,
      // The operator calls the plugin by the plain name of its Service.
      ...(usage === "server auth" ? { dnsNames: [NAME] } : {}),
      duration: "2160h",
      renewBefore: "360h",
      isCA: false,
      issuerRef: { group: "cert-manager.io", kind: "Issuer", name: ISSUER },
      usages: [usage],
    },
  });
}

/** By its label and annotations the operator finds the plugin and the certificates to call it with. */
function service(): KubeObject {
  return typed<IService>({
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: NAME,
      labels: { ...LABELS, "cnpg.io/pluginName": BARMAN_PLUGIN },
      annotations: {
        "cnpg.io/pluginClientSecret": CLIENT_TLS,
        "cnpg.io/pluginServerSecret": SERVER_TLS,
        "cnpg.io/pluginPort": String(BARMAN_PORT),
      },
    },
    spec: { selector: LABELS, ports: [{ port: BARMAN_PORT, targetPort: BARMAN_PORT }] },
  });
}

function deployment(): KubeObject {
  return typed<IDeployment>({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: NAME, labels: LABELS },
    spec: {
      replicas: 1,
      strategy: { type: "Recreate" },
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: {
          serviceAccountName: ACCOUNT,
          securityContext: runningAs(10001),
          containers: [
            {
              name: NAME,
              image: IMAGES.barmanCloud,
              args: [
                "operator",
                "--server-cert=/server/tls.crt",
                "--server-key=/server/tls.key",
                "--client-cert=/client/tls.crt",
                `--server-address=:${BARMAN_PORT}`,
                "--leader-elect",
                "--log-level=info",
              ],
              env: [{ name: "SIDECAR_IMAGE", value: IMAGES.barmanCloudSidecar }],
              ports: [{ name: "grpc", containerPort: BARMAN_PORT }],
              readinessProbe: { tcpSocket: { port: BARMAN_PORT }, periodSeconds: 10 },
              resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
              securityContext: RESTRICTED,
              volumeMounts: [
                { name: "server", mountPath: "/server", readOnly: true },
                { name: "client", mountPath: "/client", readOnly: true },
              ],
            },
          ],
          volumes: [
            { name: "server", secret: { secretName: SERVER_TLS } },
            { name: "client", secret: { secretName: CLIENT_TLS } },
          ],
        },
      },
    },
  });
}
