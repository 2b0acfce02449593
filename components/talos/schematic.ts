import { createHash } from "node:crypto";
import type { NodeSettings, Settings } from "../../config/settings";
import { canonicalScalar } from "./canonical-scalar";

/** What is special about an image, in the words of the Image Factory. */
export interface Schematic {
  /** Kernel arguments in order; they are part of the signed image, so nothing else can set them later. */
  readonly extraKernelArgs: readonly string[];
  /** Official names of system extensions, in order. */
  readonly officialExtensions: readonly string[];
}

/** The schematic of a node. Extensions are sorted, so that two nodes that have the same get the same image. */
export function schematicOf(node: NodeSettings): Schematic {
  return { extraKernelArgs: [...node.kernelArgs], officialExtensions: [...new Set(node.extensions.map(({ name }) => name))].sort() };
}

/** The YAML of a node's schematic, byte for byte as the Image Factory writes it. */
export function schematicYaml(node: NodeSettings): string {
  return canonicalYaml(schematicOf(node));
}

/** The id that the Image Factory gives to a schematic: the SHA-256 of its canonical YAML, hex. No network is needed to know it. */
export function schematicId(schematic: Schematic): string {
  return createHash("sha256").update(canonicalYaml(schematic)).digest("hex");
}

/** Canonical form: fields in the factory's order, empty ones left out, four spaces, lists indented. */
export function canonicalYaml({ extraKernelArgs, officialExtensions }: Schematic): string {
  const lines: string[] = [];
  if (extraKernelArgs.length > 0) lines.push("    extraKernelArgs:", ...items(2, extraKernelArgs));
  if (officialExtensions.length > 0) lines.push("    systemExtensions:", "        officialExtensions:", ...items(3, officialExtensions));
  return lines.length === 0 ? "customization: {}\n" : `customization:\n${lines.join("\n")}\n`;
}

/** One schematic that images are made from, and the nodes that run it. */
export interface NamedSchematic {
  readonly id: string;
  readonly schematic: Schematic;
  readonly yaml: string;
  /** Names of the nodes, sorted. */
  readonly nodes: readonly string[];
}

/** Every distinct schematic of the cluster, sorted by id. */
export function distinctSchematics(settings: Settings): readonly NamedSchematic[] {
  const byId = new Map<string, NamedSchematic>();
  for (const node of settings.nodes) {
    const schematic = schematicOf(node);
    const id = schematicId(schematic);
    const nodes = [...(byId.get(id)?.nodes ?? []), node.name].sort();
    byId.set(id, { id, schematic, yaml: canonicalYaml(schematic), nodes });
  }
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function items(level: number, values: readonly string[]): string[] {
  return values.map((value) => `${"    ".repeat(level)}- ${canonicalScalar(value)}`);
}
