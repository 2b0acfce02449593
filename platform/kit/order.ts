/** One step and the steps that must come first. */
export interface Step {
  readonly name: string;
  readonly dependsOn: readonly string[];
}

/**
 * The steps in an order in which each follows what it depends on; ties by name.
 * @throws Error that names a dependency that does not exist, or every step of a cycle.
 */
export function inOrder<S extends Step>(steps: readonly S[]): readonly S[] {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const done = new Set<string>();
  const result: S[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    if (done.has(name)) return;
    const start = path.indexOf(name);
    if (start >= 0) throw new Error(`apps depend on each other in a circle: ${[...path.slice(start), name].join(" -> ")}`);
    const step = byName.get(name);
    if (step === undefined) throw new Error(`${path[path.length - 1]} depends on ${name}, which is not there`);
    for (const dependency of [...step.dependsOn].sort()) visit(dependency, [...path, name]);
    done.add(name);
    result.push(step);
  };
  for (const name of [...byName.keys()].sort()) visit(name, []);
  return result;
}
