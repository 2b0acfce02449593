import type { Settings } from "../../config/settings";
import type { DeclaredApp } from "./app";
import type { PlatformFacts } from "./facts";
import type { KubeObject } from "./objects";
import type { Requests } from "./requests";
import type { AppSecret } from "./secrets";

/** Every app that is on, as it declared itself, and what the platform offers. */
export interface Platform {
  readonly settings: Settings;
  readonly enabled: ReadonlySet<string>;
  readonly facts: PlatformFacts;
  readonly apps: readonly DeclaredApp[];
}

/** Something that a request cannot do without: one of these apps. */
export interface Need {
  readonly oneOf: readonly string[];
  /** What for, as the end of "<app> ...", e.g. "asks for a bucket". */
  readonly what: string;
}

/** What a provider makes for one app. Every object names its namespace. */
export interface Provided {
  /** Apps that must be Ready before the app itself; each must be on. @default [] */
  readonly dependsOn?: readonly string[];
  /** Apps that must be Ready before the app's access; each must be on. @default [] */
  readonly accessDependsOn?: readonly string[];
  /** Into the app's first stage, whichever that is, and never kept as data: what pods of any stage need, such as network policies. @default [] */
  readonly first?: readonly KubeObject[];
  /** Into `<app>-data`. @default [] */
  readonly data?: readonly KubeObject[];
  /** Into `<app>`. @default [] */
  readonly objects?: readonly KubeObject[];
  /** Into `<app>-config`. @default [] */
  readonly configuration?: readonly KubeObject[];
  /** Into `<app>-access`. @default [] */
  readonly access?: readonly KubeObject[];
  /** @default [] */
  readonly secrets?: readonly AppSecret[];
  /** Files for people, not for Flux: path in the tree -> text. @default {} */
  readonly documents?: Readonly<Record<string, string>>;
  /** Things that somebody should know. @default [] */
  readonly warnings?: readonly string[];
}

/** Turns one sort of request into objects, Secrets and dependencies, each beside the app that asks. */
export interface Provider {
  /** The sort of request, for messages and tests, e.g. "databases". */
  readonly name: string;
  /** Apps that the app's requests cannot do without. */
  needs(app: DeclaredApp, platform: Platform): readonly Need[];
  /** Requests that follow from the app's own, such as a database's bucket; every provider sees them as the app's. @default none */
  derive?(app: DeclaredApp, platform: Platform): Partial<Pick<Requests, "buckets" | "clients" | "monitors">>;
  /** Called once every need is met. */
  provide(app: DeclaredApp, platform: Platform): Provided;
}
