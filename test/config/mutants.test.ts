import assert from "node:assert/strict";
import fc from "fast-check";
import { formatPath, isRecord, parsePath, valueAt, type Path } from "../../config/path";
import type { Problem } from "../../config/problem";
import { SecretValue } from "../../config/secret-value";
import { settingsSchema } from "../../config/schema";
import { knownKeys } from "../../config/schema/walk";
import { formatProblems } from "../../config/messages";
import { fixtureText, patched, read } from "./stack-text";

const BASE = fixtureText("full");
const RAW = read(BASE).raw;
const MUTANTS = 1000;

/** Every setting of the base, maps and lists included. */
function places(value: unknown, path: Path = []): readonly Path[] {
  const below = Array.isArray(value)
    ? value.flatMap((item, index) => places(item, [...path, index]))
    : isRecord(value)
      ? Object.entries(value).flatMap(([key, item]) => places(item, [...path, key]))
      : [];
  return path.length === 0 ? below : [path, ...below];
}

interface Mutant {
  readonly kind: string;
  readonly path: Path;
  /** Undefined takes the setting out. */
  readonly value: unknown;
}

function swapped(text: string, at: number): string {
  const index = at % Math.max(1, text.length);
  return text.slice(0, index) + (text[index] === "x" ? "y" : "x") + text.slice(index + 1);
}

/** Ways in which one setting goes wrong, by what stands there. */
function waysOf(path: Path, seed: number): readonly Mutant[] {
  const value = valueAt(RAW, path);
  const way = (kind: string, to: unknown): Mutant => ({ kind, path, value: to });
  const any = [
    way("removed", undefined),
    way("nothing", null),
    way("list", ["x"]),
    way("map", { x: 1 }),
    way("number", seed % 100000),
    way("negative", -1),
    way("fraction", 0.5),
    way("yes", true),
    way("empty", ""),
    way("noise", "\u0000 \u{1f525} ${X}"),
    way("long", "a".repeat(300)),
  ];
  if (value instanceof SecretValue) return [way("removed", undefined), way("clear", "canary"), way("number", 7)];
  if (typeof value === "string") {
    const texts = [
      way("typo", swapped(value, seed)),
      way("capitals", value.toUpperCase()),
      way("longer", `${value}0`),
      way("shorter", value.slice(0, -1)),
      way("spaces", ` ${value} `),
    ];
    const digits = value.replace(/\d+/g, (number) => String((Number(number) + 1 + (seed % 300)) % 1000));
    return [...any, ...texts, way("other number", digits)];
  }
  if (typeof value === "number")
    return [
      ...any,
      way("text", String(value)),
      way("one more", value + 1),
      way("one less", value - 1),
      way("huge", value * 10 ** (1 + (seed % 6))),
      way("zero", 0),
    ];
  if (typeof value === "boolean") return [...any, way("flipped", !value), way("text", String(value))];
  if (Array.isArray(value)) return [...any, way("no entries", []), way("twice", [...value, ...value])];
  return [...any, way("no keys", {}), way("stray", { ...plain(value), [`stray${seed % 10}`]: 1 })];
}

/** Plain data again: secrets as they stand in the file. */
function plain(value: unknown): Record<string, unknown> {
  const copy = (item: unknown): unknown => {
    if (item instanceof SecretValue) return { secure: "v1:AAAA:BBBB" };
    if (Array.isArray(item)) return item.map(copy);
    return isRecord(item) ? Object.fromEntries(Object.entries(item).map(([key, each]) => [key, copy(each)])) : item;
  };
  const copied = copy(value);
  return isRecord(copied) ? copied : {};
}

