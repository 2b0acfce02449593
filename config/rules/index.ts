import { FORMATS } from "../formats";
import { addressRules } from "./addresses";
import { bgpRules } from "./bgp";
import { clusterRules, versionRules } from "./cluster";
import { networkRules } from "./networks";
import { identityRules, placementRules, traitRules } from "./nodes";
import type { Rule, RuleText } from "./rule";
import { platformRules, proxmoxRules, serviceRules, type AppCheck } from "./services";

export type { Rule, RuleText } from "./rule";
export type { AppCheck } from "./services";

/** Rules between fields, in the order in which problems are shown. */
export function rulesFor(apps: Readonly<Record<string, AppCheck>> | undefined): readonly Rule[] {
  return [
    ...clusterRules,
    ...versionRules,
    ...networkRules,
    ...addressRules,
    ...bgpRules,
    ...proxmoxRules,
    ...placementRules,
    ...identityRules,
    ...traitRules,
    ...serviceRules,
    ...(apps === undefined ? [] : platformRules(apps)),
  ];
}

/** What the schema itself asks for. */
const SHAPE_RULES: readonly RuleText[] = [
  {
    id: "keys.unknown-section",
    says: "Every top-level key of `config` is a section of Hearth's settings (or Pulumi's own, `pulumi:...`).",
  },
  { id: "keys.unknown", says: "Every key is a known one; the nearest known name is offered." },
  { id: "shape.required", says: "What has no default is there." },
  { id: "shape.type", says: "Every value is of its type: text, whole number, true or false, list or map." },
  { id: "shape.range", says: "Every number, and the length of every list, is within its bounds." },
  { id: "shape.choice", says: "Where there is a choice, the value is one of the choices." },
];

/** What is asked of secrets. */
const SECRET_RULES: readonly RuleText[] = [
  { id: "secrets.in-clear", says: "A secret is encrypted: `{secure: ...}`, as `pulumi config set --path --secret` writes it." },
  { id: "secrets.misplaced", says: "Only secret settings are encrypted." },
  { id: "secrets.required", says: "Secrets that these settings need are set. Rendering, planning and checking do without." },
  {
    id: "secrets.usable",
    says: "A secret is not blank, and a Proxmox token has the form user@realm!name=uuid. Only seen when read through Pulumi.",
  },
];

/** What is asked of the stack file itself. */
const FILE_RULES: readonly RuleText[] = [
  { id: "file.syntax", says: "The stack file is one YAML document, a map, without a key that stands twice." },
  {
    id: "file.unknown-key",
    says: "The file's own keys are those of a Pulumi stack file: config, secretsprovider, encryptionsalt, encryptedkey.",
  },
  { id: "file.environment", says: "No `environment:`: it pulls settings from Pulumi Cloud, which a check without a network cannot see." },
  { id: "file.one-name", says: "A section stands once: `cluster` and `hearth:cluster` are the same key." },
  { id: "file.no-anchors", says: "No anchors, aliases or merge keys: Pulumi drops them when it rewrites the file." },
  { id: "file.no-tags", says: "No YAML tags." },
  {
    id: "file.quote",
    says: "No scalar that readers of YAML take differently (1.30, 08, 0x1F, yes, 12:30:45, 2024-01-01, 1_000): quote it.",
  },
];

/** Every rule that there is, for the documentation and the tests. */
export const ALL_RULES: readonly RuleText[] = [
  ...FILE_RULES,
  ...SHAPE_RULES,
  ...Object.values(FORMATS).map(({ rule, says }) => ({ id: rule, says })),
  ...SECRET_RULES,
  ...rulesFor({}).map(({ id, says }) => ({ id, says })),
];
