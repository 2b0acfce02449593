import type { z } from "zod";
import type { Settings } from "../../config/settings";
import type { ChartVersion } from "../versions";
import type { KubeObject } from "./objects";
import { withNamespace } from "./objects";
import type { AppSecret } from "./secrets";

/** Pod Security level that a namespace enforces. */
export type PodSecurity = "privileged" | "baseline" | "restricted";

/** What an app may look at. */
export interface AppContext<Options> {
  readonly settings: Settings;
  readonly options: Options;
  /** Names of the apps that are on, this one included. */
  readonly enabled: ReadonlySet<string>;
}

/** A chart and the rights that its release runs with. */
export interface AppChart extends ChartVersion {
  /** `cluster`: the chart makes cluster-wide objects; `namespace`: only objects in its own namespace. */
  readonly rights: "cluster" | "namespace";
}

/** A host name that an app serves; the route is made by the gateway apps. */
export interface AppHost {
  /** Full DNS name. */
  readonly host: string;
  readonly service: string;
  readonly port: number;
}

/** Third-party manifests that go into the tree unmodified. */
export interface VendoredManifests {
  /** Folder under `platform/crds/`; also the folder's name in the tree. */
  readonly folder: string;
  /** Put on every object of the folder by kustomize, so that the files stay as they are. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What one file under `platform/apps/` says about its app. */
export interface AppDefinition<Schema extends z.ZodType> {
  /** DNS label; names the app's Kustomization, folder and, if it has a chart, its release. */
  readonly name: string;
  /** One sentence for tables and docs. */
  readonly summary: string;
  /** Without `podSecurity` nobody sets a level: the namespace is Kubernetes' or flux-operator's own. */
  readonly namespace: { readonly name: string; readonly podSecurity?: PodSecurity };
  /** `always`: part of every cluster; `chosen`: on when the settings name it. */
  readonly presence: "always" | "chosen";
  /** Apps that must be on and Ready before this one. */
  readonly needs: readonly string[];
  /** Apps that must be Ready before this one where they are on. */
  readonly after: readonly string[];
  /** Strict schema of the options; fills in the defaults. */
  readonly options: Schema;
  /** What becomes of the app's objects when its Kustomization goes. @default "delete" */
  readonly onRemoval?: "delete" | "keep";
  readonly chart?: AppChart;
  /** Values of the chart. */
  values?(context: AppContext<z.output<Schema>>): Readonly<Record<string, unknown>>;
  /** Objects besides the chart; a namespaced object without a namespace gets the app's. */
  objects?(context: AppContext<z.output<Schema>>): readonly KubeObject[];
  readonly vendored?: readonly VendoredManifests[];
  secrets?(context: AppContext<z.output<Schema>>): readonly AppSecret[];
  hosts?(context: AppContext<z.output<Schema>>): readonly AppHost[];
  /** Files for people or other devices: path in the tree -> text. Flux does not apply them. */
  documents?(context: AppContext<z.output<Schema>>): Readonly<Record<string, string>>;
}

/** An app with its options taken in: plain data, ready to render. */
export interface AppPlan {
  readonly name: string;
  readonly namespace: { readonly name: string; readonly podSecurity?: PodSecurity };
  /** Apps that are on and come first, by name. */
  readonly dependsOn: readonly string[];
  readonly onRemoval: "delete" | "keep";
  readonly chart?: AppChart;
  readonly values: Readonly<Record<string, unknown>>;
  readonly objects: readonly KubeObject[];
  readonly vendored: readonly VendoredManifests[];
  readonly secrets: readonly AppSecret[];
  readonly hosts: readonly AppHost[];
  readonly documents: Readonly<Record<string, string>>;
}

/** An app of the catalogue; the type of its options stays inside. */
export interface App extends Pick<AppDefinition<z.ZodType>, "name" | "summary" | "namespace" | "presence" | "needs" | "after" | "options"> {
  /** @throws ZodError when the options are not what the schema says; validation finds that first. */
  plan(options: unknown, settings: Settings, enabled: ReadonlySet<string>): AppPlan;
}

/** Makes an app of its definition. */
export function defineApp<Schema extends z.ZodType>(definition: AppDefinition<Schema>): App {
  const { name, summary, namespace, presence, needs, after, options: schema } = definition;
  return {
    name,
    summary,
    namespace,
    presence,
    needs,
    after,
    options: schema,
    plan(options, settings, enabled) {
      const context = { settings, options: schema.parse(options), enabled };
      return {
        name,
        namespace,
        dependsOn: [...new Set([...needs, ...after.filter((other) => enabled.has(other))])].sort(),
        onRemoval: definition.onRemoval ?? "delete",
        chart: definition.chart,
        values: definition.values?.(context) ?? {},
        objects: (definition.objects?.(context) ?? []).map((object) => withNamespace(object, namespace.name)),
        vendored: definition.vendored ?? [],
        secrets: definition.secrets?.(context) ?? [],
        hosts: definition.hosts?.(context) ?? [],
        documents: definition.documents?.(context) ?? {},
      };
    },
  };
}
