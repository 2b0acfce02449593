import type { ChartSettings } from "../../config/settings";
import type { DeclaredApp } from "./app";
import type { KubeObject } from "./objects";

/** Content of a chart as OCI registries store it. */
const CHART_LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

const HOUR = "1h";

/**
 * Source, release and service account of an app's chart, all in the app's namespace, since the lock-down allows no
 * reference across namespaces and helm-controller impersonates the account that the release names.
 */
export function chartObjects(app: DeclaredApp, charts: ChartSettings): readonly KubeObject[] {
  if (app.chart === undefined) return [];
  const { namespace } = app;
  const named = { name: app.name, namespace: namespace.name };
  const account = `${app.name}-release`;
  // The chart's own are created and replaced, never deleted: Helm leaves them behind.
  const crds = app.chart.crds === "chart" ? "CreateReplace" : "Skip";
  return [
    source(app, app.chart, charts),
    {
      apiVersion: "helm.toolkit.fluxcd.io/v2",
      kind: "HelmRelease",
      metadata: named,
      spec: {
        ...chartReference(app, app.chart, charts),
        interval: HOUR,
        timeout: app.chart.timeout ?? "10m",
        releaseName: app.name,
        serviceAccountName: account,
        // A failed release is tried again for ever: its Secret may still be on its way.
        install: { crds, strategy: { name: "RetryOnFailure", retryInterval: "1m" } },
        upgrade: { crds, cleanupOnFail: true, strategy: { name: "RetryOnFailure", retryInterval: "1m" } },
        driftDetection: { mode: "enabled" },
        values: app.values,
        ...valuesFrom(app.chart),
      },
    },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: account, namespace: namespace.name } },
    binding(app, app.chart.rights, account),
  ];
}

function isOci(chart: { readonly source: string }, charts: ChartSettings): boolean {
  return charts.mirror !== undefined || chart.source.startsWith("oci://");
}

function source(app: DeclaredApp, chart: NonNullable<DeclaredApp["chart"]>, charts: ChartSettings): KubeObject {
  const metadata = { name: app.name, namespace: app.namespace.name };
  if (!isOci(chart, charts)) {
    return { apiVersion: "source.toolkit.fluxcd.io/v1", kind: "HelmRepository", metadata, spec: { interval: HOUR, url: chart.source } };
  }
  const mirrored = charts.mirror !== undefined;
  return {
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "OCIRepository",
    metadata,
    spec: {
      interval: HOUR,
      url: mirrored ? `${charts.mirror}/${chart.name}` : chart.source,
      ...(mirrored && charts.plainHttp ? { insecure: true } : {}),
      layerSelector: { mediaType: CHART_LAYER, operation: "copy" },
      // A mirror may hold the same chart under another manifest, so the digest counts upstream only.
      ref: { tag: chart.version, ...(mirrored || chart.digest === undefined ? {} : { digest: chart.digest }) },
    },
  };
}

function chartReference(
  app: DeclaredApp,
  chart: NonNullable<DeclaredApp["chart"]>,
  charts: ChartSettings,
): Readonly<Record<string, unknown>> {
  if (isOci(chart, charts)) return { chartRef: { kind: "OCIRepository", name: app.name } };
  return { chart: { spec: { chart: chart.name, version: chart.version, sourceRef: { kind: "HelmRepository", name: app.name } } } };
}

function valuesFrom({ secretValues = [] }: NonNullable<DeclaredApp["chart"]>): Readonly<Record<string, unknown>> {
  if (secretValues.length === 0) return {};
  return {
    valuesFrom: secretValues.map(({ secret, key, path }) => ({ kind: "Secret", name: secret, valuesKey: key, targetPath: path })),
  };
}

function binding(app: DeclaredApp, rights: "cluster" | "namespace", account: string): KubeObject {
  const subjects = [{ kind: "ServiceAccount", name: account, namespace: app.namespace.name }];
  const role = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole" };
  return rights === "cluster"
    ? {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRoleBinding",
        metadata: { name: account },
        roleRef: { ...role, name: "cluster-admin" },
        subjects,
      }
    : {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "RoleBinding",
        metadata: { name: account, namespace: app.namespace.name },
        roleRef: { ...role, name: "admin" },
        subjects,
      };
}
