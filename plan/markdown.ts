/** Markdown that foreign text cannot break out of, and that stays within a limit. */

/** Characters that a comment at GitHub may have (its API refuses more: "body is too long (maximum is 65536 characters)"). */
export const COMMENT_LIMIT = 65_536;

/** A text as inline code; it may hold anything. */
export function code(text: string): string {
  const flat = text.replace(/\s+/g, " ").trim();
  if (flat === "") return "";
  const fence = "`".repeat(longestRun(flat) + 1);
  const pad = flat.startsWith("`") || flat.endsWith("`") ? " " : "";
  return `${fence}${pad}${flat}${pad}${fence}`;
}

/** A text as prose: nothing in it is markup, a mention or a link. */
export function prose(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`*_{}[\]<>#|~]/g, "\\$&").replace(/@/g, "@\u200b"); // prettier-ignore
}

/** A cell of a table: what is in it must be Markdown already. */
function cell(markdown: string): string {
  return markdown.replace(/\n/g, " ").replace(/(?<!\\)\|/g, "\\|");
}

/** A table; cells are Markdown. Nothing when there is no row. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)];
}

/** Something that is folded away, and shortened when the whole is too long. */
export interface Folded {
  /** Markdown, one line. */
  readonly summary: string;
  readonly lines: readonly string[];
  readonly language: "diff";
}

/** Lines that are Markdown as they are, a list or table that may lose its last rows, or something folded. */
export type Block = { readonly text: readonly string[] } | { readonly rows: readonly string[]; readonly header: number } | Folded;

/** The blocks as one text within the limit: first what is folded is cut, from the longest, then the ends of tables. */
export function fitted(blocks: readonly Block[], hint: string, limit: number = COMMENT_LIMIT): string {
  const whole = rendered(blocks, hint, Infinity, Infinity);
  if (whole.length <= limit) return whole;
  const allRows = Math.max(0, ...blocks.map((block) => ("rows" in block ? block.rows.length : 0)));
  for (let rows = allRows; rows >= 1; rows = Math.floor(rows / 2)) {
    const share = largest((budget) => rendered(blocks, hint, budget, rows).length <= limit);
    if (share !== undefined) return rendered(blocks, hint, share, rows);
  }
  const short = rendered(blocks.filter((block) => !("lines" in block)), hint, 0, 1); // prettier-ignore
  return short.length <= limit ? short : `${short.slice(0, limit - hint.length - 4)}…\n\n${hint}`;
}

/** The largest number of characters per folded block with which it fits; undefined when none does. */
function largest(fits: (budget: number) => boolean): number | undefined {
  if (!fits(0)) return undefined;
  let [low, high] = [0, COMMENT_LIMIT];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

function rendered(blocks: readonly Block[], hint: string, budget: number, rows: number): string {
  const parts = blocks.flatMap((block) => {
    if ("text" in block) return [block.text.join("\n")];
    if ("rows" in block) return [shortened(block, rows, hint)];
    return [folded(block, budget, hint)];
  });
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function shortened({ rows, header }: { readonly rows: readonly string[]; readonly header: number }, most: number, hint: string): string {
  const kept = rows.slice(0, header + most);
  const left = rows.length - kept.length;
  return left <= 0 ? rows.join("\n") : `${kept.join("\n")}\n\n… and ${left} more rows. ${hint}`;
}

function folded({ summary, lines, language }: Folded, budget: number, hint: string): string {
  let used = 0;
  const kept = lines.filter((line) => (used += line.length + 1) <= budget);
  const left = lines.length - kept.length;
  const fence = "`".repeat(Math.max(3, longestRun(kept.join("\n")) + 1));
  const body = kept.length === 0 ? [] : [`${fence}${language}`, ...kept, fence, ""];
  const rest = left > 0 ? [`… ${left} more ${left === 1 ? "line" : "lines"}. ${hint}`, ""] : [];
  return [`<details><summary>${summary}</summary>`, "", ...body, ...rest, "</details>"].join("\n");
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
