import type { IPodMonitor, IPrometheusRule, IServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1" with {
  "resolution-mode": "import",
};
import type { IConfigMap } from "kubernetes-models/v1" with { "resolution-mode": "import" };
import type { DeclaredApp } from "../kit/app";
import type { KubeObject } from "../kit/objects";
import type { Provider } from "../kit/provider";
import type { Dashboard, Monitor } from "../kit/requests";
import { typed } from "../kit/typed";
import { canonicalJson } from "../kit/yaml";

/** Label by which Grafana's sidecar finds dashboards. */
export const DASHBOARD_LABEL = { name: "grafana_dashboard", value: "1" } as const;

/** Annotation that names a dashboard's folder. */
export const FOLDER_ANNOTATION = "grafana_folder";

/**
 * Monitors, alerts and dashboards of an app, all beside the app. They are rendered whether or not anything reads them:
 * their kinds are always served, and so switching Prometheus or Grafana on touches no other app.
 */
export const monitoring: Provider = {
  name: "monitors, alerts and dashboards",
  needs: () => [],
  provide: (app) => ({
    objects: [
      ...app.monitors.map((monitor) => monitorObject(app, monitor)),
      ...rules(app),
      ...app.dashboards.map((each) => dashboard(app, each)),
    ],
  }),
};

function monitorObject(app: DeclaredApp, { kind, name, namespace, selector, port, path }: Monitor): KubeObject {
  const metadata = { name, namespace: app.namespace.name };
  const endpoint = { port, ...(path === undefined ? {} : { path }) };
  const selected = {
    selector: { matchLabels: { ...selector } },
    // Without a namespace selector only the monitor's own namespace counts.
    ...(namespace === undefined || namespace === app.namespace.name ? {} : { namespaceSelector: { matchNames: [namespace] } }),
  };
  return kind === "ServiceMonitor"
    ? typed<IServiceMonitor>({ apiVersion: "monitoring.coreos.com/v1", kind, metadata, spec: { ...selected, endpoints: [endpoint] } })
    : typed<IPodMonitor>({
        apiVersion: "monitoring.coreos.com/v1",
        kind,
        metadata,
        spec: { ...selected, podMetricsEndpoints: [endpoint] },
      });
}

function rules(app: DeclaredApp): readonly KubeObject[] {
  if (app.alerts.length === 0) return [];
  return [
    typed<IPrometheusRule>({
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PrometheusRule",
      metadata: { name: app.name, namespace: app.namespace.name },
      spec: {
        groups: [
          {
            name: app.name,
            rules: app.alerts.map(({ alert, expr, for: duration, severity, summary }) => ({
              alert,
              expr,
              ...(duration === undefined ? {} : { for: duration }),
              labels: { severity },
              annotations: { summary },
            })),
          },
        ],
      },
    }),
  ];
}

function dashboard(app: DeclaredApp, { name, folder, model }: Dashboard): KubeObject {
  return typed<IConfigMap>({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: `dashboard-${name}`,
      namespace: app.namespace.name,
      labels: { [DASHBOARD_LABEL.name]: DASHBOARD_LABEL.value },
      annotations: { [FOLDER_ANNOTATION]: folder },
    },
    // Grafana's own variables look like substitutions of Flux' in the tree; JSON can say them another way.
    data: { [`${name}.json`]: canonicalJson({ ...model, uid: name }).replaceAll("${", "\\u0024{") },
  });
}
