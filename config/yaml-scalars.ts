/** Scalars without quotes that readers of YAML 1.1 and 1.2, or Pulumi when it rewrites the file, take differently. */

const READINGS: readonly (readonly [RegExp, string])[] = [
  [/^(?:y|n|yes|no|on|off)$/i, "true or false"],
  [/^[-+]?0[0-9_]+$/, "an octal number, or one without its zeros"],
  [/^[-+]?0[xob][0-9a-f_]+$/i, "a number of another base"],
  [/^[-+]?\d[\d_]*_[\d_]*(?:\.[\d_]*)?$/, "a number without its underscores"],
  [/^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?$/, "a number of base 60"],
  [/^\d{4}-\d{1,2}-\d{1,2}(?:[Tt\s].*)?$/, "a date"],
  [/^[-+]?(?:\d+\.?\d*|\.\d+)e[-+]?\d+$/i, "a number with an exponent"],
  [/^[-+]?\.(?:inf|nan)$/i, "infinity, or no number"],
  [/^(?:<<|=)$/, "an instruction to YAML"],
];

/** What else the text of a plain scalar may be read as, in words without the text, which may be a secret; undefined when every reader agrees. */
export function otherReading(source: string): string | undefined {
  const known = READINGS.find(([pattern]) => pattern.test(source));
  if (known !== undefined) return known[1];
  if (!/^[-+]?(?:\d+\.?\d*|\.\d+)$/.test(source)) return undefined;
  const isSafe = Number.isSafeInteger(Number(source)) || source.includes(".");
  return isSafe && String(Number(source)) === source ? undefined : "a number that is written otherwise";
}
