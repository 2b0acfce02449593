import type { Operation } from "./change";
import { code, fitted, prose, table, type Block } from "./markdown";
import type { PolicyFinding } from "./finding";
import type { Findings } from "./index";
import { OVER_SETTINGS, RULE_COUNT } from "./policies";
import type { NodeImpact } from "./restarts";
import { SHARED } from "./tree-changes";

/** First line of the comment, by which a later run finds it again. */
export function marker(stack: string): string {
  return `<!-- hearth-plan ${stack} -->`;
}

/** The comment on a pull request: what loses something first, what is long folded away. */
export function comment(found: Findings): string {
  const hint = `\`npm run plan -- ${found.stack}\` prints all of it.`;
  const blocks: readonly Block[] = [
    { text: [marker(found.stack), `## Plan of ${code(found.stack)}`] },
    { text: verdict(found) },
    ...section("Mistakes in the settings", problems(found)),
    ...section("Policies", policies(found)),
    ...section("What changes", changes(found)),
    ...section("Nodes", nodes(found)),
    ...section("Machine configs", configs(found)),
    ...section("What Flux applies", tree(found)),
    ...section("Secrets", secrets(found)),
    ...section("What this could not see", unseen(found)),
  ];
  return fitted(blocks, hint);
}

function section(title: string, blocks: readonly Block[]): readonly Block[] {
  return blocks.length === 0 ? [] : [{ text: [`### ${title}`] }, ...blocks];
}

function items(lines: readonly string[]): readonly Block[] {
  return lines.length === 0 ? [] : [{ rows: lines.map((line) => `- ${line}`), header: 0 }];
}

