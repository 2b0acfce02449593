import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { SecretValue } from "../../config/secret-value";
import type { Settings } from "../../config/settings";
import { platformProblems } from "../../platform/plan";
import { settings } from "./settings";

const STACK = join(__dirname, "../../lab/stacks/Pulumi.all.yaml");

/** Settings with every app on, as the lab's stack file with everything has them; every secret that an app misses is set. */
export function everything(overrides: Partial<Settings> = {}): Settings {
  const file: { config: { "hearth:platform": Settings["platform"] } } = parse(readFileSync(STACK, "utf8"));
  const given = settings({ platform: file.config["hearth:platform"], ...overrides });
  const missing = platformProblems(given).flatMap(({ rule, path }) => (rule === "platform.secrets" ? [path.split(".")[1] ?? ""] : []));
  const secrets = Object.fromEntries(missing.map((name) => [name, SecretValue.of(`the secret ${name}`)]));
  return { ...given, secrets: { ...given.secrets, ...secrets } };
}
