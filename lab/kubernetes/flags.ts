/** Command line flags by name, without the dashes. */
export type Flags = Readonly<Record<string, string>>;

/** How a machine config's extra arguments meet the flags that Talos sets itself. */
export interface MergeRules {
  /** Flags whose values are joined with a comma. */
  readonly additive: readonly string[];
  /** Flags that Talos does not let a config set. */
  readonly denied: readonly string[];
}

/** Merges extra arguments over flags by Talos' rules. @throws Error in Talos' sense when an argument is not allowed. */
export function mergeFlags(flags: Flags, extra: Flags, { additive, denied }: MergeRules): Flags {
  const merged: Record<string, string> = { ...flags };
  for (const [name, value] of Object.entries(extra)) {
    if (denied.includes(name)) throw new Error(`extra argument "${name}" is not allowed`);
    const before = additive.includes(name) ? (merged[name] ?? "") : "";
    merged[name] = before === "" ? value : [...new Set([...before.split(","), ...value.split(",")])].join(",");
  }
  return merged;
}

/** `--name=value`, sorted. */
export function toArguments(flags: Flags): readonly string[] {
  return Object.keys(flags)
    .sort()
    .map((name) => `--${name}=${flags[name] ?? ""}`);
}
