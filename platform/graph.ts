import type { CatalogueRow } from "./catalogue";

/** Graphviz' description of who waits for whom: solid before anything of the app, dashed before its routes and log-in only. */
export function graphOf(rows: readonly CatalogueRow[]): string {
  const names = new Set(rows.map(({ name }) => name));
  const edges = rows.flatMap(({ name, needs, accessNeeds }) => [
    ...needs.filter((other) => names.has(other)).map((other) => `  ${quote(name)} -> ${quote(other)};`),
    ...accessNeeds
      .filter((other) => names.has(other))
      .map((other) => `  ${quote(name)} -> ${quote(other)} [style=dashed, color="#7a7a7a"];`),
  ]);
  return [
    "digraph platform {",
    "  rankdir=RL;",
    '  bgcolor="white";',
    '  node [shape=box, style="rounded,filled", fillcolor="#f3f6fa", color="#5b7083", fontname="Helvetica", fontsize=11];',
    '  edge [color="#5b7083", arrowsize=0.6];',
    ...rows.map(({ name, summary }) => `  ${quote(name)} [tooltip=${quote(summary)}];`),
    ...edges,
    "}",
    "",
  ].join("\n");
}

function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
