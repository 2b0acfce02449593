import type { StageFacts } from "./tree-rules/facts";

/** A stage that waits for another. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

type Stages = readonly Pick<StageFacts, "name" | "dependsOn">[];

/** Every edge of the graph. */
export function edgesOf(stages: Stages): readonly Edge[] {
  return stages.flatMap(({ name, dependsOn }) => dependsOn.map((to) => ({ from: name, to })));
}

/** Everything that waits for a stage, directly or not, by name. */
export function dependantsOf(name: string, stages: Stages): readonly string[] {
  const direct = stages.filter(({ dependsOn }) => dependsOn.includes(name)).map((stage) => stage.name);
  return [...new Set(direct.flatMap((each) => [each, ...dependantsOf(each, stages)]))].sort();
}

/**
 * Edges whose dependencies may be broken at one time: no edge's dependant is left behind by another's dependency, so that each
 * is seen to be left behind for its own sake.
 */
export function batched(edges: readonly Edge[], stages: Stages): readonly (readonly Edge[])[] {
  const batches: Edge[][] = [];
  const apart = (a: Edge, b: Edge): boolean =>
    a.to === b.to || (!dependantsOf(a.to, stages).includes(b.from) && !dependantsOf(b.to, stages).includes(a.from));
  for (const edge of edges) {
    const batch = batches.find((others) => others.every((other) => apart(edge, other)));
    if (batch === undefined) batches.push([edge]);
    else batch.push(edge);
  }
  return batches;
}

/**
 * What Flux brings up while one stage cannot become Ready: round after round it applies each stage all of whose
 * dependencies are Ready. @returns the names of the stages that are not Ready in the end.
 */
export function notReadyWithout(broken: string, stages: Stages): readonly string[] {
  const ready = new Set<string>();
  for (let grown = true; grown;) {
    const next = stages.filter(
      ({ name, dependsOn }) => name !== broken && !ready.has(name) && dependsOn.every((other) => ready.has(other)),
    );
    for (const { name } of next) ready.add(name);
    grown = next.length > 0;
  }
  return stages
    .map(({ name }) => name)
    .filter((name) => !ready.has(name))
    .sort();
}

/** A sequence of numbers in [0, 1) that a seed determines (mulberry32). */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Some of the items, each at most once, drawn by a seed. */
export function drawn<T>(items: readonly T[], count: number, seed: number): readonly T[] {
  const next = random(seed);
  const left = [...items];
  return Array.from({ length: Math.min(count, items.length) }, () => left.splice(Math.floor(next() * left.length), 1)).flat();
}
