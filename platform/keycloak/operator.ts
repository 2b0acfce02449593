import type { IDeployment } from "kubernetes-models/apps/v1" with { "resolution-mode": "import" };
import type { IPolicyRule, IRole, IRoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1" with { "resolution-mode": "import" };
import type { IProbe, IServiceAccount } from "kubernetes-models/v1" with { "resolution-mode": "import" };
import { RESTRICTED } from "../kit/restricted";
import type { KubeObject } from "../kit/objects";
import { typed } from "../kit/typed";
import { IMAGES } from "../versions";
import { KEYCLOAK_API } from "./crds";
import { KEYCLOAK_NAMESPACE } from "./names";

const NAME = "keycloak-operator";
const LABELS = { "app.kubernetes.io/name": NAME };

/** The operator, for its own namespace only: what it may do is a Role, not the ClusterRoles of the project's manifests. */
export function operator(): readonly KubeObject[] {
  const metadata = { name: NAME, labels: LABELS };
  return [
    typed<IServiceAccount>({ apiVersion: "v1", kind: "ServiceAccount", metadata }),
    typed<IRole>({ apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata, rules: rules() }),
    typed<IRoleBinding>({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: NAME },
      subjects: [{ kind: "ServiceAccount", name: NAME, namespace: KEYCLOAK_NAMESPACE }],
    }),
    deployment(),
  ];
}

const WRITE = ["create", "delete", "get", "list", "patch", "update", "watch"];
const READ = ["get", "list", "watch"];

/** What the project's own manifests grant in the operator's namespace (keycloak-k8s-resources, kubernetes/kubernetes.yml). */
function rules(): IPolicyRule[] {
  const kinds = (plural: string): string[] => [plural, `${plural}/status`, `${plural}/finalizers`];
  return [
    { apiGroups: [KEYCLOAK_API.group], resources: ["keycloaks", "keycloakrealmimports"].flatMap(kinds), verbs: WRITE },
    { apiGroups: [""], resources: ["secrets", "services"], verbs: WRITE },
    { apiGroups: [""], resources: ["configmaps", "pods", "pods/log", "events"], verbs: READ },
    { apiGroups: ["apps"], resources: ["statefulsets"], verbs: WRITE },
    { apiGroups: ["batch"], resources: ["jobs"], verbs: WRITE },
    // It makes none of these here, and watches them all the same.
    { apiGroups: ["networking.k8s.io"], resources: ["ingresses", "networkpolicies"], verbs: WRITE },
    { apiGroups: ["monitoring.coreos.com"], resources: ["servicemonitors"], verbs: WRITE },
  ];
}

function deployment(): KubeObject {
  const probe = (path: string): IProbe => ({ httpGet: { path, port: "http" }, timeoutSeconds: 10 });
  return typed<IDeployment>({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: NAME, labels: LABELS },
    spec: {
      replicas: 1,
      // Two operators would write over each other.
      strategy: { type: "Recreate" },
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: {
          serviceAccountName: NAME,
          securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
          containers: [
            {
              name: NAME,
              image: IMAGES.keycloakOperator,
              env: [
                { name: "KUBERNETES_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
                { name: "RELATED_IMAGE_KEYCLOAK", value: IMAGES.keycloak },
                // Else it watches every namespace, which its Role does not let it; the project's manifests set the same.
                ...["KEYCLOAKCONTROLLER", "KEYCLOAKREALMIMPORTCONTROLLER"].map((controller) => ({
                  name: `QUARKUS_OPERATOR_SDK_CONTROLLERS_${controller}_NAMESPACES`,
                  value: "JOSDK_WATCH_CURRENT",
                })),
              ],
              ports: [{ name: "http", containerPort: 8080 }],
              startupProbe: { ...probe("/q/health/started"), failureThreshold: 30 },
              livenessProbe: probe("/q/health/live"),
              readinessProbe: probe("/q/health/ready"),
              resources: { requests: { cpu: "50m", memory: "450Mi" }, limits: { memory: "450Mi" } },
              securityContext: RESTRICTED,
              volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
            },
          ],
          volumes: [{ name: "tmp", emptyDir: {} }],
        },
      },
    },
  });
}
