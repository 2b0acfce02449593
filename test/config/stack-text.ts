import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Document, parseDocument, Scalar, visit } from "yaml";
import { parsePath, type Path } from "../../config/path";
import { otherReading } from "../../config/yaml-scalars";
import { readStackFile, type StackFile, type StackFileOptions } from "../../config/stack-file";

/** A small change of a stack file's text. */
export interface Patch {
  /** Setting -> its new value; `undefined` takes it out. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** The same for the file's own keys. */
  readonly file?: Readonly<Record<string, unknown>>;
  /** Pieces of text and what takes their place, each found exactly once. */
  readonly text?: readonly (readonly [string, string])[];
}

/** Text of a fixture in test/fixtures/stacks. */
export function fixtureText(stack: string): string {
  return readFileSync(join(__dirname, "../fixtures/stacks", `Pulumi.${stack}.yaml`), "utf8");
}

function inFile([section, ...rest]: Path): Path {
  return ["config", `hearth:${String(section)}`, ...rest];
}

/** A node in which texts that may be read as something else are quoted. */
function quoted(value: unknown) {
  const holder = new Document(value);
  visit(holder, {
    Scalar(_, scalar) {
      if (typeof scalar.value === "string" && otherReading(scalar.value) !== undefined) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return holder.contents;
}

function setIn(document: Document, path: Path, value: unknown): void {
  if (value === undefined) document.deleteIn(path);
  else document.setIn(path, quoted(value));
}

const documents = new Map<string, Document>();

/** A text's document, parsed once. */
function parsed(text: string): Document {
  const document = documents.get(text) ?? parseDocument(text);
  documents.set(text, document);
  return document;
}

/** The text after the change. @throws Error when a piece of text is not there exactly once. */
export function patched(text: string, { set = {}, file = {}, text: pieces = [] }: Patch): string {
  const document = parsed(text).clone();
  for (const [path, value] of Object.entries(set)) setIn(document, inFile(parsePath(path)), value);
  for (const [key, value] of Object.entries(file)) setIn(document, [key], value);
  return pieces.reduce((whole, [before, after]) => {
    if (whole.split(before).length !== 2) throw new Error(`not there exactly once: ${before}`);
    return whole.replace(before, () => after);
  }, String(document));
}

/** Apps that the platform's rules are tried with: `echo` takes a number of replicas, `crds` takes nothing. */
export const APPS: NonNullable<StackFileOptions["apps"]> = {
  crds: () => [],
  echo: (options) => {
    const odd = Object.keys(options ?? {}).filter((key) => key !== "replicas");
    return odd.map((key) => ({ rule: "app", path: `platform.echo.${key}`, message: "is not an option", fix: "remove it" }));
  },
};

/** Reads a text as the stack file of the stack `full`. */
export function read(text: string, options: StackFileOptions = {}): StackFile {
  return readStackFile(text, { apps: APPS, ...options, stack: "full" });
}
