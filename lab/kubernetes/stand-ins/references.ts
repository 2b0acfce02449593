import { conditionStatus, field, type KubeObject, textAt } from "../objects";

/** Collection of Secrets, as stand-ins watch it. */
export const SECRETS = "/api/v1/secrets";

/** A reference from an object to a Secret, or to one key of it. */
export interface SecretReference {
  readonly namespace: string;
  readonly name: string;
  readonly key?: string;
}

/** Whether the Secret, and the key if one is named, is there. */
export function resolves({ namespace, name, key }: SecretReference, secrets: readonly KubeObject[]): boolean {
  const found = secrets.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
  return found !== undefined && (key === undefined || textAt(found, "data", key) !== undefined);
}

/** Every reference to a Secret inside a value: fields called `...SecretRef`, `secretRef`, and those of the given names. */
export function secretReferences(value: unknown, namespace: string, names: readonly string[] = []): readonly SecretReference[] {
  if (Array.isArray(value)) return value.flatMap((item) => secretReferences(item, namespace, names));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    const name = textAt(item, "name");
    if (name === undefined || !(/[sS]ecretRef$/.test(key) || names.includes(key))) return secretReferences(item, namespace, names);
    return [{ namespace: textAt(item, "namespace") ?? namespace, name, key: textAt(item, "key") }];
  });
}

/** Whether an object says `Ready` about its present form. */
export function isReady(object: KubeObject): boolean {
  return conditionStatus(object, "Ready") === "True" && observed(object);
}

/** A `Ready` condition; kinds whose conditions name the generation that they speak of get it, too. */
export function readyCondition(reason: string, generation?: number): Readonly<Record<string, unknown>> {
  return {
    type: "Ready",
    status: "True",
    reason,
    message: "Said by the lab's stand-in",
    lastTransitionTime: seconds(new Date()),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  };
}

/** A time as the API writes it. */
export function seconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

/** Kinds that do not write down the generation that they speak of are taken at their word. */
function observed(object: KubeObject): boolean {
  const conditions = field(object.status, "conditions");
  const generations: readonly unknown[] = Array.isArray(conditions)
    ? conditions.map((condition: unknown) => field(condition, "observedGeneration"))
    : [];
  return generations.every((generation) => generation === undefined || generation === object.metadata.generation);
}
