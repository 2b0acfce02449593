import { z } from "zod";
import { defineApp } from "../kit/app";
import { exposedHost, exposure } from "../kit/exposure";
import { DASHBOARD_PROVIDER, dataSources, GRAFANA_CLIENT, grafanaIni, tempoUrl } from "../observability/grafana-config";
import { GRAFANA_ADMIN, GRAFANA_LABELS, GRAFANA_PORT, grafanaServer } from "../observability/grafana-server";

/** A group of the realm: it goes into an expression between quotes. */
const group = z.string().regex(/^[\w .:@/-]+$/, "must be letters, digits, spaces and . : @ / - _");

/** Dashboards, log search and traces. People log in at Keycloak; the user `admin` gets in without it. */
export const grafana = defineApp({
  name: "grafana",
  summary: "Dashboards, and the place to look at metrics, logs and traces",
  namespace: { name: "grafana", podSecurity: "restricted" },
  presence: "chosen",
  needs: [],
  after: ["kube-prometheus-stack", "loki", "tempo"],
  options: z.strictObject({
    /** Groups of the realm that administer Grafana, besides the platform's own administrators. */
    adminGroups: z
      .array(group)
      .default([])
      .describe("Groups of the realm that administer Grafana, besides the platform's own administrators"),
    /** Groups of the realm that may change dashboards; everybody else may look. */
    editorGroups: z.array(group).default([]).describe("Groups of the realm that may change dashboards; everybody else may look"),
    /** GiB for what people make by hand; 0: it goes with the pod. Cannot be changed later. */
    storageGiB: z.int().min(0).default(1).describe("GiB for what people make by hand; 0: it goes with the pod. Cannot be changed later"),
    /** MiB of memory that it may take. */
    memoryMiB: z.int().min(192).default(512).describe("MiB of memory that it may take"),
    /** What becomes of the volume when the app goes. */
    data: z.enum(["keep", "delete"]).default("keep").describe("What becomes of the volume when the app goes"),
    ...exposure({ subdomain: "grafana", gateway: "internal", protection: "app" }),
  }),
  objects: ({ options, facts }) => [
    ...grafanaServer({
      files: {
        ini: grafanaIni({
          host: `${options.subdomain}.${facts.domain}`,
          identity: facts.identity,
          adminGroups: [...(facts.identity === undefined ? [] : [facts.identity.adminsGroup]), ...options.adminGroups],
          editorGroups: options.editorGroups,
        }),
        dataSources: dataSources({ metricsUrl: facts.metricsUrl, logs: facts.logs, tracingUrl: tempoUrl(facts) }),
        dashboards: DASHBOARD_PROVIDER,
      },
      sso: facts.identity !== undefined,
      storageGiB: options.storageGiB,
      memoryMiB: options.memoryMiB,
      data: options.data,
      storageClass: facts.storageClass,
    }),
  ],
  secrets: () => [
    {
      name: GRAFANA_ADMIN.name,
      data: {
        [GRAFANA_ADMIN.user]: { from: "plain", value: "admin" },
        [GRAFANA_ADMIN.password]: {
          from: "config",
          secret: "grafana-admin-password",
          otherwise: { from: "generated", length: 32, alphabet: "alphanumeric" },
        },
      },
    },
  ],
  hosts: ({ options, facts }) => [
    exposedHost(
      options,
      facts,
      { service: "grafana", port: 80, containerPort: GRAFANA_PORT },
      { app: "it logs people in at Keycloak while that is on, and by its own form" },
    ),
  ],
  clients: ({ options, facts }) => {
    if (facts.identity === undefined) return [];
    const url = `https://${options.subdomain}.${facts.domain}`;
    return [
      {
        id: GRAFANA_CLIENT.id,
        flow: "code",
        redirectUris: [`${url}/login/generic_oauth`],
        postLogoutRedirectUris: [`${url}/login`],
        secret: GRAFANA_CLIENT.secret,
      },
    ];
  },
  monitors: () => [{ kind: "ServiceMonitor", name: "grafana", selector: GRAFANA_LABELS, port: "http", containerPort: GRAFANA_PORT }],
  alerts: () => [
    {
      // As in Grafana's own mixin (grafana-mixin/alerts).
      alert: "GrafanaRequestsFailing",
      expr: `sum(rate(grafana_http_request_duration_seconds_count{namespace="grafana",status_code=~"5.."}[5m])) / sum(rate(grafana_http_request_duration_seconds_count{namespace="grafana"}[5m])) > 0.5`,
      for: "5m",
      severity: "warning",
      summary: "Grafana answers more than half of all calls with an error",
    },
  ],
  network: () => ({
    to: [
      { peer: "kube-apiserver" },
      { peer: { app: "kube-prometheus-stack" }, ports: [9090] },
      { peer: { app: "loki" }, ports: [3100] },
      { peer: { app: "tempo" }, ports: [3200] },
    ],
  }),
  warnings: ({ facts }) =>
    facts.metricsUrl === undefined && facts.logs === undefined && facts.tracing === undefined
      ? ["there is nothing to look at; add kube-prometheus-stack, loki or tempo"]
      : [],
});
