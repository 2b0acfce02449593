/**
 * Where the importer puts a variable of its environment: its default form, which has no "${" for Flux to read.
 * It replaces texts inside JSON, so a value must not need escaping there.
 */
export function variable(name: string): string {
  return `$(env:${name})`;
}

/** Texts that stay what they are inside a JSON string and hold no variable. */
export const PLAIN_IN_JSON = /^(?!.*\$\()[^"\\\p{Cc}]*$/u;
