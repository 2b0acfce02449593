import { isRecord } from "../config/path";
import { UserError } from "../config/user-error";
import { inOrderOfDanger, type Change, type Operation } from "./change";
import type { PolicyFinding } from "./finding";

/** What the engine intends, as its preview said. */
export interface EnginePlan {
  readonly changes: readonly Change[];
  /** Errors among its diagnostics, and one for events that break off: with any, the steps are not all of them. */
  readonly errors: number;
  /** Whether the cluster answered: without it what is in it was compared with the state alone. */
  readonly cluster: "answered" | "unreachable";
  /** What the policy pack found; absent: it did not run, or the format has no room for it (only the streamed events do). */
  readonly policies?: readonly PolicyFinding[];
}

/**
 * Reads what `pulumi preview --json` printed: one document with `steps` (pulumi/pulumi, pkg/display/json.go, `PreviewDigest`),
 * or one engine event a line, as with PULUMI_ENABLE_STREAMING_JSON_PREVIEW (sdk/go/common/apitype, `EngineEvent`). Only names
 * of properties are taken from it, never a value. @throws UserError when it is neither.
 */
export function readPreview(text: string): EnginePlan {
  const documents = parsedDocuments(text);
  const [first] = documents;
  const isDigest = documents.length === 1 && first !== undefined && !EVENTS.some((event) => event in first);
  const steps = isDigest ? list(first["steps"]) : documents.flatMap(stepOfEvent);
  const diagnostics = isDigest ? list(first["diagnostics"]) : documents.map((event) => event["diagnosticEvent"]).filter(isRecord);
  return {
    changes: changesOf(steps),
    errors: diagnostics.filter(({ severity }) => severity === "error").length + Number(!isDigest && !documents.some(isLast)),
    ...(isDigest ? {} : policiesOf(documents)),
    cluster: diagnostics.some(({ message }) => UNREACHABLE.test(String(message))) ? "unreachable" : "answered",
  };
}

/** What the engine's errors say, for the log of whoever ran the preview: nothing of it goes into a plan. @throws as `readPreview` */
export function errorsOf(text: string): readonly string[] {
  const documents = parsedDocuments(text);
  const diagnostics = documents.flatMap((document) => [...list(document["diagnostics"]), document["diagnosticEvent"]]).filter(isRecord);
  return diagnostics.flatMap(({ severity, message }) => (severity === "error" ? [withoutColours(String(message)).trim()] : []));
}

/** How the Kubernetes provider warns of it (pulumi-kubernetes, provider/pkg/provider/provider.go, `clusterUnreachable`). */
const UNREACHABLE = /cluster is unreachable/i;

type Fields = Readonly<Record<string, unknown>>;

const EVENTS = ["sequence", "preludeEvent", "resourcePreEvent", "summaryEvent", "diagnosticEvent"];

function parsedDocuments(text: string): readonly Fields[] {
  const read = (part: string): unknown => {
    try {
      return JSON.parse(part);
    } catch {
      return undefined;
    }
  };
  const whole = read(text);
  // Among streamed events a tool may say something of its own, which is no event.
  const lines = text.split("\n").filter((line) => line.startsWith("{"));
  const documents = whole === undefined ? lines.map(read) : [whole];
  if (documents.length === 0 || !documents.every(isRecord)) {
    throw new UserError(
      "the preview is not what `pulumi preview --json` prints: give it the output of that command alone, without log lines",
    );
  }
  return documents;
}

/** Every run ends with a summary, a failed one too. */
function isLast(event: Fields): boolean {
  return "summaryEvent" in event;
}

