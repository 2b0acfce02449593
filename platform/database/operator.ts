import type { IClusterRoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1" with { "resolution-mode": "import" };
import type { IDeployment } from "kubernetes-models/apps/v1" with { "resolution-mode": "import" };
import type { IService } from "kubernetes-models/v1" with { "resolution-mode": "import" };
import { RESTRICTED, runningAs } from "../kit/restricted";
import type { KubeObject } from "../kit/objects";
import { typed } from "../kit/typed";
import { IMAGES } from "../versions";
import { vendoredObject, vendoredObjects } from "./vendored-objects";

/** Where the operator and its plugins live: it finds plugins by Services in its own namespace. */
export const CNPG_NAMESPACE = "cnpg-system";

/** Labels of the operator's pods. */
export const OPERATOR_LABELS = { "app.kubernetes.io/name": "cloudnative-pg" };

/** Port on which the operator serves its webhooks, and its metrics. */
export const OPERATOR_PORTS = { webhook: 9443, metrics: 8080 } as const;

// Names that the operator itself looks for: it writes its CA into the webhook configurations of these names.
const ACCOUNT = "cnpg-manager";
const WEBHOOK_SERVICE = "cnpg-webhook-service";
const QUERIES = "cnpg-default-monitoring";
const VENDORED = "cloudnative-pg-operator";

/**
 * The operator, as its project's release makes it: rights, webhooks and metric queries are the module's own files under
 * the names of the release, the rest stands here.
 */
export function operatorObjects(replicas: number): readonly KubeObject[] {
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: ACCOUNT } },
    renamed(vendoredObject(VENDORED, "role.yaml"), ACCOUNT),
    typed<IClusterRoleBinding>({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "cnpg-manager-rolebinding" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: ACCOUNT },
      subjects: [{ kind: "ServiceAccount", name: ACCOUNT, namespace: CNPG_NAMESPACE }],
    }),
    renamed(vendoredObject(VENDORED, "default-monitoring.yaml"), QUERIES),
    typed<IService>({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: WEBHOOK_SERVICE },
      spec: { selector: OPERATOR_LABELS, ports: [{ port: 443, targetPort: OPERATOR_PORTS.webhook }] },
    }),
    deployment(replicas),
    ...vendoredObjects(VENDORED, "manifests.yaml").map(webhooks),
  ];
}

function renamed(object: KubeObject, name: string): KubeObject {
  return { ...object, metadata: { ...object.metadata, name } };
}

/** A webhook configuration of the module, with the names that the release gives to it and its Service. */
function webhooks(configuration: KubeObject): KubeObject {
  const hooks = Array.isArray(configuration["webhooks"]) ? configuration["webhooks"] : [];
  return {
    ...renamed(configuration, `cnpg-${configuration.metadata.name}`),
    webhooks: hooks.map((hook: { readonly clientConfig: { readonly service: object } }) => ({
      ...hook,
      clientConfig: { service: { ...hook.clientConfig.service, name: WEBHOOK_SERVICE, namespace: CNPG_NAMESPACE } },
    })),
  };
}

function deployment(replicas: number): KubeObject {
  const answers = { httpGet: { path: "/readyz", port: OPERATOR_PORTS.webhook, scheme: "HTTPS" as const } };
  return typed<IDeployment>({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "cnpg-controller-manager", labels: OPERATOR_LABELS },
    spec: {
      replicas,
      selector: { matchLabels: OPERATOR_LABELS },
      template: {
        metadata: { labels: OPERATOR_LABELS },
        spec: {
          serviceAccountName: ACCOUNT,
          terminationGracePeriodSeconds: 10,
          securityContext: runningAs(10001),
          containers: [
            {
              name: "manager",
              image: IMAGES.cloudnativePg,
              command: ["/manager"],
              args: ["controller", "--leader-elect", "--max-concurrent-reconciles=10", `--webhook-port=${OPERATOR_PORTS.webhook}`],
              env: [
                { name: "OPERATOR_IMAGE_NAME", value: IMAGES.cloudnativePg },
                { name: "OPERATOR_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
                { name: "MONITORING_QUERIES_CONFIGMAP", value: QUERIES },
              ],
              ports: [
                { name: "metrics", containerPort: OPERATOR_PORTS.metrics },
                { name: "webhook-server", containerPort: OPERATOR_PORTS.webhook },
              ],
              startupProbe: { ...answers, failureThreshold: 12, periodSeconds: 5 },
              readinessProbe: answers,
              livenessProbe: answers,
              resources: { requests: { cpu: "50m", memory: "100Mi" }, limits: { memory: "256Mi" } },
              securityContext: RESTRICTED,
              volumeMounts: [
                { name: "scratch-data", mountPath: "/controller" },
                { name: "webhook-certificates", mountPath: "/run/secrets/cnpg.io/webhook" },
              ],
            },
          ],
          volumes: [
            { name: "scratch-data", emptyDir: {} },
            // The operator makes this Secret itself when it first starts.
            { name: "webhook-certificates", secret: { secretName: "cnpg-webhook-cert", optional: true } },
          ],
        },
      },
    },
  });
}