/** Mutants that are good settings, with the reason. A mutant is on the list when path and kind match. */
const ACCEPTED: readonly { readonly path: RegExp; readonly kinds: RegExp; readonly reason: string }[] = [
  {
    path: /^(charts|endpoints|gates|secrets|nodeDefaults|platform)$/,
    kinds: /^(removed|no keys)$/,
    reason: "an optional section: its defaults hold",
  },
  { path: /^gates\./, kinds: /^(removed|number|zero|one more|one less|huge)$/, reason: "any time within its bounds is a good one" },
  {
    path: /^cluster\.(deletionProtection|scheduleOnControlPlanes)$/,
    kinds: /^(flipped|removed)$/,
    reason: "both answers are good while there are workers",
  },
  {
    path: /^cluster\.(name|certificateSans\[0\])$/,
    kinds: /^(typo|longer|shorter|other number)$/,
    reason: "a name is whatever its owner says",
  },
  {
    path: /^cluster\.certificateSans/,
    kinds: /^(removed|list|no entries|twice)$/,
    reason: "further names are optional, and one twice is one",
  },
  { path: /^cluster\.(endpoint|installed)$/, kinds: /^removed$/, reason: "computed: the VIP, and the wanted versions" },
  {
    path: /^network\.(gateway|addresses|addresses\.\w+|ntpServers|dnsServers|mtu|vlan|announce|pods|services)$/,
    kinds: /^(removed|no keys)$/,
    reason: "has a default",
  },
  {
    path: /^network\.(ntpServers|dnsServers)/,
    kinds: /^(typo|longer|shorter|list|other number|removed|twice)$/,
    reason: "another server: whether one is there is not known without a network",
  },
  { path: /^nodes\.[\w-]+\.address$/, kinds: /^(longer|shorter|other number)$/, reason: "another free address of the node network" },
  {
    path: /^nodes\.[\w-]+\.(cores|memoryMiB|vmId|mac)$|sizeGiB$/,
    kinds: /^(removed|number|one more|one less|huge|other number|capitals)$/,
    reason: "has a default, and any that fits is good",
  },
  {
    path: /^nodes\.[\w-]+\.(dataDisks|systemDisk|extensions|kernelArgs|kernelModules|labels|taints|pci|tpm|secureBoot|diskEncryption|registryMirrors)\b/,
    kinds: /^(removed|no keys|no entries|twice)$/,
    reason: "an optional trait of a node",
  },
  {
    path: /^nodes\.[\w-]+\.(labels|kernelArgs|kernelModules|registryMirrors|taints|extensions|pci|dataDisks)\b/,
    kinds: /^(typo|capitals|longer|shorter|empty|noise|long|list|spaces|other number)$/,
    reason: "words of the node's own: what understands them is outside the settings",
  },
  {
    path: /^nodeDefaults\./,
    kinds: /^(removed|no keys|number|one more|one less|typo|longer|shorter|capitals|empty|huge)$/,
    reason: "defaults are optional, and any that fits is good",
  },
  {
    path: /^git\.(url|branch|path|credentials\.username)$/,
    kinds: /^(removed|typo|longer|shorter|capitals|long|noise|other number|spaces)$/,
    reason: "another repository, branch, folder or user: which ones exist is not known without a network",
  },
  { path: /^charts\./, kinds: /^(removed|typo|longer|shorter|other number)$/, reason: "another mirror, or none" },
  { path: /^endpoints\./, kinds: /^(removed|typo|longer|shorter)$/, reason: "another factory, or the usual one" },
  { path: /^secrets\.sops-age$/, kinds: /^removed$/, reason: "generated when absent" },
  {
    path: /^proxmox\.\w+\.(endpoint|bridge|pool|imageDatastore|diskDatastore|tags\[0\])$/,
    kinds: /^(removed|typo|longer|shorter|capitals|other number)$/,
    reason: "another name: what Proxmox has by that name is not known without a network",
  },
  {
    path: /^proxmox\.\w+\.(tls|tags|pool|antiAffinityRule|sharedDatastores|imageDatastore|diskDatastore)$/,
    kinds: /^(removed|no entries|flipped|list|twice)$/,
    reason: "has a default",
  },
  {
    path: /^proxmox\.\w+\.tls\.(ca|insecure)$/,
    kinds: /^(capitals|typo|longer|shorter|spaces|long|other number)$/,
    reason: "another certificate, or a reason in other words",
  },
  {
    path: /^proxmox\.\w+\.hosts\.\w+\.(cores|memoryMiB|reservedMemoryMiB|datastores|imageDatastore|diskDatastore)/,
    kinds: /^(removed|number|zero|one more|one less|huge|typo|longer|shorter|capitals|twice)$/,
    reason: "a host of another size or with other datastores, which its nodes still fit",
  },
];

