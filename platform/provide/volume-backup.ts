import { replicationSource, volsyncSettings, VOLSYNC, volumeBucket, volumeRestoreFile, type BackedUpVolume } from "../backup/volumes";
import type { DeclaredApp } from "../kit/app";
import type { Platform, Provider } from "../kit/provider";

/**
 * Copies of volumes: each app whose volume VolSync's options name gets a bucket and its Secret, and VolSync copies once
 * the app is there. The pods that copy run in the app's namespace.
 */
export const volumeBackups: Provider = {
  name: "copies of volumes",
  needs: (app, { settings }) =>
    app.name === VOLSYNC
      ? (volsyncSettings(settings)?.volumes ?? []).map((volume) => ({ oneOf: [volume.app], what: `copies a volume of ${volume.app}` }))
      : [],
  derive: (app, { settings, facts: { backupStore } }) =>
    backupStore === undefined ? {} : { buckets: volumesOf(app, settings).map((volume) => volumeBucket(volume, { backupStore })) },
  provide(app, platform) {
    const options = app.name === VOLSYNC ? volsyncSettings(platform.settings) : undefined;
    if (options === undefined) return {};
    const { storageClass } = platform.facts;
    const placed = options.volumes.flatMap((volume) => namespacesOf(volume, platform).map((namespace) => ({ volume, namespace })));
    return {
      dependsOn: options.volumes.map((volume) => volume.app),
      configuration: placed.map(({ volume, namespace }) => replicationSource(volume, namespace, options, storageClass)),
      documents: Object.fromEntries(
        placed.flatMap(({ volume, namespace }) => Object.entries(volumeRestoreFile(volume, namespace, options, storageClass))),
      ),
    };
  },
};

function volumesOf(app: DeclaredApp, settings: Platform["settings"]): readonly BackedUpVolume[] {
  return (volsyncSettings(settings)?.volumes ?? []).filter((volume) => volume.app === app.name);
}

function namespacesOf(volume: BackedUpVolume, { apps }: Platform): readonly string[] {
  return apps.filter(({ name }) => name === volume.app).map(({ namespace }) => namespace.name);
}
