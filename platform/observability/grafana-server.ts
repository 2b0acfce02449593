import { createHash } from "node:crypto";
import type { IStatefulSet } from "kubernetes-models/apps/v1" with { "resolution-mode": "import" };
import type { IClusterRole, IClusterRoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1" with {
  "resolution-mode": "import",
};
import type { IConfigMap, IService, IServiceAccount } from "kubernetes-models/v1" with { "resolution-mode": "import" };
import { owningVolumesAs, RESTRICTED } from "../kit/restricted";
import { dataClaim, retention } from "../kit/volume";
import type { KubeObject } from "../kit/objects";
import { typed } from "../kit/typed";
import { DASHBOARD_LABEL, FOLDER_ANNOTATION } from "../provide/monitoring";
import { IMAGES } from "../versions";
import { DASHBOARDS_PATH, GRAFANA_CLIENT } from "./grafana-config";

export const GRAFANA_LABELS = { "app.kubernetes.io/name": "grafana" };
export const GRAFANA_PORT = 3000;

/** Secret with the password of the user `admin`. */
export const GRAFANA_ADMIN = { name: "grafana-admin", user: "admin-user", password: "admin-password" } as const;

/** User of the image. */
const USER = 472;

const TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

/** How Grafana is run. */
export interface GrafanaServer {
  /** Files under `/etc/grafana`, by name. */
  readonly files: { readonly ini: string; readonly dataSources: string; readonly dashboards: string };
  /** Whether it logs people in at Keycloak. */
  readonly sso: boolean;
  /** 0: no volume; what people make by hand goes with the pod. */
  readonly storageGiB: number;
  readonly memoryMiB: number;
  readonly data: "keep" | "delete";
  readonly storageClass?: string | undefined;
}

/** Grafana with one pod, and beside it the sidecar that finds dashboards in every namespace. */
export function grafanaServer(plan: GrafanaServer): readonly KubeObject[] {
  const { ini, dataSources, dashboards } = plan.files;
  const data = { "grafana.ini": ini, "datasources.yaml": dataSources, "dashboards.yaml": dashboards };
  return [
    typed<IConfigMap>({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "grafana" }, data }),
    typed<IService>({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "grafana", labels: GRAFANA_LABELS },
      spec: { selector: GRAFANA_LABELS, ports: [{ name: "http", port: 80, targetPort: "http" }] },
    }),
    ...rights(),
    statefulSet(plan, createHash("sha256").update(JSON.stringify(data)).digest("hex")),
  ];
}

/** ConfigMaps of every namespace, since a dashboard stands beside its app; no Secret. */
function rights(): readonly KubeObject[] {
  const name = "grafana-dashboards";
  return [
    typed<IServiceAccount>({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "grafana" },
      automountServiceAccountToken: false,
    }),
    typed<IClusterRole>({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name },
      rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "watch"] }],
    }),
    typed<IClusterRoleBinding>({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", name: "grafana", namespace: "grafana" }],
    }),
  ];
}

type Spec = NonNullable<IStatefulSet["spec"]>;
type PodSpec = NonNullable<Spec["template"]["spec"]>;
type Container = PodSpec["containers"][number];

function statefulSet(plan: GrafanaServer, config: string): KubeObject {
  return typed<IStatefulSet>({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "grafana", labels: GRAFANA_LABELS },
    spec: {
      replicas: 1,
      serviceName: "grafana",
      persistentVolumeClaimRetentionPolicy: retention(plan.data),
      selector: { matchLabels: GRAFANA_LABELS },
      template: {
        metadata: { labels: GRAFANA_LABELS, annotations: { "hearth/config": config, "reloader.stakater.com/auto": "true" } },
        spec: {
          serviceAccountName: "grafana",
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: owningVolumesAs(USER),
          containers: [server(plan), sidecar()],
          volumes: volumes(plan),
        },
      },
      ...(plan.storageGiB === 0 ? {} : { volumeClaimTemplates: [claim(plan)] }),
    },
  });
}

