import { readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * The files that take most of a minute and more, about the longest first. Two run at a time and none is split, so a long one
 * that began late would run alone in the end. Previews have a time limit of their own: they come when the platform is done.
 */
export const LONG: readonly string[] = [
  "platform.test.ts",
  "consumers/consumers.test.ts",
  "policy-pack.test.ts",
  "secrets.test.ts",
  "control-planes.test.ts",
  "gates.test.ts",
  "lifecycle.test.ts",
  "preview.test.ts",
  "destroy.test.ts",
  "proxmox-storage.test.ts",
  "shapes/customized.test.ts",
  "shapes/three-two.test.ts",
  "shapes/bgp.test.ts",
  "shapes/dual-stack.test.ts",
  "shapes/shared-storage.test.ts",
  "strict-validation.test.ts",
  "replaced-machine.test.ts",
];

/** Paths of the end-to-end tests below a folder, in the order in which they best begin: the long ones, then the rest by name. */
export function inOrder(folder: string): readonly string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".test.ts"));
  const place = (file: string): number => (LONG.includes(file) ? LONG.indexOf(file) : LONG.length);
  return files.sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1)).map((file) => join(folder, file));
}
