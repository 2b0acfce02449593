import type { z } from "zod";
import type { Settings } from "../../config/settings";
import type { ChartVersion } from "../versions";
import type { PlatformFacts } from "./facts";
import type { KubeObject } from "./objects";
import { withNamespace } from "./objects";
import type {
  AlertRule,
  AppHost,
  BucketRequest,
  Dashboard,
  DatabaseRequest,
  Monitor,
  NetworkNeeds,
  OidcClientRequest,
  Requests,
} from "./requests";
import type { AppSecret } from "./secrets";

/** Pod Security level that a namespace enforces. */
export type PodSecurity = "privileged" | "baseline" | "restricted";

/** A namespace as an app asks for it; without `podSecurity` nobody sets a level: it is Kubernetes' or flux-operator's own. */
export interface AppNamespace {
  readonly name: string;
  readonly podSecurity?: PodSecurity;
}

/** What an app may look at. */
export interface AppContext<Options> {
  readonly settings: Settings;
  readonly options: Options;
  /** Names of the apps that are on, this one included. */
  readonly enabled: ReadonlySet<string>;
  readonly facts: PlatformFacts;
}

/** A chart and the rights that its release runs with. */
export interface AppChart extends ChartVersion {
  /** `cluster`: the chart makes cluster-wide objects; `namespace`: only objects in its own namespace. */
  readonly rights: "cluster" | "namespace";
  /** Single values that come out of a Secret in the app's namespace. @default [] */
  readonly secretValues?: readonly { readonly secret: string; readonly key: string; readonly path: string }[];
  /** `chart`: the chart's own CRDs, for one whose CRDs cannot be vendored. @default "vendored", by the app or the `crds` app */
  readonly crds?: "vendored" | "chart";
  /** How long one install or upgrade may take, as Flux writes durations. @default "10m" */
  readonly timeout?: string;
}

/** Third-party manifests that go into the tree unmodified. */
export interface VendoredManifests {
  /** Folder under `platform/crds/`; also the folder's name in the tree. */
  readonly folder: string;
  /** Put on every object of the folder by kustomize, so that the files stay as they are. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Apps of which at least one must be on for these files to be there. @default they are always there */
  readonly onlyFor?: readonly string[];
}

/** What becomes of the objects that hold an app's data when the app goes. */
export type DataPolicy = "keep" | "delete";

/**
 * What one file under `platform/apps/` says about its app. Flux applies an app in up to four Kustomizations, each
 * after the one before: `<app>-data` (what holds data, and its buckets and databases), `<app>` (chart and objects),
 * `<app>-config` (objects of kinds that the chart serves) and `<app>-access` (routes, log-in, clients). Whoever
 * depends on the app waits for all but the last, so that an app that others log in by may itself need them.
 */
export interface AppDefinition<Schema extends z.ZodType> {
  /** DNS label; names the app's Kustomizations, folder and, if it has a chart, its release. */
  readonly name: string;
  /** One sentence for tables and docs. */
  readonly summary: string;
  readonly namespace: AppNamespace;
  /** Further namespaces that the app's objects live in; apps that share one name the same level. @default [] */
  readonly moreNamespaces?: readonly AppNamespace[];
  /** `always`: part of every cluster; `chosen`: on when the settings name it. */
  readonly presence: "always" | "chosen";
  /** Apps that must be on and Ready before this one; what requests lead to is not repeated here. */
  readonly needs: readonly string[];
  /** Apps that must be Ready before this one where they are on. */
  readonly after: readonly string[];
  /** Strict schema of the options; fills in the defaults. An option called `data` is the app's data policy. */
  readonly options: Schema;
  /** What becomes of the app's other objects when its Kustomization goes. @default "delete" */
  readonly onRemoval?: "delete" | "keep";
  /** How long Flux waits for one Kustomization of the app. @default "5m" */
  readonly timeout?: string;
  /** Whether there is anything to do in this cluster; an idle app makes nothing. @default true */
  active?(context: AppContext<z.output<Schema>>): boolean;
  readonly chart?: AppChart;
  /** Values of the chart. */
  values?(context: AppContext<z.output<Schema>>): Readonly<Record<string, unknown>>;
  /** Objects that hold data: applied first, not pruned unless the data policy says `delete`. */
  data?(context: AppContext<z.output<Schema>>): readonly KubeObject[];
  /** Objects besides the chart; a namespaced object without a namespace gets the app's. */
  objects?(context: AppContext<z.output<Schema>>): readonly KubeObject[];
  /** Objects of kinds whose CRD or webhook the app itself brings: applied once the app is Ready. */
  configuration?(context: AppContext<z.output<Schema>>): readonly KubeObject[];
  /** Objects that nobody shall wait for, such as what depends on the Internet: applied last. */
  access?(context: AppContext<z.output<Schema>>): readonly KubeObject[];
  /** CRDs and other third-party files, applied with the chart; kustomize-controller applies CRDs first. */
  readonly vendored?: readonly VendoredManifests[];
  secrets?(context: AppContext<z.output<Schema>>): readonly AppSecret[];
  hosts?(context: AppContext<z.output<Schema>>): readonly AppHost[];
  databases?(context: AppContext<z.output<Schema>>): readonly DatabaseRequest[];
  buckets?(context: AppContext<z.output<Schema>>): readonly BucketRequest[];
  clients?(context: AppContext<z.output<Schema>>): readonly OidcClientRequest[];
  alerts?(context: AppContext<z.output<Schema>>): readonly AlertRule[];
  dashboards?(context: AppContext<z.output<Schema>>): readonly Dashboard[];
  monitors?(context: AppContext<z.output<Schema>>): readonly Monitor[];
  network?(context: AppContext<z.output<Schema>>): NetworkNeeds;
  /** Rules between the app's options and the rest of the settings, beyond the schema. */
  problems?(context: AppContext<z.output<Schema>>): readonly OptionProblem[];
  /** Things that are allowed and that somebody should know; printed by `npm run check` and `npm run render`. */
  warnings?(context: AppContext<z.output<Schema>>): readonly string[];
  /** Files for people or other devices: path in the tree -> text. Flux does not apply them. */
  documents?(context: AppContext<z.output<Schema>>): Readonly<Record<string, string>>;
}

