/** The pack as the engine runs it. What it checks is in `rules/`, one file each. */
import {
  PolicyPack,
  type PolicyConfigSchema,
  type ReportViolation,
  type ResourceRemediation,
  type ResourceValidation,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from "@pulumi/policy";
import { z } from "zod";
import { UserError } from "../config/user-error";
import { judged, judgedStack, type JudgedStack, readRequests } from "./engine";
import type { Context, Correction, Finding, Rule } from "./rule";
import { RULES } from "./rules";

/** What reads a stack's settings: `context.ts`, which takes longer to load than all rules together. */
export interface Reader {
  readonly contextOfStack: (stack: JudgedStack) => Context;
}

/** Serves the rules to the engine that started this process. The reader is loaded when the engine pauses, or a rule asks for settings. */
export function start(load: () => Reader): void {
  let stack: JudgedStack | undefined;
  let known: Context | undefined;
  let options: ReadonlyMap<string, unknown> = new Map();
  const read = (): Context => {
    if (stack === undefined) throw new Error("the engine did not say which stack this is: Pulumi 3.215 or later is needed");
    return (known ??= withoutTrace(stack, load()));
  };
  // Read when a rule first asks, so that an error is the policy's, with its words, and not a failed start.
  const context: Context = {
    get settings() {
      return read().settings;
    },
    tree: () => read().tree(),
  };
  readRequests({
    configured: (given) => {
      stack = given;
      known = undefined;
    },
    chosen: (given) => {
      options = given;
    },
    prepare: () => RULES.forEach((rule) => rule.stack([], context, options.get(rule.id))),
    types: [...new Set(RULES.flatMap(({ types = [] }) => types))],
    isFine: (resource) => RULES.every((rule) => rule.resource(resource, context, options.get(rule.id)).length === 0),
    isRight: (resource) => RULES.every((rule) => rule.remedy(resource).length === 0),
  });
  new PolicyPack("hearth", { policies: RULES.map((rule) => policyOf(rule, context)) });
}

/** A mistake of the user is shown as its message alone; @pulumi/policy would show where in here it was found. */
function withoutTrace(stack: JudgedStack, { contextOfStack }: Reader): Context {
  try {
    return contextOfStack(stack);
  } catch (error) {
    if (error instanceof UserError) error.stack = error.message;
    throw error;
  }
}

type Policy = Partial<ResourceValidationPolicy> & Partial<StackValidationPolicy> & Pick<ResourceValidationPolicy, "name" | "description">;

/** A rule as @pulumi/policy takes it. */
export function policyOf(rule: Rule, context: Context): ResourceValidationPolicy | StackValidationPolicy {
  const judgeOne: ResourceValidation = (args, report) => tell(rule.resource(judged(args.urn), context, args.getConfig()), report);
  const putRight: ResourceRemediation = ({ urn, props }) => corrected(props, rule.remedy(judged(urn)));
  const policy: Policy = {
    name: rule.id,
    description: `${rule.says} ${rule.reason}`,
    enforcementLevel: rule.level,
    ...(rule.config === undefined ? {} : { configSchema: schemaOf(rule.config) }),
    ...(rule.judgesResources ? { validateResource: ofOneType(rule, judgeOne) } : {}),
    ...(rule.level === "remediate" ? { remediateResource: ofOneType(rule, putRight) } : {}),
    ...(rule.judgesStacks ? { validateStack: (args, report) => tell(rule.stack(judgedStack(), context, args.getConfig()), report) } : {}),
  };
  return policy as ResourceValidationPolicy | StackValidationPolicy; // every rule judges resources, stacks or both
}

/** Options of a rule as JSON Schema, defaults included. */
export function schemaOf(config: z.ZodType): PolicyConfigSchema {
  const { properties } = z.toJSONSchema(config, { io: "input" });
  return { properties: properties as PolicyConfigSchema["properties"] }; // both are JSON Schema
}

/** Spares @pulumi/policy the call for resources of other types. */
function ofOneType<F extends object>({ types = [] }: Rule, run: F): F {
  const [only, second] = types;
  return only === undefined || second !== undefined ? run : Object.assign(run, { __pulumiType: only });
}

function tell(found: readonly Finding[], report: ReportViolation): void {
  for (const { message, urn } of found) report(message, urn);
}

/** The inputs with corrections put in; undefined, which means unchanged, when there are none. */
function corrected(props: Record<string, unknown>, corrections: readonly Correction[]): Record<string, unknown> | undefined {
  for (const { path, value } of corrections) put(props, path, value);
  return corrections.length === 0 ? undefined : props;
}

function put(target: Record<string, unknown>, [key = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) target[key] = value;
  else put((target[key] ??= {}) as Record<string, unknown>, rest, value); // an input that has inner ones is a record
}
