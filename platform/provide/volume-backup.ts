import {
  replicationSource,
  volsyncSettings,
  VOLSYNC,
  volumeBucket,
  volumeRestoreFile,
  type BackedUpVolume,
  type VolumeOwner,
} from "../backup/volumes";
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
    const placed = options.volumes.flatMap((volume) => ownersOf(volume, platform).map((owner) => ({ volume, owner })));
    return {
      dependsOn: options.volumes.map((volume) => volume.app),
      configuration: placed.map(({ volume, owner }) => replicationSource(volume, owner.namespace, options, storageClass)),
      documents: Object.fromEntries(
        placed.flatMap(({ volume, owner }) => Object.entries(volumeRestoreFile(volume, owner, options, storageClass))),
      ),
    };
  },
};

function volumesOf(app: DeclaredApp, settings: Platform["settings"]): readonly BackedUpVolume[] {
  return (volsyncSettings(settings)?.volumes ?? []).filter((volume) => volume.app === app.name);
}

function ownersOf(volume: BackedUpVolume, { apps }: Platform): readonly VolumeOwner[] {
  return apps
    .filter(({ name }) => name === volume.app)
    .map(({ namespace, chart }) => ({ namespace: namespace.name, hasChart: chart !== undefined }));
}
