/** A resource as the engine shows it to a policy pack: plain values, with what is secret and what is not known yet kept apart. */
import { isRecord } from "../config/path";

/** Stands where a value is not known before something is made. */
export const UNKNOWN: unique symbol = Symbol("not known yet");

export interface ResourceOptions {
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
  readonly deleteBeforeReplace?: boolean;
  readonly additionalSecretOutputs: readonly string[];
}

export type Path = readonly string[];

export interface Resource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** Inputs; where the stack is judged, outputs beside them. */
  readonly props: Readonly<Record<string, unknown>>;
  /** Where a secret begins; everything below such a path is secret. */
  readonly secrets: readonly Path[];
  readonly options: ResourceOptions;
  /** Name of its provider, where one was given. */
  readonly provider?: string;
}

/** Marks on the wire; source: pulumi sdk/go/common/resource (sig) and sdk/go/common/resource/plugin (unknown values). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const UNKNOWNS: ReadonlySet<unknown> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Values as they are sent, without their marks. */
export function withoutMarks(sent: unknown): Pick<Resource, "props" | "secrets"> {
  const secrets: Path[] = [];
  const open = (value: unknown, path: Path): unknown => {
    if (UNKNOWNS.has(value)) return UNKNOWN;
    if (Array.isArray(value)) return value.map((item, index) => open(item, [...path, String(index)]));
    if (!isRecord(value)) return value;
    const isOutput = value[SIGNATURE] === OUTPUT;
    if (value[SIGNATURE] !== SECRET && !isOutput)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, open(item, [...path, key])]));
    if (!isOutput || value["secret"] === true) secrets.push(path);
    return isOutput && !("value" in value) ? UNKNOWN : open(value["value"], path);
  };
  const props = open(sent, []);
  return { props: isRecord(props) ? props : {}, secrets };
}

/** Whether everything at a path is secret. */
export function isSecretAt({ secrets }: Pick<Resource, "secrets">, ...path: Path): boolean {
  return secrets.some((secret) => secret.every((key, index) => path[index] === key));
}

/** Whether any secret is at or below a path. */
export function holdsSecretAt(resource: Pick<Resource, "secrets">, ...path: Path): boolean {
  return isSecretAt(resource, ...path) || resource.secrets.some((secret) => path.every((key, index) => secret[index] === key));
}
