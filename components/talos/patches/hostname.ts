import { typed, type Patch } from "./document";

/** The node's name, as a document: from contract v1.12 on the generated config has this document, and clashes with the old field. */
export const hostname: Patch = (_settings, node) => [typed("HostnameConfig", { auto: "off", hostname: node.name })];
