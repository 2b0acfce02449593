import { inspect } from "node:util";

/** What a secret prints as, wherever it is printed. */
const MASK = "[secret]";

/**
 * A secret setting. It prints, serialises and inspects as `[secret]`; only `reveal()` hands out the text, and
 * only `components/` calls that, to wrap it as a Pulumi secret. Read from a file it is known to be there, not
 * what it is.
 */
export class SecretValue {
  readonly #text: string | undefined;

  private constructor(text: string | undefined) {
    this.#text = text;
  }

  /** A secret whose text is at hand (read through Pulumi). */
  static of(text: string): SecretValue {
    return new SecretValue(text);
  }

  /** A secret that is set but encrypted (read from the file). */
  static encrypted(): SecretValue {
    return new SecretValue(undefined);
  }

  get known(): boolean {
    return this.#text !== undefined;
  }

  /** The text. @throws Error when the secret was read from a file and is still encrypted. */
  reveal(): string {
    if (this.#text === undefined) throw new Error("this secret is encrypted: it can be read through Pulumi only");
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
