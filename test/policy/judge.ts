/** Puts fixtures, and what a program registers, before the rules of the pack without an engine. */
import { contextOf } from "../../policy/context";
import { isRecord } from "../../config/path";
import { type Resource, withoutMarks } from "../../policy/resource";
import type { Context, Finding, Rule } from "../../policy/rule";
import { STACK } from "../../policy/types";
import { FIXTURE_SETTINGS, type Fixture, type FixtureResource, SecretInput, UnknownInput } from "../fixtures/policy/fixture";

/** Marks as the engine sends them; source: pulumi sdk/go/common/resource (sig). */
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export const FIXTURE_CONTEXT: Context = contextOf(FIXTURE_SETTINGS);

/** Values as they go over the wire. */
function sent(value: unknown): unknown {
  if (value instanceof SecretInput) return { ...SECRET, value: sent(value.value) };
  if (value instanceof UnknownInput) return UNKNOWN;
  if (Array.isArray(value)) return value.map(sent);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, sent(item)]])));
}

/** A fixture's resource as a rule sees it. */
export function resourceOf({ type, name, props, options = {} }: FixtureResource): Resource {
  const { protect = false, ignoreChanges = [], deleteBeforeReplace } = options;
  return {
    type,
    name,
    urn: `urn:pulumi:fixtures::hearth::${type}::${name}`,
    ...withoutMarks(sent(props)),
    options: { protect, ignoreChanges, additionalSecretOutputs: [], ...(deleteBeforeReplace === undefined ? {} : { deleteBeforeReplace }) },
  };
}

/** What a rule says of a fixture: of the resource, or of the stack and of each resource in it. */
export function verdict(rule: Rule, { of }: Fixture): readonly Finding[] {
  if ("type" in of) return rule.resource(resourceOf(of), FIXTURE_CONTEXT);
  const resources = of.resources.map(resourceOf);
  const outputs = resourceOf({ type: STACK, name: "hearth-fixtures", props: of.outputs ?? {} });
  return judge(rule, [...resources, outputs], FIXTURE_CONTEXT);
}

/** What a rule says of a whole stack. */
export function judge(rule: Rule, resources: readonly Resource[], context: Context): readonly Finding[] {
  return [...resources.flatMap((resource) => rule.resource(resource, context)), ...rule.stack(resources, context)];
}
