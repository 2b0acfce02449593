/** Lines before and after a change that are shown with it. */
const CONTEXT = 3;

/** More lines than this on a side, after what both begin and end with, are not matched up: all go, all come. */
const MAX_LINES = 2000;

interface Line {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

/**
 * What changes from one text to another as the hunks of a unified diff, without file names; empty when nothing does.
 * An absent text is an empty one.
 */
export function textDiff(before: string, after: string): readonly string[] {
  if (before === after) return [];
  const lines = compared(linesOf(before), linesOf(after));
  const shown = lines.map((_, index) => lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ sign }) => sign !== " "));
  const output: string[] = [];
  let [old, now] = [1, 1];
  lines.forEach(({ sign, text }, index) => {
    if (shown[index] === true) {
      if (index === 0 || shown[index - 1] !== true) output.push(`@@ -${old} +${now} @@`);
      output.push(sign + text);
    }
    if (sign !== "+") old += 1;
    if (sign !== "-") now += 1;
  });
  return output;
}

function linesOf(text: string): readonly string[] {
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}

function compared(before: readonly string[], after: readonly string[]): readonly Line[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < before.length - head && tail < after.length - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const same = (lines: readonly string[]): readonly Line[] => lines.map((text) => ({ sign: " ", text }));
  const middle = matched(before.slice(head, before.length - tail), after.slice(head, after.length - tail));
  return [...same(before.slice(0, head)), ...middle, ...same(before.slice(before.length - tail))];
}

/** By the longest common subsequence. */
function matched(before: readonly string[], after: readonly string[]): readonly Line[] {
  const [m, n] = [before.length, after.length];
  if (m > MAX_LINES || n > MAX_LINES) return [...signed("-", before), ...signed("+", after)];
  const width = n + 1;
  const longest = new Uint16Array((m + 1) * width);
  const at = (i: number, j: number): number => longest[i * width + j] ?? 0;
  for (let i = m - 1; i >= 0; i--)
    for (let j = n - 1; j >= 0; j--)
      longest[i * width + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < m && j < n) {
    if (before[i] === after[j]) {
      lines.push({ sign: " ", text: before[i] ?? "" });
      [i, j] = [i + 1, j + 1];
    } else if (at(i + 1, j) >= at(i, j + 1)) lines.push({ sign: "-", text: before[i++] ?? "" });
    else lines.push({ sign: "+", text: after[j++] ?? "" });
  }
  return [...lines, ...signed("-", before.slice(i)), ...signed("+", after.slice(j))];
}

function signed(sign: Line["sign"], lines: readonly string[]): readonly Line[] {
  return lines.map((text) => ({ sign, text }));
}
