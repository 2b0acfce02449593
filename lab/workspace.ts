import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Document, isMap, parseDocument } from "yaml";
import { parsePath, type Path } from "../config/path";
import { type LabHome, PROJECT } from "./home";

/** Settings that the lab puts in the place of those that point outside: section -> path below it -> value. */
export interface Overrides {
  readonly git: { readonly url: string };
  /** Absent: charts come from upstream. */
  readonly charts?: { readonly mirror: string };
}

/** Ciphertexts of the lab's own secrets, by Pulumi config path below `hearth:`. */
type Ciphertexts = Readonly<Record<string, string>>;

/**
 * The engine's copy of the project: it rewrites the stack file that it selects, so it never sees the one that people
 * edit. Secrets of the original are left out; the lab's own take their place, once for the life of a lab.
 */
export class Workspace {
  constructor(
    private readonly home: LabHome,
    private readonly source: string,
  ) {}

  /** The copy of the stack file. */
  get stackFile(): string {
    return join(this.home.project, `Pulumi.${this.home.stack}.yaml`);
  }

  /**
   * Writes the copy anew from the source, with the overrides and every secret that the lab already made.
   * Returns the paths, of those asked for, that have no secret yet.
   */
  write(overrides: Overrides, secretPaths: readonly string[]): readonly string[] {
    writeWhole(join(this.home.project, "Pulumi.yaml"), readFileSync(join(PROJECT, "Pulumi.yaml"), "utf8").replace(/^main:.*$/m, "main: ."));
    const ciphertexts = this.harvest();
    const document = parseDocument(readFileSync(this.source, "utf8"));
    for (const key of ["encryptionsalt", "secretsprovider", "encryptedkey"]) document.delete(key);
    const salt = this.salt();
    if (salt !== undefined) document.set("encryptionsalt", salt);
    override(document, overrides);
    const missing = secretPaths.filter((path) => ciphertexts[path] === undefined);
    for (const path of secretPaths)
      setIn(document, parsePath(path), ciphertexts[path] === undefined ? undefined : { secure: ciphertexts[path] });
    writeWhole(this.stackFile, document.toString());
    this.remember(ciphertexts);
    return missing;
  }

  /** Keeps the ciphertexts of secrets that the engine just encrypted into the copy. */
  keepSecrets(secretPaths: readonly string[]): void {
    const document = parseDocument(readFileSync(this.stackFile, "utf8"));
    const found = secretPaths.flatMap((path) => {
      const secure = document.getIn(["config", ...location(parsePath(path)), "secure"]);
      return typeof secure === "string" ? [[path, secure] as const] : [];
    });
    this.remember({ ...this.harvest(), ...Object.fromEntries(found) });
    const salt = document.get("encryptionsalt");
    if (typeof salt === "string") writeWhole(join(this.home.dir, "encryptionsalt"), salt);
  }

  private salt(): string | undefined {
    const path = join(this.home.dir, "encryptionsalt");
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
  }

  private harvest(): Ciphertexts {
    const path = join(this.home.dir, "secrets.json");
    return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Ciphertexts) : {}; // written by `remember` only
  }

  private remember(ciphertexts: Ciphertexts): void {
    writeWhole(join(this.home.dir, "secrets.json"), JSON.stringify(ciphertexts, undefined, 2));
  }
}

function override(document: Document, { git, charts }: Overrides): void {
  setIn(document, ["git", "url"], git.url);
  setIn(document, ["git", "credentials"], { kind: "token", username: "lab" });
  if (charts === undefined) return;
  setIn(document, ["charts", "mirror"], charts.mirror);
  setIn(document, ["charts", "plainHttp"], true);
}

/** Where a setting is in a stack file's `config`. */
function location([section, ...rest]: Path): Path {
  return [`hearth:${section}`, ...rest];
}

function setIn(document: Document, path: Path, value: unknown): void {
  const [section, ...rest] = path;
  const keys = ["config", ...location([section ?? ""]), ...rest];
  if (value === undefined) {
    if (document.hasIn(keys)) document.deleteIn(keys);
    return;
  }
  const parents = keys.slice(0, -1).map((_, index) => keys.slice(0, index + 1));
  for (const parent of parents) if (!isMap(document.getIn(parent))) document.setIn(parent, document.createNode({}));
  document.setIn(keys, document.createNode(value));
}

function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
