/**
 * A word as the Image Factory's YAML writer puts it, which the id of a schematic depends on. It knows the printable
 * ASCII without spaces that kernel arguments and extension names are made of.
 * @throws Error for anything else, which the settings refuse before.
 */
export function canonicalScalar(word: string): string {
  if (!/^[!-~]+$/.test(word)) throw new Error(`${JSON.stringify(word)} is not a word of printable ASCII`);
  if (readsAsOther(word)) return `"${word}"`; // such words have nothing to escape
  return plainAllowed(word) ? word : `'${word.replaceAll("'", "''")}'`;
}

/** Whether a reader, an old one included, would take the word for something other than a string. */
function readsAsOther(word: string): boolean {
  return isKeyword(word) || isNumber(word) || isSexagesimal(word) || isTimestamp(word);
}

function isKeyword(word: string): boolean {
  if (/^(true|false|null|yes|no|on|off|y|n)$/i.test(word))
    return word === word.toLowerCase() || word === word.toUpperCase() || /^[A-Z][a-z]+$/.test(word);
  return /^(~|<<|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/.test(word);
}

function isNumber(word: string): boolean {
  if (word.startsWith(".")) return /^\.\d+([eE][-+]?\d+)?$/.test(word) && Number.isFinite(Number(word));
  if (!/^[-+\d]/.test(word)) return false;
  const digits = word.replaceAll("_", "");
  return isInteger(digits) || (/^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/.test(digits) && Number.isFinite(Number(digits)));
}

/** A 64-bit integer in base 2, 8, 10 or 16; one that is too large for that is a float, or a string when it is not decimal. */
function isInteger(digits: string): boolean {
  const [, sign = "", body = ""] = /^([-+]?)(.*)$/.exec(digits) ?? [];
  if (!/^(0[bB][01]+|0[oO]?[0-7]+|0[xX][\da-fA-F]+|0|[1-9]\d*)$/.test(body)) return false;
  const magnitude = BigInt(/^0[0-7]+$/.test(body) ? `0o${body.slice(1)}` : body);
  const limit = sign === "" ? 2n ** 64n : sign === "-" ? 2n ** 63n + 1n : 2n ** 63n;
  return magnitude < limit;
}

/** Numbers to the base of 60, which YAML 1.1 had. */
function isSexagesimal(word: string): boolean {
  return /^[-+]?\d[\d_]*(:[0-5]?\d)+(\.[\d_]*)?$/.test(word);
}

function isTimestamp(word: string): boolean {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[-+](\d\d):(\d\d)))?$/.exec(word);
  if (match === null) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, offsetHours = 0, offsetMinutes = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  const dateExists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return dateExists && hour < 24 && minute < 60 && second < 60 && offsetHours <= 24 && offsetMinutes < 60;
}

/** Whether the writer needs no quotes: no indicator at the start, no colon at the end. */
function plainAllowed(word: string): boolean {
  return !/^(---|\.\.\.)/.test(word) && !/^[#,[\]{}&*!|>'"%@`]/.test(word) && !/^[?-]$/.test(word) && !word.endsWith(":");
}
