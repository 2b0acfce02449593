import { z } from "zod";
import { isRecord } from "../../config/path";
import { titleOf } from "../kubernetes";
import { type WideRange, wideRangesIn } from "../ranges";
import { isSecretAt } from "../resource";
import { defineRule } from "../rule";
import { DNS_RECORD, STACK, TUNNEL_CONFIG } from "../types";
import { listAt } from "../values";

/** Values that a provider makes: an id is no range that somebody wrote. */
const IDS = [`${DNS_RECORD} content`, `${TUNNEL_CONFIG} tunnelId`];

/** An address range of everything is a decision. */
export const noOpenWorld = defineRule({
  id: "no-open-world",
  says: "No plain `0.0.0.0/0` or `::/0`, however written, and no two halves of it: what is open to everything names its exceptions.",
  reason: "It is what a rule ends up with when somebody tries whether the firewall is at fault, and it stays.",
  level: "mandatory",
  config: z.strictObject({ resources: z.array(z.string()).default([]).describe("Names of resources that may be open to everything.") }),
  knownLater: IDS.map((value) => ({ value, instead: "nothing: a provider makes it, and it is an id" })),
  resource: (resource, _context, { resources }) => {
    if (resource.type === STACK || resources.includes(resource.name)) return [];
    // A secret is a key, or a config that is made of the patches, which are looked at.
    return openPlaces(resource.props, (path) => isSecretAt(resource, ...path));
  },
  stack: (_resources, { tree }) =>
    tree().flatMap((object) => openPlaces(object).map((message) => ({ message: `${titleOf(object)} of the rendered tree: ${message}` }))),
});

interface Place extends WideRange {
  readonly path: string;
}

/** Where everything is let in, exceptions left out. */
function openPlaces(value: unknown, isLeftOut: (path: readonly string[]) => boolean = () => false): readonly string[] {
  const places = widePlaces(value, isLeftOut, []);
  const halves = places.flatMap((lower) =>
    places
      .filter((upper) => lower.part === "lower" && upper.part === "upper" && upper.family === lower.family)
      .map((upper) => `${lower.path} and ${upper.path} together are open to everything`),
  );
  return [...places.filter(({ part }) => part === "all").map(({ path }) => `${path} is open to everything`), ...halves];
}

function widePlaces(value: unknown, isLeftOut: (path: readonly string[]) => boolean, path: readonly string[]): readonly Place[] {
  if (typeof value === "string") return wideRangesIn(value).map((range) => ({ ...range, path: path.join(".") }));
  if (Array.isArray(value)) return value.flatMap((item, index) => widePlaces(item, isLeftOut, [...path, String(index)]));
  if (!isRecord(value) || (listAt(value, "except").length > 0 && "cidr" in value)) return [];
  return Object.keys(value)
    .map((key) => [...path, key])
    .filter((inner) => !isLeftOut(inner))
    .flatMap((inner) => widePlaces(value[inner.at(-1) ?? ""], isLeftOut, inner));
}