/** Something wrong with an app's options that its schema cannot say. */
export interface OptionProblem {
  /** Below `platform.<app>`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly fix: string;
  /** App that the options need and that is off. @default it is about the options alone */
  readonly needs?: string;
}

/** An app with its options taken in: what it makes itself, and what it asks of others. */
export interface DeclaredApp extends Requests {
  readonly name: string;
  readonly namespace: AppNamespace;
  readonly moreNamespaces: readonly AppNamespace[];
  readonly active: boolean;
  /** Apps that are on and come first, by name. */
  readonly dependsOn: readonly string[];
  readonly onRemoval: "delete" | "keep";
  readonly dataPolicy: DataPolicy;
  readonly timeout: string;
  readonly chart?: AppChart;
  readonly values: Readonly<Record<string, unknown>>;
  readonly data: readonly KubeObject[];
  readonly objects: readonly KubeObject[];
  readonly configuration: readonly KubeObject[];
  readonly access: readonly KubeObject[];
  readonly vendored: readonly VendoredManifests[];
  readonly secrets: readonly AppSecret[];
  readonly problems: readonly OptionProblem[];
  readonly warnings: readonly string[];
  readonly documents: Readonly<Record<string, string>>;
}

/** An app of the catalogue; the type of its options stays inside. */
export interface App extends Pick<AppDefinition<z.ZodType>, "name" | "summary" | "namespace" | "presence" | "needs" | "after" | "options"> {
  readonly moreNamespaces: readonly AppNamespace[];
  readonly chart?: AppChart;
  readonly vendored: readonly VendoredManifests[];
  /** @throws ZodError when the options are not what the schema says; validation finds that first. */
  declare(options: unknown, platform: Omit<AppContext<never>, "options">): DeclaredApp;
}

/** App that brings the CRDs; everything else comes after it. */
export const CRDS_APP = "crds";

/** Makes an app of its definition. */
export function defineApp<Schema extends z.ZodType>(definition: AppDefinition<Schema>): App {
  const { name, summary, namespace, moreNamespaces = [], presence, needs, after, options: schema, chart } = definition;
  return {
    name,
    summary,
    namespace,
    moreNamespaces,
    presence,
    needs,
    after,
    options: schema,
    chart,
    vendored: definition.vendored ?? [],
    declare(given, platform) {
      const options = schema.parse(given);
      const context = { ...platform, options };
      const first = name === CRDS_APP || !platform.enabled.has(CRDS_APP) ? [] : [CRDS_APP];
      const own = {
        name,
        namespace,
        moreNamespaces,
        dependsOn: [...new Set([...first, ...needs, ...after.filter((other) => platform.enabled.has(other))])].sort(),
        onRemoval: definition.onRemoval ?? "delete",
        dataPolicy: dataPolicyOf(options),
        timeout: definition.timeout ?? "5m",
      } as const;
      return definition.active?.(context) === false
        ? { ...own, active: false, ...NOTHING }
        : { ...own, active: true, ...made(definition, context) };
    },
  };
}

type Made = Omit<DeclaredApp, "name" | "namespace" | "moreNamespaces" | "active" | "dependsOn" | "onRemoval" | "dataPolicy" | "timeout">;

const NOTHING: Made = {
  values: {},
  data: [],
  objects: [],
  configuration: [],
  access: [],
  vendored: [],
  secrets: [],
  hosts: [],
  databases: [],
  buckets: [],
  clients: [],
  alerts: [],
  dashboards: [],
  monitors: [],
  network: {},
  problems: [],
  warnings: [],
  documents: {},
};

function made<Schema extends z.ZodType>(definition: AppDefinition<Schema>, context: AppContext<z.output<Schema>>): Made {
  const placed = (objects: readonly KubeObject[] | undefined): readonly KubeObject[] =>
    (objects ?? []).map((object) => withNamespace(object, definition.namespace.name));
  return {
    chart: definition.chart,
    values: definition.values?.(context) ?? {},
    data: placed(definition.data?.(context)),
    objects: placed(definition.objects?.(context)),
    configuration: placed(definition.configuration?.(context)),
    access: placed(definition.access?.(context)),
    vendored: (definition.vendored ?? []).filter(({ onlyFor }) => onlyFor === undefined || onlyFor.some((app) => context.enabled.has(app))),
    secrets: definition.secrets?.(context) ?? [],
    hosts: definition.hosts?.(context) ?? [],
    databases: definition.databases?.(context) ?? [],
    buckets: definition.buckets?.(context) ?? [],
    clients: definition.clients?.(context) ?? [],
    alerts: definition.alerts?.(context) ?? [],
    dashboards: definition.dashboards?.(context) ?? [],
    monitors: definition.monitors?.(context) ?? [],
    network: definition.network?.(context) ?? {},
    problems: definition.problems?.(context) ?? [],
    warnings: definition.warnings?.(context) ?? [],
    documents: definition.documents?.(context) ?? {},
  };
}

/** The option `data` of an app that has one. */
function dataPolicyOf(options: unknown): DataPolicy {
  return typeof options === "object" && options !== null && "data" in options && options.data === "delete" ? "delete" : "keep";
}