function claim({ storageGiB, storageClass }: GrafanaServer): NonNullable<Spec["volumeClaimTemplates"]>[number] {
  return dataClaim(storageGiB, storageClass);
}

function volumes({ storageGiB }: GrafanaServer): NonNullable<PodSpec["volumes"]> {
  return [
    { name: "config", configMap: { name: "grafana" } },
    { name: "dashboards", emptyDir: {} },
    { name: "tmp", emptyDir: {} },
    ...(storageGiB === 0 ? [{ name: "data", emptyDir: {} }] : []),
    // For the sidecar alone: Grafana itself has no business with the API server.
    {
      name: "token",
      projected: {
        sources: [
          { serviceAccountToken: { path: "token", expirationSeconds: 3607 } },
          { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
          { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
        ],
      },
    },
  ];
}

function server({ sso, memoryMiB }: GrafanaServer): Container {
  const secret = (name: string, key: string): { valueFrom: { secretKeyRef: { name: string; key: string } } } => ({
    valueFrom: { secretKeyRef: { name, key } },
  });
  const file = (name: string, mountPath: string): { name: string; subPath: string; mountPath: string; readOnly: boolean } => ({
    name: "config",
    subPath: name,
    mountPath,
    readOnly: true,
  });
  const { secret: client } = GRAFANA_CLIENT;
  return {
    name: "grafana",
    image: IMAGES.grafana,
    env: [
      { name: "GF_SECURITY_ADMIN_USER", ...secret(GRAFANA_ADMIN.name, GRAFANA_ADMIN.user) },
      { name: "GF_SECURITY_ADMIN_PASSWORD", ...secret(GRAFANA_ADMIN.name, GRAFANA_ADMIN.password) },
      ...(sso ? [{ name: "GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET", ...secret(client.name, client.key) }] : []),
    ],
    ports: [{ name: "http", containerPort: GRAFANA_PORT }],
    startupProbe: { httpGet: { path: "/api/health", port: "http" }, periodSeconds: 5, failureThreshold: 60 },
    readinessProbe: { httpGet: { path: "/api/health", port: "http" } },
    livenessProbe: { httpGet: { path: "/api/health", port: "http" }, timeoutSeconds: 10, failureThreshold: 6 },
    resources: { requests: { cpu: "50m", memory: `${Math.ceil(memoryMiB / 3)}Mi` }, limits: { memory: `${memoryMiB}Mi` } },
    securityContext: RESTRICTED,
    volumeMounts: [
      file("grafana.ini", "/etc/grafana/grafana.ini"),
      file("datasources.yaml", "/etc/grafana/provisioning/datasources/platform.yaml"),
      file("dashboards.yaml", "/etc/grafana/provisioning/dashboards/platform.yaml"),
      { name: "data", mountPath: "/var/lib/grafana" },
      { name: "dashboards", mountPath: DASHBOARDS_PATH, readOnly: true },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
}

/** Names of its settings as in the project's README (github.com/kiwigrid/k8s-sidecar). */
function sidecar(): Container {
  const settings = {
    LABEL: DASHBOARD_LABEL.name,
    LABEL_VALUE: DASHBOARD_LABEL.value,
    FOLDER: DASHBOARDS_PATH,
    FOLDER_ANNOTATION,
    NAMESPACE: "ALL",
    RESOURCE: "configmap",
    METHOD: "WATCH",
    LOG_LEVEL: "WARN",
  };
  return {
    name: "dashboards",
    image: IMAGES.grafanaSidecar,
    env: Object.entries(settings).map(([name, value]) => ({ name, value })),
    resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "192Mi" } },
    securityContext: RESTRICTED,
    volumeMounts: [
      { name: "dashboards", mountPath: DASHBOARDS_PATH },
      { name: "token", mountPath: TOKEN_PATH, readOnly: true },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
}
