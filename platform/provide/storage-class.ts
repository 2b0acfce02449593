import type { DeclaredApp } from "../kit/app";
import type { Provider } from "../kit/provider";
import { PROXMOX_CSI } from "../storage/storage-classes";

/**
 * Whoever keeps a volume waits for the app that brings the classes: a claim that comes first gets no default class from
 * then on, and one that names a class would wait for it past its Kustomization's time.
 */
export const storageClass: Provider = {
  name: "storage classes",
  needs: () => [],
  provide: (app, { enabled, facts }) =>
    enabled.has(PROXMOX_CSI) && app.name !== PROXMOX_CSI && keepsVolumes(app, facts.storageClass) ? { dependsOn: [PROXMOX_CSI] } : {},
};

/** A claim, a template of claims, a database, or the class's name anywhere in what the app makes or gives to its chart. */
function keepsVolumes({ databases, data, objects, configuration, values }: DeclaredApp, className = ""): boolean {
  if (databases.length > 0) return true;
  const text = JSON.stringify([data, objects, configuration, values]);
  return ['"PersistentVolumeClaim"', '"volumeClaimTemplate', JSON.stringify(className)].some(
    (mark) => mark !== '""' && text.includes(mark),
  );
}
