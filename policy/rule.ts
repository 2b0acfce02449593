import type { z } from "zod";
import type { Settings } from "../config/settings";
import type { KubeObject } from "../platform/kit/objects";
import type { Resource } from "./resource";

/** `mandatory` stops the run, `advisory` only says so, `remediate` puts it right and says so. */
export type Level = "mandatory" | "advisory" | "remediate";

/** One thing that is wrong. */
export interface Finding {
  readonly message: string;
  /** The resource that it is about; absent: the stack. */
  readonly urn?: string;
}

/** What a rule knows besides what it judges. */
export interface Context {
  /** Absent for a stack of another project: rules that need them do not apply there. */
  readonly settings?: Settings;
  /** The objects that Flux applies, as the settings render them; empty without settings. Computed when first asked for. */
  readonly tree: () => readonly KubeObject[];
}

/** A value that is not known in a first preview, and what the rule looks at in its place. */
export interface KnownLater {
  /** `<type> <property>`. */
  readonly value: string;
  readonly instead: string;
}

interface RuleText {
  /** `<what>-<must be>`, unique in the pack. */
  readonly id: string;
  /** What it asks for, one sentence. */
  readonly says: string;
  /** Why, one sentence: what went wrong for somebody. */
  readonly reason: string;
  readonly level: Level;
  readonly knownLater?: readonly KnownLater[];
}

type Props = Readonly<Record<string, unknown>>;

/** The right value of one input. */
export interface Correction {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** How a rule is written. `config` is checked, and filled in with its defaults, before a check sees it. */
export interface RuleDefinition<Config> extends RuleText {
  readonly config?: z.ZodType<Config>;
  /** Types that `resource` and `remedy` look at. @default every type */
  readonly types?: readonly string[];
  /** Judges the inputs of one resource, before it is made or changed. */
  readonly resource?: (resource: Resource, context: Context, config: Config) => readonly string[];
  /** What puts the inputs right. Needed at level `remediate`, where there is one right value. */
  readonly remedy?: (props: Props) => readonly Correction[];
  /** Judges the whole stack at the end: inputs, and outputs beside them. */
  readonly stack?: (resources: readonly Resource[], context: Context, config: Config) => readonly Finding[];
}

/** A rule as the pack runs it. */
export interface Rule extends RuleText {
  readonly config?: z.ZodType;
  readonly types?: readonly string[];
  readonly judgesResources: boolean;
  readonly judgesStacks: boolean;
  resource(resource: Resource, context: Context, config?: unknown): readonly Finding[];
  stack(resources: readonly Resource[], context: Context, config?: unknown): readonly Finding[];
  /** Empty when there is nothing to put right. */
  remedy(resource: Resource): readonly Correction[];
}

/** Makes a rule of its definition. @throws Error for a definition that could not do what its level says. */
export function defineRule<Config = undefined>(definition: RuleDefinition<Config>): Rule {
  const { types, resource, stack, remedy, config: schema } = definition;
  if ((definition.level === "remediate") !== (remedy !== undefined))
    throw new Error(`${definition.id}: a remedy and the level remediate belong together`);
  const parsed = lastOf((given) => schema?.parse(given ?? {}));
  const configOf = (given: unknown): Config => parsed(given) as Config; // without a schema, Config is undefined
  const isOurs = ({ type }: Resource): boolean => types === undefined || types.includes(type);
  const judge = (each: Resource, context: Context, given?: unknown): readonly Finding[] =>
    resource === undefined || !isOurs(each) ? [] : resource(each, context, configOf(given)).map((message) => ({ message, urn: each.urn }));
  return {
    ...definition,
    judgesResources: resource !== undefined,
    judgesStacks: stack !== undefined,
    resource: judge,
    stack: (resources, context, given) => stack?.(resources, context, configOf(given)) ?? [],
    remedy: (each) => (remedy === undefined || !isOurs(each) || judge(each, NO_CONTEXT).length === 0 ? [] : remedy(each.props)),
  };
}

/** The function, which computes anew only for another value than the last: options stay the same for all resources. */
function lastOf<Given, Made>(compute: (given: Given) => Made): (given: Given) => Made {
  let last: { readonly given: Given; readonly made: Made } | undefined;
  return (given) => (last = last !== undefined && last.given === given ? last : { given, made: compute(given) }).made;
}

/** A remedy has one right value, which no setting changes. */
const NO_CONTEXT: Context = { tree: () => [] };
