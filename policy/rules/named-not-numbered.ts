import type { Settings } from "../../config/settings";
import { defineRule } from "../rule";

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
    if (type.startsWith("pulumi:pulumi:") || (type.startsWith("pulumi:providers:") && /^default/.test(name))) return [];
    const { settings } = context;
    if (settings === undefined) return [];
    const rest = namesIn(settings).reduce((text, given) => text.split(given).join("*"), name);
    return INDEX.test(rest) ? [`the name ${name} carries a number that no setting gives it`] : [];
  },
});

const known = new WeakMap<Settings, readonly string[]>();

/** Names that the settings give, the longest first: one may lie within another. */
function namesIn(settings: Settings): readonly string[] {
  const names = known.get(settings) ?? numberedNames(settings);
  known.set(settings, names);
  return names;
}

function numberedNames({ nodes, proxmox, cluster, network, stack, platform, secrets }: Settings): readonly string[] {
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
    ...Object.values(network.addresses),
    ...Object.keys(platform),
    ...Object.keys(secrets),
  ];
  return [...new Set(given)].filter((name) => /\d/.test(name)).sort((a, b) => b.length - a.length);
}
