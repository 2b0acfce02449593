/** Looks for secrets in texts and bytes, in every form in which one may have leaked; knows nothing of the lab. */
import { createPrivateKey } from "node:crypto";
import { gunzipSync } from "node:zlib";

/** A secret that must not be found. */
export interface Canary {
  /** What it is, safe to print. */
  readonly name: string;
  readonly value: string;
}

/** Something to look into. */
export interface Source {
  /** Kind of place: `state`, `stdout`, `tree`, ... */
  readonly channel: string;
  /** Which one: a path, a command. */
  readonly where: string;
  readonly data: Buffer;
  /** Of a file that stays: who can get at it. */
  readonly modes?: Modes;
}

/** Permission bits of a file and of the folder that it lies in. */
export interface Modes {
  readonly file: number;
  readonly folder: number;
}

/** A secret in the clear. Never holds its value. */
export interface Finding {
  readonly channel: string;
  readonly where: string;
  readonly canary: string;
  /** In which form. */
  readonly form: string;
  readonly modes?: Modes;
}

/** One text to look for. */
interface Needle {
  readonly canary: string;
  readonly form: string;
  readonly bytes: Buffer;
}

/** Shortest text that is looked for: anything shorter turns up by chance. */
const SHORTEST = 10;
/** Bytes of a needle's start that its place in the table is computed from. */
const PREFIX = 4;
const TABLE_BITS = 20;

/** Every form of every secret, ready to be looked for in one pass. @throws Error for a secret too short to be told from chance. */
export class CanaryScan {
  readonly #buckets = new Map<number, Needle[]>();
  readonly #table = new Uint8Array(1 << TABLE_BITS);
  #needles = 0;

  constructor(canaries: readonly Canary[]) {
    for (const canary of canaries) {
      if (Buffer.byteLength(canary.value) < SHORTEST) throw new Error(`${canary.name} is too short for a canary`);
      for (const needle of needlesOf(canary)) this.#add(needle);
    }
  }

  /** How many texts are looked for. */
  get needles(): number {
    return this.#needles;
  }

  /** Every secret in a source, each form of it once; gzip is looked into, too. */
  scan(source: Source): readonly Finding[] {
    const found = [...this.#in(source.data), ...gunzipped(source.data).flatMap((data) => [...this.#in(data)])];
    const { channel, where, modes } = source;
    const unique = new Map(found.map(({ canary, form }) => [`${canary}\n${form}`, { channel, where, canary, form, modes }]));
    return [...unique.values()];
  }

  #add(needle: Needle): void {
    const place = placeOf(needle.bytes, 0);
    const bucket = this.#buckets.get(place) ?? [];
    if (bucket.some(({ bytes }) => bytes.equals(needle.bytes))) return;
    this.#buckets.set(place, [...bucket, needle]);
    this.#table[place] = 1;
    this.#needles += 1;
  }

  *#in(data: Buffer): Generator<Needle> {
    const table = this.#table;
    for (let at = 0, end = data.length - PREFIX; at <= end; at++) {
      const place = placeOf(data, at);
      if (table[place] === 0) continue;
      for (const needle of this.#buckets.get(place) ?? []) {
        const { bytes } = needle;
        if (bytes.length <= data.length - at && data.compare(bytes, 0, bytes.length, at, at + bytes.length) === 0) yield needle;
      }
    }
  }
}

function placeOf(data: Buffer, at: number): number {
  const word = (data[at] ?? 0) | ((data[at + 1] ?? 0) << 8) | ((data[at + 2] ?? 0) << 16) | ((data[at + 3] ?? 0) << 24);
  return Math.imul(word, 0x9e3779b1) >>> (32 - TABLE_BITS);
}

/** The forms of a secret: its own text, what it encodes, and the parts of a key that are secret by themselves. */
function needlesOf({ name, value }: Canary): readonly Needle[] {
  const texts = [value, ...decoded(value)].flatMap((text) => [text, ...keyLines(text), ...hexOf(text)]);
  const contents: readonly Buffer[] = [...texts.map((text) => Buffer.from(text)), ...decodedBytes(value), ...privateNumbers(value)];
  const forms = contents.flatMap((content) => encodings(content));
  return forms.filter(({ bytes }) => bytes.length >= SHORTEST).map(({ form, bytes }) => ({ canary: name, form, bytes }));
}

