import { Document, isMap, isScalar, Scalar, visit } from "yaml";
import { PROJECT, SECTIONS } from "../../config/schema";
import { otherReading } from "../../config/yaml-scalars";
import { rawFrom, type Answers } from "./answers";

/** What stands above a section. */
function commentOf(section: string): string | undefined {
  const known = Object.entries(SECTIONS).find(([name]) => name === section);
  return known?.[1].meta()?.description;
}

/** The stack file that the answers lead to, with a comment above each section. */
export function stackFileFrom(answers: Answers): string {
  const sections = Object.entries(rawFrom(answers)).map(([section, value]) => [`${PROJECT}:${section}`, value]);
  const document = new Document({ config: Object.fromEntries(sections) });
  visit(document, {
    Scalar(_, scalar) {
      if (typeof scalar.value === "string" && otherReading(scalar.value) !== undefined) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  const config = document.get("config");
  for (const pair of isMap(config) ? config.items : []) {
    const comment = isScalar(pair.key) ? commentOf(String(pair.key.value).slice(PROJECT.length + 1)) : undefined;
    if (isScalar(pair.key) && comment !== undefined) pair.key.commentBefore = ` ${comment}`;
  }
  document.commentBefore = [
    " yaml-language-server: $schema=./schemas/stack.schema.json",
    ` State: ${answers["backend"] ?? ""}. Secrets: ${answers["secretsProvider"] ?? ""}. Every setting: docs/settings.md and Pulumi.home.yaml.`,
  ].join("\n");
  return document.toString({ lineWidth: 0 });
}