function list(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** An event's metadata says with other names what a step says. */
function stepOfEvent({ resourcePreEvent: event }: Fields): readonly Fields[] {
  const metadata = isRecord(event) && isRecord(event["metadata"]) ? event["metadata"] : undefined;
  if (metadata === undefined) return [];
  const { op, urn, old, new: now, diffs, keys, detailedDiff } = metadata;
  return [{ op, urn, oldState: old, newState: now, diffReasons: diffs, replaceReasons: keys, detailedDiff }];
}

/** Present when a pack was loaded; its words come with colours and after the policy's own description (apitype, `PolicyEvent`). */
function policiesOf(events: readonly Fields[]): Pick<EnginePlan, "policies"> {
  if (!events.some((event) => Object.keys(event).some((key) => key.startsWith("policy")))) return {};
  const found = events.map(({ policyEvent }) => policyEvent).filter(isRecord);
  const policies = found.map(({ policyName, enforcementLevel, resourceUrn, message }): PolicyFinding => ({
    rule: String(policyName),
    level: enforcementLevel === "mandatory" ? "mandatory" : "advisory",
    subject:
      String(resourceUrn ?? "")
        .split("::")
        .slice(3)
        .join("::") || "the stack",
    message: plainWords(String(message)),
  }));
  return { policies };
}

function plainWords(text: string): string {
  const lines = withoutColours(text).trim().split("\n");
  return (lines.length > 1 ? lines.slice(1) : lines).join(" ").trim();
}

function withoutColours(text: string): string {
  return text.replace(/<\{%.*?%\}>/g, "");
}

/** The engine's steps that change something; a replacement has several. Source: pkg/display/json.go and apitype `OpType`. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  create: "create",
  import: "create",
  update: "update",
  delete: "delete",
  discard: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  "discard-replaced": "replace",
  "import-replacement": "replace",
};

function changesOf(steps: readonly Fields[]): readonly Change[] {
  const byUrn = new Map<string, Change>();
  for (const step of steps) {
    const operation = OPERATIONS[String(step["op"])];
    const urn = String(step["urn"] ?? "");
    if (operation === undefined || isFrame(urn)) continue;
    const known = byUrn.get(urn);
    const change = changeOf(step, urn, operation);
    byUrn.set(urn, known === undefined ? change : { ...change, details: [...new Set([...known.details, ...change.details])] });
  }
  return inOrderOfDanger([...byUrn.values()]);
}

/** The stack itself and our components: nothing outside of the state. */
function isFrame(urn: string): boolean {
  return /^pulumi:pulumi:Stack$|^hearth:/.test(typeOf(urn));
}

/** `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>`. */
function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/** Words for the types that a reader meets most; any other is called by its own name. */
const KINDS: Readonly<Record<string, string>> = {
  VmLegacy: "machine",
  File: "image",
  ConfigurationApply: "machine config",
  Secrets: "machine secrets",
  DnsRecord: "DNS record",
  ZeroTrustTunnelCloudflared: "tunnel",
  ZeroTrustTunnelCloudflaredConfig: "tunnel rules",
  Release: "Helm release",
  Schematic: "schematic",
  Stash: "record",
  RandomBytes: "random text",
  RandomPassword: "random text",
};

function kindOf(type: string): string {
  if (type.startsWith("pulumi:providers:")) return "provider";
  const last = type.split(":").at(-1) ?? type;
  return KINDS[last] ?? last;
}

/** Most properties that are named of one resource. */
const MAX_PROPERTIES = 6;

function changeOf(step: Fields, urn: string, operation: Operation): Change {
  const old = isRecord(step["oldState"]) ? step["oldState"] : {};
  const loses = operation === "delete" || operation === "replace";
  const notes = [
    ...(loses && old["protect"] === true ? ["refused: it is protected"] : []),
    ...(loses && old["retainOnDelete"] === true ? ["only leaves the state"] : []),
  ];
  const names = operation === "update" || operation === "replace" ? propertiesOf(step) : [];
  const left = names.length - MAX_PROPERTIES;
  const shown = left > 0 ? [...names.slice(0, MAX_PROPERTIES), `and ${left} more`] : names;
  return { operation, kind: kindOf(typeOf(urn)), name: urn.split("::").slice(3).join("::"), details: [...notes, ...shown] };
}

/** Names of what differs, those that force a replacement first. */
function propertiesOf({ detailedDiff, replaceReasons, diffReasons }: Fields): readonly string[] {
  const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
  const detailed = isRecord(detailedDiff) ? Object.entries(detailedDiff) : [];
  const replacing = detailed.filter(([, diff]) => isRecord(diff) && /replace/i.test(String(diff["kind"] ?? diff["diffKind"])));
  const paths = [...replacing.map(([path]) => path), ...detailed.map(([path]) => path)];
  return [...new Set(paths.length > 0 ? paths : [...texts(replaceReasons), ...texts(diffReasons)])];
}
