import type { IdentityFacts, LogFacts, PlatformFacts } from "../kit/facts";
import { canonicalJson } from "../kit/yaml";

/** Client of the realm, and the Secret with its secret. */
export const GRAFANA_CLIENT = { id: "grafana", secret: { name: "grafana-oidc", key: "client-secret" } } as const;

/** Where the sidecar puts dashboards, in a folder for each folder of Grafana's. */
export const DASHBOARDS_PATH = "/var/lib/dashboards";

/** Who may do what, by the groups of the realm. */
export interface GrafanaRoles {
  readonly adminGroups: readonly string[];
  readonly editorGroups: readonly string[];
}

/** What the configuration depends on. */
export interface GrafanaPlan extends GrafanaRoles {
  readonly host: string;
  readonly identity?: IdentityFacts | undefined;
}

/** `grafana.ini`. Passwords and the client's secret come by environment. The log-in form stays: Keycloak may be down. */
export function grafanaIni({ host, identity, ...roles }: GrafanaPlan): string {
  const sections: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    server: { root_url: `https://${host}/`, domain: host },
    security: { cookie_secure: "true", disable_gravatar: "true", strict_transport_security: "true" },
    users: { allow_sign_up: "false", default_theme: "system" },
    auth: { disable_login_form: "false", oauth_auto_login: "false" },
    analytics: { reporting_enabled: "false", check_for_updates: "false", check_for_plugin_updates: "false" },
    // Nothing is fetched from the Internet when it starts.
    plugins: { preinstall_disabled: "true" },
    log: { mode: "console", level: "warn" },
    metrics: { enabled: "true" },
    ...(identity === undefined ? {} : { "auth.generic_oauth": keycloak(identity, host, roles) }),
  };
  return Object.entries(sections)
    .map(([name, fields]) => [`[${name}]`, ...Object.entries(fields).map(([key, value]) => `${key} = ${value}`), ""].join("\n"))
    .join("\n");
}

/** Browsers go to Keycloak through its gateway, Grafana itself to its Service: log-in does not depend on a way out and back in. */
function keycloak(identity: IdentityFacts, host: string, roles: GrafanaRoles): Readonly<Record<string, string>> {
  const back = encodeURIComponent(`https://${host}/login`);
  return {
    enabled: "true",
    name: "Keycloak",
    client_id: GRAFANA_CLIENT.id,
    scopes: "openid profile email",
    auth_url: identity.authorizationEndpoint,
    token_url: identity.internal.tokenEndpoint,
    api_url: identity.internal.userinfoEndpoint,
    signout_redirect_url: `${identity.endSessionEndpoint}?post_logout_redirect_uri=${back}`,
    use_pkce: "true",
    use_refresh_token: "true",
    allow_sign_up: "true",
    login_attribute_path: "preferred_username",
    name_attribute_path: "name",
    email_attribute_path: "email",
    groups_attribute_path: "groups",
    role_attribute_path: rolePath(roles),
    allow_assign_grafana_admin: "true",
  };
}

/** JMESPath over the claim `groups`; who is in none of the groups may look. */
function rolePath({ adminGroups, editorGroups }: GrafanaRoles): string {
  const rule = (role: string) => (group: string) => `contains(groups[*], '${group}') && '${role}'`;
  return [...adminGroups.map(rule("GrafanaAdmin")), ...editorGroups.map(rule("Editor")), "'Viewer'"].join(" || ");
}

/** Data sources as Grafana reads them at its start, of what is on. */
export function dataSources({
  metricsUrl,
  logs,
  tracingUrl,
}: {
  metricsUrl?: string | undefined;
  logs?: LogFacts | undefined;
  tracingUrl?: string | undefined;
}): string {
  const sources = [
    ...(metricsUrl === undefined ? [] : [prometheus(metricsUrl, tracingUrl !== undefined ? "tempo" : undefined)]),
    ...(logs === undefined ? [] : [loki(logs, tracingUrl !== undefined ? "tempo" : undefined)]),
    ...(tracingUrl === undefined ? [] : [tempo(tracingUrl, metricsUrl, logs)]),
  ];
  // JSON is YAML, too. Grafana's own variables look like substitutions of Flux' in the tree, so a dollar is said in another way.
  return canonicalJson({ apiVersion: 1, datasources: sources, prune: true }).replaceAll("$", "\\u0024");
}

type Source = Readonly<Record<string, unknown>>;

const source = (uid: string, name: string, url: string, rest: Source): Source => ({
  uid,
  type: uid,
  name,
  url,
  access: "proxy",
  editable: false,
  ...rest,
});

function prometheus(url: string, traces: string | undefined): Source {
  const exemplars = traces === undefined ? {} : { exemplarTraceIdDestinations: [{ name: "traceID", datasourceUid: traces }] };
  return source("prometheus", "Prometheus", url, { isDefault: true, jsonData: { httpMethod: "POST", ...exemplars } });
}

function loki({ readUrl }: LogFacts, traces: string | undefined): Source {
  if (traces === undefined) return source("loki", "Loki", readUrl, {});
  const field = {
    name: "TraceID",
    matcherRegex: '"?trace_?[iI][dD]"?[=:]\\s*"?(\\w+)',
    // Doubled: Grafana expands environment variables in this file, and makes one dollar of two.
    url: "$${__value.raw}",
    datasourceUid: traces,
  };
  return source("loki", "Loki", readUrl, { jsonData: { derivedFields: [field] } });
}

function tempo(url: string, metricsUrl: string | undefined, logs: LogFacts | undefined): Source {
  const jsonData = {
    ...(metricsUrl === undefined ? {} : { serviceMap: { datasourceUid: "prometheus" } }),
    ...(logs === undefined ? {} : { tracesToLogsV2: { datasourceUid: "loki", filterByTraceID: true } }),
    nodeGraph: { enabled: true },
  };
  return source("tempo", "Tempo", url, { jsonData });
}

/** Dashboards come from files that the sidecar writes. */
export const DASHBOARD_PROVIDER = canonicalJson({
  apiVersion: 1,
  providers: [
    {
      name: "platform",
      type: "file",
      allowUiUpdates: false,
      disableDeletion: false,
      options: { path: DASHBOARDS_PATH, foldersFromFilesStructure: true },
    },
  ],
});

/** Base URL of Tempo's API. */
export function tempoUrl({ tracing }: Pick<PlatformFacts, "tracing">): string | undefined {
  return tracing === undefined ? undefined : `http://${tracing.host}:3200`;
}
