import type { Settings } from "../config/settings";
import type { Tree } from "../platform/render";
import { renderTree } from "../platform/render";
import { secretChanges, redactor, type Redactor, type SecretChanges } from "./secrets";

/** One side of a change, made ready to be compared. */
export interface Side {
  readonly settings: Settings;
  /** What Flux applies. */
  readonly tree: Tree;
  /** Makes plain data that holds no secret. */
  readonly redact: Redactor;
}

/** Both sides; secrets that differ between them carry placeholders that differ, too. */
export interface Sides {
  /** Absent: there was no stack of this name. */
  readonly before?: Side;
  readonly after: Side;
  readonly secrets: SecretChanges;
}

/** Settings and the text that they were read from. */
export interface StackText {
  readonly text: string;
  readonly settings: Settings;
  /** The tree as it is committed. @default rendered from the settings */
  readonly tree?: Tree;
}

/** @param before Absent: there was no stack of this name. */
export function sidesOf(before: StackText | undefined, after: StackText): Sides {
  const secrets = secretChanges(before?.text ?? "", after.text);
  const { changed } = secrets;
  return {
    ...(before === undefined ? {} : { before: sideOf(before, redactor(before.settings, changed, "before")) }),
    after: sideOf(after, redactor(after.settings, changed, "after")),
    secrets,
  };
}

function sideOf({ settings, tree }: StackText, redact: Redactor): Side {
  return { settings, tree: tree ?? renderTree(settings), redact };
}
