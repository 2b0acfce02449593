import { inspect } from "node:util";

/** What a secret prints as, wherever it is printed. */
const MASK = "[secret]";

/** Why a secret's text is not at hand. */
const REASONS = {
  encrypted: "this secret is encrypted: it can be read through Pulumi only",
  absent: "this secret is not set: these settings were read where no secret is needed",
} as const;

/**
 * A secret setting. It prints, serialises and inspects as `[secret]`; only `reveal()` hands out the text, and
 * only `components/` calls that, to wrap it as a Pulumi secret. Read from a file it is known to be there, not
 * what it is.
 */
export class SecretValue {
  readonly #text: string | undefined;
  readonly #reason: keyof typeof REASONS;

  private constructor(text: string | undefined, reason: keyof typeof REASONS) {
    this.#text = text;
    this.#reason = reason;
  }

  /** A secret whose text is at hand (read through Pulumi). */
  static of(text: string): SecretValue {
    return new SecretValue(text, "encrypted");
  }

  /** A secret that is set but encrypted (read from the file). */
  static encrypted(): SecretValue {
    return new SecretValue(undefined, "encrypted");
  }

  /** A secret that is not set, in settings for which that is good enough (rendering, planning). */
  static absent(): SecretValue {
    return new SecretValue(undefined, "absent");
  }

  get known(): boolean {
    return this.#text !== undefined;
  }

  /** Whether the text has a form; undefined when the text is not at hand. */
  matches(form: RegExp): boolean | undefined {
    return this.#text === undefined ? undefined : form.test(this.#text);
  }

  /** The text. @throws Error when the secret was read from a file and is still encrypted, or is not set. */
  reveal(): string {
    if (this.#text === undefined) throw new Error(REASONS[this.#reason]);
    return this.#text;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