function within(long: Path, short: Path): boolean {
  return short.length <= long.length && short.every((step, index) => step === long[index]);
}

/** Whether a problem speaks of a setting: it names it, something in it, or the list that it is an entry of. */
function speaksOf(problem: Problem, path: Path): boolean {
  return [problem.path, ...(problem.related ?? [])].some((text) => {
    const named = parsePath(text.replace(/^hearth:/, ""));
    const isItsList = named.length === path.length - 1 && typeof path.at(-1) === "number" && within(path, named);
    return within(named, path) || isItsList;
  });
}

/** What a change is about: where it is, and for an entry that is taken out the list or map that it is missing from. */
function aboutOf({ kind, path }: Mutant): readonly Path[] {
  const parent = path.slice(0, -1);
  return kind === "removed" && parent.length > 0 && knownKeys(settingsSchema, parent).length === 0 ? [path, parent] : [path];
}

function mutantsOf(count: number): readonly Mutant[] {
  const all = places(RAW);
  const choose = fc.tuple(fc.nat(all.length - 1), fc.nat(1000), fc.nat(100000));
  return fc.sample(choose, { numRuns: count, seed: 20261120 }).flatMap(([place, which, seed]) => {
    const path = all[place];
    const ways = path === undefined ? [] : waysOf(path, seed);
    const changes = ways.filter(({ value }) => JSON.stringify(value) !== JSON.stringify(valueAt(RAW, path ?? [])));
    const way = changes[which % Math.max(1, changes.length)];
    return way === undefined ? [] : [way];
  });
}

function tell({ kind, path, value }: Mutant): string {
  return `${formatPath(path)} ${kind}: ${JSON.stringify(valueAt(RAW, path))} -> ${JSON.stringify(value)}`;
}

describe(`${MUTANTS} stack files with one setting changed`, function () {
  this.timeout(120_000);
  const mutants = mutantsOf(MUTANTS);
  const unnamed: string[] = [];
  const unlisted: string[] = [];
  const used = new Set<number>();

  before(() => {
    for (const mutant of mutants) {
      const { problems } = read(patched(BASE, { set: { [formatPath(mutant.path)]: mutant.value } }), { secrets: "required" });
      if (problems.length > 0) {
        if (!problems.some((problem) => aboutOf(mutant).some((path) => speaksOf(problem, path))))
          unnamed.push(`${tell(mutant)}\n${formatProblems(problems)}`);
        continue;
      }
      const entry = ACCEPTED.findIndex(({ path, kinds }) => path.test(formatPath(mutant.path)) && kinds.test(mutant.kind));
      if (entry === -1) unlisted.push(tell(mutant));
      else used.add(entry);
    }
  });

  it("are as many as promised, all different from the base", () => {
    assert.equal(mutants.length, MUTANTS);
    assert.ok(new Set(mutants.map(tell)).size > MUTANTS / 2);
  });

  it("are refused with the path of what was changed", () => {
    assert.deepEqual(unnamed, []);
  });

  it("are accepted only where the list says why", () => {
    assert.deepEqual(unlisted, []);
  });

  it("need every entry of the list", () => {
    assert.deepEqual(
      ACCEPTED.filter((_, index) => !used.has(index)).map(({ reason }) => reason),
      [],
    );
  });
});
