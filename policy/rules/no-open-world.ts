import { z } from "zod";
import { isRecord } from "../../config/path";
import { titleOf } from "../kubernetes";
import { isSecretAt } from "../resource";
import { defineRule } from "../rule";
import { DNS_RECORD, STACK, TUNNEL_CONFIG } from "../types";
import { listAt } from "../values";

const EVERYWHERE = /(^|[\s"'=,[(])(0\.0\.0\.0\/0|::\/0)(?=$|[\s"',\])])/;

/** Values that a provider makes: an id is no range that somebody wrote. */
const IDS = [`${DNS_RECORD} content`, `${TUNNEL_CONFIG} tunnelId`];

/** An address range of everything is a decision. */
export const noOpenWorld = defineRule({
  id: "no-open-world",
  says: "No plain `0.0.0.0/0` or `::/0`: what is open to everything names its exceptions.",
  reason: "It is what a rule ends up with when somebody tries whether the firewall is at fault, and it stays.",
  level: "mandatory",
  config: z.strictObject({ resources: z.array(z.string()).default([]).describe("Names of resources that may be open to everything.") }),
  knownLater: IDS.map((value) => ({ value, instead: "nothing: a provider makes it, and it is an id" })),
  resource: (resource, _context, { resources }) => {
    if (resource.type === STACK || resources.includes(resource.name)) return [];
    // A secret is a key, or a config that is made of the patches, which are looked at.
    const isLeftOut = (path: readonly string[]): boolean => isSecretAt(resource, ...path);
    return openPlaces(resource.props, isLeftOut).map((path) => `${path} is open to everything`);
  },
  stack: (_resources, { tree }) =>
    tree().flatMap((object) =>
      openPlaces(object).map((path) => ({ message: `${titleOf(object)} of the rendered tree: ${path} is open to everything` })),
    ),
});

/** Where everything is let in, exceptions left out. */
function openPlaces(
  value: unknown,
  isLeftOut: (path: readonly string[]) => boolean = () => false,
  path: readonly string[] = [],
): readonly string[] {
  if (typeof value === "string") return EVERYWHERE.test(value) ? [path.join(".")] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => openPlaces(item, isLeftOut, [...path, String(index)]));
  if (!isRecord(value) || (listAt(value, "except").length > 0 && "cidr" in value)) return [];
  return Object.keys(value)
    .map((key) => [...path, key])
    .filter((inner) => !isLeftOut(inner))
    .flatMap((inner) => openPlaces(value[inner.at(-1) ?? ""], isLeftOut, inner));
}
