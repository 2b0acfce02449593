import { formatPath } from "../config/path";
import { concerns, differences, touches, type Difference } from "./differences";
import type { PlannedResource } from "./resources";

/** What happens to a resource. */
export type Operation = "replace" | "delete" | "create" | "update";

/** One resource that changes. */
export interface Change {
  readonly operation: Operation;
  /** In words: `machine`, `Secret`. */
  readonly kind: string;
  /** Logical name. */
  readonly name: string;
  /** What differs, and what the reader should know of it; never a value that may be secret. */
  readonly details: readonly string[];
}

/** What loses something comes first. */
const ORDER: readonly Operation[] = ["replace", "delete", "create", "update"];

/** Replaced and deleted ones first; within an operation the order that they came in. */
export function inOrderOfDanger(changes: readonly Change[]): readonly Change[] {
  return ORDER.flatMap((operation) => changes.filter((change) => change.operation === operation));
}

/** Longest value that is shown beside a property. */
const MAX_SHOWN = 60;
/** Most properties that are named of one resource. */
const MAX_PROPERTIES = 6;

/** What becomes of the resources, in order of danger. */
export function compareResources(before: readonly PlannedResource[], after: readonly PlannedResource[]): readonly Change[] {
  const now = new Map(after.map((resource) => [keyOf(resource), resource]));
  const old = new Map(before.map((resource) => [keyOf(resource), resource]));
  const gone = before.filter((resource) => !now.has(keyOf(resource))).map(deleted);
  const rest = after.flatMap((resource): readonly Change[] => {
    const previous = old.get(keyOf(resource));
    if (previous === undefined) return [{ operation: "create", kind: resource.kind, name: resource.name, details: [] }];
    return changed(previous, resource);
  });
  return inOrderOfDanger([...gone, ...rest]);
}

function keyOf({ kind, name }: PlannedResource): string {
  return `${kind} ${name}`;
}

function deleted({ kind, name, guard, onDelete }: PlannedResource): Change {
  return { operation: "delete", kind, name, details: [...refusal(guard), ...(onDelete === undefined ? [] : [onDelete])] };
}

function refusal(guard: PlannedResource["guard"]): readonly string[] {
  return guard === "protected" ? ["refused while deletionProtection is on"] : [];
}

function changed(before: PlannedResource, after: PlannedResource): readonly Change[] {
  const { kind, name, replaceOn = [], replaceBetween = [], ignore = [], values } = after;
  const found = differences(before.inputs, after.inputs).filter(({ path }) => !ignore.some((pattern) => touches(pattern, path)));
  if (found.length === 0) return [];
  const forces = (each: Difference): boolean =>
    replaceOn.some((pattern) => concerns(pattern, each)) || replaceBetween.some((pattern) => concerns(pattern, each, "both"));
  const causes = found.filter(forces);
  const named = [...causes, ...found.filter((each) => !causes.includes(each))].map((each) => property(each, values ?? "hidden"));
  const left = named.length - MAX_PROPERTIES;
  const details: string[] = left > 0 ? [...named.slice(0, MAX_PROPERTIES), `and ${left} more`] : [...named];
  const remarks = Object.entries(after.remarks ?? {}).filter(([step]) => found.some(({ path }) => path[0] === step));
  details.push(...remarks.map(([, remark]) => remark));
  if (causes.length === 0) return [{ operation: "update", kind, name, details }];
  const lost = before.onDelete === undefined ? [] : [before.onDelete];
  return [{ operation: "replace", kind, name, details: [...refusal(before.guard), ...details, ...lost] }];
}

function property({ path, before, after }: Difference, values: "shown" | "hidden"): string {
  const name = formatPath(path);
  if (values === "hidden") return name;
  return `${name}: ${shown(before)} → ${shown(after)}`;
}

function shown(value: unknown): string {
  if (value === undefined) return "none";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text;
}