function rows(header: readonly string[], cells: readonly (readonly string[])[]): readonly Block[] {
  return cells.length === 0 ? [] : [{ rows: table(header, cells), header: 2 }];
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** What the reader must know if nothing else is read. */
function verdict(found: Findings): readonly string[] {
  const mandatory = found.policies.filter(({ level }) => level === "mandatory").length;
  const reasons = [
    ...(found.problems.length > 0 ? [plural(found.problems.length, "mistake in the settings", "mistakes in the settings")] : []),
    ...(mandatory > 0 ? [`${plural(mandatory, "finding")} that must be mended`] : []),
    ...(found.engineErrors > 0 ? [`${plural(found.engineErrors, "error")} in the preview, whose log says which`] : []),
  ];
  const stop = reasons.length === 0 ? [] : [`**This cannot go in as it is: ${reasons.join(", ")}.**`, ""];
  return [...stop, `${totals(found)} Compared with ${prose(found.base)}.`];
}

const WORDS: Readonly<Record<Operation, string>> = { replace: "to replace", delete: "to delete", create: "to create", update: "to change" };

/** Nothing is compared with a base that cannot be read, so nothing that was found is not the same as no change. */
const NOT_READ = "the base's settings cannot be read by this code.**";

function totals({ changes, impacts, apps, beforeState, source, problems: mistakes }: Findings): string {
  const isUnread = beforeState === "unreadable";
  if (isUnread && source === "settings") return `**What changes is not known: ${NOT_READ}`;
  if (mistakes.length > 0 && changes.length === 0) return "What it would lead to is known once the mistakes are mended.";
  const count = (operation: Operation): number => changes.filter((change) => change.operation === operation).length;
  const bold = (["replace", "delete"] as const).filter((each) => count(each) > 0).map((each) => `${count(each)} ${WORDS[each]}`);
  const plain = (["create", "update"] as const).filter((each) => count(each) > 0).map((each) => `${count(each)} ${WORDS[each]}`);
  const parts = [...(bold.length > 0 ? [`**${bold.join(", ")}**`] : []), ...plain];
  const restarting = impacts.filter(({ restart }) => restart.length > 0).length;
  const named = apps.filter(({ app }) => app !== SHARED).length;
  return [
    beforeState === "missing" ? "This is a new stack." : "",
    parts.length === 0 ? "No resource changes." : `${parts.join(", ")}.`,
    isUnread ? `**What it does to nodes and to what Flux applies is not known: ${NOT_READ}` : "",
    restarting === 0 ? "" : `**${plural(restarting, "node restarts", "nodes restart")}.**`,
    named === 0 ? "" : `Flux applies changes of ${plural(named, "app")}.`,
  ]
    .filter((part) => part !== "")
    .join(" ");
}

function problems({ problems: found }: Findings): readonly Block[] {
  return items(
    found.map(({ path, line, value, message, fix, rule }) => {
      const where = `${path === "" ? "the file" : code(path)}${line === undefined ? "" : ` (line ${line})`}`;
      return `${where}: ${value === undefined ? "" : `${code(value)} `}${prose(message)}. ${capital(prose(fix))}. _${prose(rule)}_`;
    }),
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function policies({ policies: found, guards, versions }: Findings): readonly Block[] {
  const steps = versions.map(({ path, before, after }) => [code(path), code(before), code(after)]);
  return [...rows(["version", "from", "to"], steps), ...items([...found, ...guards].map(finding))];
}

function finding({ rule, level, subject, message, fix }: PolicyFinding): string {
  const text = `${code(subject)}: ${prose(message)}.${fix === undefined ? "" : ` ${capital(prose(fix))}.`} _${prose(rule)}_`;
  if (level === "mandatory") return `**Must be mended:** ${text}`;
  return `${rule.startsWith("guards.") ? "**Weaker:**" : "Look at it:"} ${text}`;
}

/** What a reader sees of an operation; losing something is bold. */
const SHOWN: Readonly<Record<Operation, string>> = { replace: "**replace**", delete: "**delete**", create: "create", update: "change" };

function changes({ changes: found }: Findings): readonly Block[] {
  const bold = (operation: Operation, text: string): string => (operation === "replace" || operation === "delete" ? `**${text}**` : text);
  return rows(
    ["", "what", "name", "why, or what of it"],
    found.map(({ operation, kind, name, details }) => [
      SHOWN[operation],
      bold(operation, prose(kind)),
      bold(operation, code(name)),
      details.map(detail).join("; "),
    ]),
  );
}

/** Names of properties are code, sentences are not. */
function detail(text: string): string {
  return / /.test(text) && !/^[^ ]+: .* → /.test(text) ? prose(text) : code(text);
}

function nodes({ impacts, rolls }: Findings): readonly Block[] {
  const restarting = impacts.filter(({ restart }) => restart.length > 0);
  const [first, second] = [restarting.filter(isControlPlane), restarting.filter((impact) => !isControlPlane(impact))];
  const why = ({ restart }: NodeImpact): string => restart.map(prose).join("; ");
  const order = [
    ...first.map((impact, index) => `${index + 1}. **${code(impact.node)} restarts** (${why(impact)})`),
    ...second.map((impact) => `${first.length + 1}. **${code(impact.node)} restarts** (${why(impact)})`),
  ];
  const remark = [
    ...(first.length > 1 ? ["Control planes restart one after the other, each once the others are healthy."] : []),
    ...(second.length > 1 ? ["Workers have no order: all of them may be down at the same time."] : []),
  ];
  const rest = [
    ...grouped(impacts, ({ services }) => services.map(prose).join(", ")).map(
      ([names, text]) => `${names}: without a restart of the node, these restart on it: ${text}`,
    ),
    ...grouped(impacts, ({ inPlace }) => inPlace.map(prose).join("; ")).map(([names, text]) => `${names}: taken over in place: ${text}`),
    ...grouped(impacts, ({ waits }) => waits.map(code).join(", ")).map(
      ([names, text]) => `${names}: ${text} of the machine counts once it is restarted, which nobody does by itself`,
    ),
    ...rolls,
  ];
  return [
    ...(order.length === 0 ? [] : [{ rows: order, header: 0 }]),
    ...(remark.length === 0 ? [] : [{ text: [remark.join(" ")] }]),
    ...items(rest),
  ];
}

function isControlPlane({ role }: NodeImpact): boolean {
  return role === "controlplane";
}

/** Nodes of which the same is to be said, together. */
function grouped(impacts: readonly NodeImpact[], say: (impact: NodeImpact) => string): readonly (readonly [string, string])[] {
  const byText = new Map<string, string[]>();
  for (const impact of impacts) {
    const text = say(impact);
    if (text !== "") byText.set(text, [...(byText.get(text) ?? []), code(impact.node)]);
  }
  return [...byText].map(([text, names]) => [names.join(", "), text] as const);
}

function configs({ configs: found }: Findings): readonly Block[] {
  const byDiff = new Map<string, string[]>();
  for (const { node, diff } of found) byDiff.set(diff.join("\n"), [...(byDiff.get(diff.join("\n")) ?? []), node]);
  return [...byDiff].map(([diff, names]) => {
    const lines = diff.split("\n");
    return { summary: `${names.map(html).join(", ")} ${counts(lines)}`, lines, language: "diff" };
  });
}

function counts(lines: readonly string[]): string {
  const signed = (sign: "+" | "-"): number => lines.filter((line) => line.startsWith(sign) && !line.startsWith(sign.repeat(3))).length;
  return `(+${signed("+")} −${signed("-")})`;
}

/** Inside of a tag Markdown is not read. */
function html(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function tree({ apps }: Findings): readonly Block[] {
  const table = rows(
    ["app", "added", "changed", "removed", ""],
    apps.map(({ app, added, changed, removed, fate }) => {
      const name = removed.length > 0 ? `**${prose(app)}**` : prose(app);
      const number = (files: readonly string[]): string => (files.length === 0 ? "" : String(files.length));
      return [name, number(added), number(changed), removed.length > 0 ? `**${removed.length}**` : "", fate === "" ? "" : `**${fate}**`];
    }),
  );
  const diffs = apps.map(({ app, diff }) => ({ summary: `${html(app)} ${counts(diff)}`, lines: diff, language: "diff" as const }));
  return [...table, ...diffs];
}

function secrets({ secrets: found }: Findings): readonly Block[] {
  const all = found.reencrypted && found.changed.length > 0;
  return items([
    ...(all ? ["the file was encrypted with another key: whether a value changed as well cannot be seen"] : []),
    ...found.removed.map((path) => `**${code(path)} is no longer set**`),
    ...found.added.map((path) => `${code(path)} is set`),
    ...(all ? [] : found.changed.map((path) => `${code(path)} gets a new value`)),
  ]);
}

function unseen({ source, cluster, pack, beforeState, secrets: ofSecrets, problems: mistakes }: Findings): readonly Block[] {
  return items([
    ...(source === "settings" && beforeState !== "unreadable"
      ? ["The table is derived from the settings, without the state: what was changed by hand, or is not there yet, does not show."]
      : []),
    ...(cluster === "unreachable" ? ["The cluster did not answer: what is in it was compared with the state alone."] : []),
    ...(beforeState === "unreadable"
      ? ["The base's settings do not hold together under this code, so no more than versions and secrets was compared with them."]
      : []),
    ...(mistakes.length > 0 ? ["Resources, nodes, the tree and the policies: the settings have mistakes."] : []),
    ...(ofSecrets.state === "unreadable" ? ["Secrets: one of the two stack files is not YAML."] : []),
    "Both sides are made by this code: what a change of the program itself does to resources and machine configs shows in a preview with the state.",
    ...(pack === "settings" && mistakes.length === 0
      ? [`${RULE_COUNT - OVER_SETTINGS.length} of the ${RULE_COUNT} policies look at resources: they run in a preview.`]
      : []),
  ]);
}