function encodings(content: Buffer): readonly { readonly form: string; readonly bytes: Buffer }[] {
  const text = content.toString("utf8");
  const isText = Buffer.from(text).equals(content);
  const hex = content.toString("hex");
  return [
    { form: "raw", bytes: content },
    ...base64Forms(content).map((bytes) => ({ form: "base64", bytes })),
    { form: "hex", bytes: Buffer.from(hex) },
    { form: "hex", bytes: Buffer.from(hex.toUpperCase()) },
    ...(isText ? textForms(text) : []),
  ];
}

function textForms(text: string): readonly { readonly form: string; readonly bytes: Buffer }[] {
  const url = encodeURIComponent(text);
  const json = JSON.stringify(text).slice(1, -1);
  return [
    { form: "URL-encoded", bytes: Buffer.from(url) },
    { form: "URL-encoded", bytes: Buffer.from(url.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())) },
    { form: "JSON-escaped", bytes: Buffer.from(json) },
    // Twice: JSON inside JSON, as in the engine's own documents.
    { form: "JSON-escaped", bytes: Buffer.from(JSON.stringify(json).slice(1, -1)) },
    // Go's encoder escapes these as well.
    { form: "JSON-escaped", bytes: Buffer.from(json.replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`)) },
  ];
}

/** The base64 of a text wherever it begins in a longer one, with the characters cut off that its neighbours decide. */
function base64Forms(content: Buffer): readonly Buffer[] {
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), content]).toString("base64");
    const part = text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + content.length) * 8) / 6));
    return [part, part.replaceAll("+", "-").replaceAll("/", "_")].map((form) => Buffer.from(form));
  });
}

/** What a base64 text holds, when that is text. */
function decoded(value: string): readonly string[] {
  return decodedBytes(value).flatMap((bytes) => {
    const text = bytes.toString("utf8");
    return Buffer.from(text).equals(bytes) ? [text] : [];
  });
}

function decodedBytes(value: string): readonly Buffer[] {
  const bytes = Buffer.from(value, "base64");
  return bytes.toString("base64") === value && bytes.length >= SHORTEST ? [bytes] : [];
}

/** A secret kept as hex may turn up in the other case. */
function hexOf(text: string): readonly string[] {
  return /^[0-9a-f]{16,}$/i.test(text) ? [text.toLowerCase(), text.toUpperCase()] : [];
}

/** Lines of a PEM key that do not lie in its public part: indented or wrapped otherwise, a key is still found by them. */
function keyLines(text: string): readonly string[] {
  const lines = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----\s+([A-Za-z0-9+/=\s]+?)\s+-----END/.exec(text)?.[1]?.split(/\s+/) ?? [];
  // RSA begins with the public modulus and ends with what only its owner knows; other keys begin with the private number.
  const secret = lines.length > 6 ? lines.slice(Math.ceil(lines.length / 2)) : lines.slice(0, 1);
  return secret.filter((line) => line.length >= 40);
}

/** The private number of a PEM key by itself, as in DER or JWK. */
function privateNumbers(value: string): readonly Buffer[] {
  return [value, ...decoded(value)].flatMap((text) => {
    if (!text.includes("PRIVATE KEY-----")) return [];
    try {
      // Talos labels its Ed25519 keys in a way that OpenSSL does not know.
      const { d } = createPrivateKey(text.replaceAll("ED25519 PRIVATE KEY", "PRIVATE KEY")).export({ format: "jwk" });
      return d === undefined ? [] : [Buffer.from(d, "base64url")];
    } catch {
      return [];
    }
  });
}

function gunzipped(data: Buffer): readonly Buffer[] {
  if (data[0] !== 0x1f || data[1] !== 0x8b) return [];
  try {
    return [gunzipSync(data)];
  } catch {
    return [];
  }
}
