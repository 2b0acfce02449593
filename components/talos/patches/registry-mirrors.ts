import { typed, type Patch, type PatchDocument } from "./document";

/** Mirrors that are tried, in order, before a registry itself. */
export const registryMirrors: Patch = (_settings, node) =>
  Object.entries(node.registryMirrors)
    .filter(([, endpoints]) => endpoints.length > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, endpoints]) => typed("RegistryMirrorConfig", { name, endpoints: endpoints.map(endpoint) }));

/** A mirror under a path of its own (a proxy project) already names the API version: nothing may be added to it. */
function endpoint(url: string): PatchDocument {
  return /\/v2(\/|$)/.test(new URL(url).pathname) ? { url, overridePath: true } : { url };
}
