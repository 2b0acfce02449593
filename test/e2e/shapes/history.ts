/** The world's log of one run, asked for what happened before what. */
import assert from "node:assert/strict";
import type { WorldEvent } from "../../../lab/world/events";

/** One event of a log and where it stands in it. */
export interface Entry extends WorldEvent {
  readonly position: number;
}

/** A log of the world in the order in which things happened. */
export class History {
  private readonly entries: readonly Entry[];

  constructor(events: readonly WorldEvent[]) {
    this.entries = events.map((event, position) => ({ ...event, position }));
  }

  /** Every event of a kind, oldest first; with a subject only those of that subject. */
  all(kind: string, subject?: string): readonly Entry[] {
    return this.entries.filter((entry) => entry.kind === kind && (subject === undefined || entry.subject === subject));
  }

  /** The one event of that kind and subject. @throws AssertionError when it happened never or more than once. */
  only(kind: string, subject?: string): Entry {
    const found = this.all(kind, subject);
    const [first] = found;
    assert.equal(found.length, 1, `${describe(kind, subject)} happened ${found.length} times, not once`);
    assert.ok(first);
    return first;
  }

  /** The first event of that kind and subject. @throws AssertionError when there is none. */
  first(kind: string, subject?: string): Entry {
    const [first] = this.all(kind, subject);
    assert.ok(first, `${describe(kind, subject)} never happened`);
    return first;
  }

  /** Kinds that occur, each once. */
  kinds(): readonly string[] {
    return [...new Set(this.entries.map(({ kind }) => kind))];
  }
}

/** Holds that events happened in this order. @throws AssertionError that names the first two that did not. */
export function assertInOrder(...entries: readonly Entry[]): void {
  entries.slice(1).forEach((later, index) => {
    const earlier = entries[index];
    assert.ok(earlier && earlier.position < later.position, `${told(later)} came before ${earlier && told(earlier)}`);
  });
}

function describe(kind: string, subject: string | undefined): string {
  return subject === undefined ? kind : `${kind} of ${subject}`;
}

function told({ kind, subject, at }: Entry): string {
  return `${describe(kind, subject)} (${at})`;
}
