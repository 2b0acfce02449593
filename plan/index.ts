/**
 * What a change of a stack file leads to, as the Markdown of a pull request's comment. Pure: two texts in, one text out; no
 * file, no Pulumi, no network.
 */
import { madeFrom } from "../components/talos/kept-images";
import type { Problem } from "../config/problem";
import { readStackFile, type StackFile } from "../config/stack-file";
import { appSchemas } from "../platform/app-options";
import { platformProblems } from "../platform/plan";
import type { Tree } from "../platform/render";
import { compareResources, type Change } from "./change";
import { comment } from "./comment";
import type { PolicyFinding } from "./finding";
import { weakerGuards } from "./guards";
import { configDiff } from "./machine-config";
import { policiesOverSettings } from "./policies";
import type { EnginePlan } from "./preview";
import { nodeFindings } from "./node-findings";
import { resourcesOf } from "./resources";
import { nodeImpacts, upgradeRolls, type NodeImpact } from "./restarts";

import { sidesOf, type Sides } from "./side";
import { treeChanges, type AppChange } from "./tree-changes";
import { versionFindings, versionSteps, writtenVersions, type VersionStep } from "./versions";
import { secretChanges, type SecretChanges } from "./secrets";

/** What is compared. */
export interface PlanInput {
  readonly stack: string;
  /** The base's stack file; absent when it has none. */
  readonly before?: SourceText;
  readonly after: SourceText;
  /** In words, for the comment: `main (1a2b3c4)`. */
  readonly base: string;
  /** What the engine would do; absent: derived from the settings. */
  readonly engine?: EnginePlan;
}

/** A stack file and, where it is at hand, the tree that is committed beside it. */
export interface SourceText {
  readonly text: string;
  /** @default rendered from the settings */
  readonly tree?: Tree;
}

/** Everything that the comment says, before it is worded. */
export interface Findings {
  readonly stack: string;
  readonly base: string;
  readonly beforeState: "compared" | "missing" | "unreadable";
  /** Of the settings after the change; with any, only versions and secrets are compared. */
  readonly problems: readonly Problem[];
  readonly source: "engine" | "settings";
  readonly engineErrors: number;
  readonly cluster: EnginePlan["cluster"];
  readonly changes: readonly Change[];
  readonly impacts: readonly NodeImpact[];
  readonly rolls: readonly string[];
  readonly configs: readonly { readonly node: string; readonly diff: readonly string[] }[];
  readonly apps: readonly AppChange[];
  readonly secrets: SecretChanges;
  readonly versions: readonly VersionStep[];
  /** Version rules and the policy pack's, the mandatory ones first. */
  readonly policies: readonly PolicyFinding[];
  /** Over what the policy pack ran: the engine's resources, or what settings say of them. */
  readonly pack: "resources" | "settings";
  readonly guards: readonly PolicyFinding[];
}

/** A plan, ready to be printed. */
export interface Plan {
  /** At most `COMMENT_LIMIT` characters. */
  readonly markdown: string;
  /** Whether something in it keeps the change from going in. */
  readonly verdict: "blocked" | "open";
}

/**
 * Compares both sides. Mistakes in the settings are part of the plan, never thrown. A base that cannot be read blocks nothing: the change
 * may be the one that mends it, and no other could go in before; but the headline says that nothing is known of what changes.
 */
export function plan(input: PlanInput): Plan {
  const found = findingsOf(input);
  const blocked = found.problems.length > 0 || found.engineErrors > 0 || found.policies.some(({ level }) => level === "mandatory");
  return { markdown: comment(found), verdict: blocked ? "blocked" : "open" };
}

function findingsOf({ stack, base, before, after, engine }: PlanInput): Findings {
  const now = read(stack, after.text);
  const old = before === undefined ? undefined : read(stack, before.text);
  const facts = { before: writtenVersions(old?.raw ?? {}), after: writtenVersions(now.raw) };
  const settings = { before: old?.settings, after: now.settings };
  const ofNodes = settings.before === undefined || settings.after === undefined ? [] : nodeFindings(settings.before, settings.after);
  const ofPack = engine?.policies ?? (now.settings === undefined ? [] : policiesOverSettings(now.settings));
  const policies = [...versionFindings(facts.before, facts.after), ...ofNodes, ...ofPack];
  const general = {
    stack,
    base,
    beforeState: old === undefined ? ("missing" as const) : old.settings === undefined ? ("unreadable" as const) : ("compared" as const),
    problems: now.problems,
    source: engine === undefined ? ("settings" as const) : ("engine" as const),
    engineErrors: engine?.errors ?? 0,
    cluster: engine?.cluster ?? "answered",
    secrets: secretChanges(before?.text ?? "", after.text),
    versions: versionSteps(facts.before, facts.after),
    policies: [...policies.filter(({ level }) => level === "mandatory"), ...policies.filter(({ level }) => level !== "mandatory")],
    pack: engine?.policies === undefined ? ("settings" as const) : ("resources" as const),
  };
  const nothing = { changes: engine?.changes ?? [], impacts: [], rolls: [], configs: [], apps: [], guards: [] };
  // With mistakes on one side there is nothing that its settings lead to.
  if (now.settings === undefined || general.beforeState === "unreadable") return { ...general, ...nothing };
  const sides = sidesOf(before === undefined || old?.settings === undefined ? undefined : { ...before, settings: old.settings }, {
    ...after,
    settings: now.settings,
  });
  return { ...general, ...compared(sides), changes: engine?.changes ?? resourceChanges(sides) };
}

function read(stack: string, text: string): StackFile {
  return readStackFile(text, { stack, secrets: "optional", apps: appSchemas, further: platformProblems });
}

function resourceChanges({ before, after }: Sides): readonly Change[] {
  const images = before === undefined ? {} : madeFrom(before.settings, {});
  const old = before === undefined ? [] : resourcesOf(before.settings, before.redact);
  return compareResources(old, resourcesOf(after.settings, after.redact, images));
}

function compared({ before, after }: Sides): Pick<Findings, "impacts" | "rolls" | "configs" | "apps" | "guards"> {
  const apps = treeChanges(before, after);
  if (before === undefined) return { impacts: [], rolls: [], configs: [], apps, guards: [] };
  const names = [...new Set([...after.settings.nodes, ...before.settings.nodes].map(({ name }) => name))];
  const configs = names.map((name) => {
    const config = (settings: typeof after.settings): Parameters<typeof configDiff>[0] => {
      const node = settings.nodes.find((each) => each.name === name);
      return node === undefined ? undefined : { settings, node };
    };
    return { node: name, diff: configDiff(config(before.settings), config(after.settings)) };
  });
  return {
    impacts: nodeImpacts(before.settings, after.settings),
    rolls: upgradeRolls(before.settings, after.settings),
    configs: configs.filter(({ diff }) => diff.length > 0),
    apps,
    guards: weakerGuards(before.settings, after.settings),
  };
}
