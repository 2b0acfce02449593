import type { ExtensionSettings } from "../../../config/settings";
import { typed, type Patch, type PatchDocument } from "./document";

/** Configuration of the services that extensions bring; an extension without any gets no document, which Talos would refuse. */
export const extensions: Patch = (_settings, node) =>
  node.extensions.filter(({ files, environment }) => Object.keys(files).length > 0 || environment.length > 0).map(serviceConfig);

function serviceConfig({ name, files, environment }: ExtensionSettings): PatchDocument {
  const configFiles = Object.entries(files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([mountPath, content]) => ({ mountPath, content }));
  return typed("ExtensionServiceConfig", {
    name: serviceName(name),
    ...(configFiles.length > 0 && { configFiles }),
    ...(environment.length > 0 && { environment: [...environment] }),
  });
}

/** The service is called as the extension, without its vendor. */
function serviceName(extension: string): string {
  return extension.split("/").at(-1) ?? extension;
}
