import type { Settings } from "../../config/settings";
import { defineRule } from "../rule";
import { records, textAt, textsAt } from "../values";

/** A number on its own within a name; longer ones are ids, those with a dot versions. */
const INDEX = /(^|[-_/ [])\d{1,4}(?=$|[-_/ \]])/;

/** Names follow what a thing is, not where it stands in a list. */
export const namedNotNumbered = defineRule({
  id: "named-not-numbered",
  says: "No resource is named by its place in a list.",
  reason: "Taking out the first of three then renames the other two: they are deleted and made anew.",
  level: "mandatory",
  resource: ({ name, type }, context) => {
    // Before the settings are asked for: the engine asks about the stack itself while it starts, and they take a moment.
    if (!INDEX.test(name) || type.startsWith("pulumi:pulumi:") || (type.startsWith("pulumi:providers:") && /^default/.test(name)))
      return [];
    const { settings } = context;
    return settings !== undefined && INDEX.test(name.replace(givenIn(settings), "*"))
      ? [`the name ${name} carries a number that no setting gives it`]
      : [];
  },
});

const known = new WeakMap<Settings, RegExp>();

/** Every name with a number that the settings give, the longest first: one may lie within another. */
function givenIn(settings: Settings): RegExp {
  const found = known.get(settings) ?? anyOf(numberedNames(settings));
  known.set(settings, found);
  return found;
}

function numberedNames({ nodes, proxmox, cluster, stack, platform, secrets }: Settings): readonly string[] {
  const given = [
    stack,
    cluster.name,
    ...cluster.domains,
    ...nodes.flatMap(({ name, dataDisks }) => [name, ...dataDisks.map((disk) => disk.name)]),
    ...proxmox.flatMap(({ name, hosts, sharedDatastores }) => [
      name,
      ...hosts.map((host) => host.name),
      ...hosts.flatMap((host) => [host.imageDatastore, host.diskDatastore]),
      ...sharedDatastores,
    ]),
    ...namesWithin(platform),
    ...Object.keys(secrets),
  ];
  return [...new Set(given)].filter((name) => /\d/.test(name)).sort((a, b) => b.length - a.length);
}

/** Every key, name and item of a list in the apps' options: a user, a client or a backend is called as one of them says. */
function namesWithin(options: unknown): readonly string[] {
  return [...records(options)].flatMap((record) => [
    ...Object.keys(record),
    textAt(record, "name"),
    ...Object.keys(record).flatMap((key) => textsAt(record, key)),
  ]);
}

/** Any of the names, as a whole: not `cp-1` in `cp-12`. Nothing for none. */
function anyOf(names: readonly string[]): RegExp {
  const either = names.map((name) => name.replace(/[^\w]/g, "\\$&")).join("|");
  return new RegExp(names.length === 0 ? "(?!)" : `(?<![a-z0-9])(?:${either})(?![a-z0-9])`, "gi");
}
