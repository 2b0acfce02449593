import { z } from "zod";
import { owningVolumesAs } from "../kit/restricted";
import type { Settings } from "../../config/settings";
import { bucketIn, type PlatformFacts } from "../kit/facts";
import type { KubeObject } from "../kit/objects";
import type { BucketRequest } from "../kit/requests";
import { toYaml } from "../kit/yaml";

/** App that copies volumes. */
export const VOLSYNC = "volsync";

/** Five fields, in the shapes that VolSync's CRD takes. */
const SCHEDULE = /^(\d+(,\d+)*|\d+[/-]\d+|\*(\/\d+)?)( (\d+(,\d+)*|\d+[/-]\d+|\*(\/\d+)?)){4}$/;

const NAME = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be a DNS label");

/** One volume to copy. */
export const volumeOptions = z.strictObject({
  /** App that the volume belongs to. */
  app: NAME.describe("App that the volume belongs to."),
  /** Name of the PersistentVolumeClaim, in the app's namespace. */
  claim: NAME.describe("Name of the PersistentVolumeClaim, in the app's namespace."),
  /** Numeric user and group that own the files. */
  user: z.int().min(1).default(1000).describe("Numeric user and group that own the files."),
});

export type BackedUpVolume = z.output<typeof volumeOptions>;

/** Options of VolSync. */
export const volsyncOptions = z.strictObject({
  /** Volumes to copy. */
  volumes: z.array(volumeOptions).default([]).describe("Volumes to copy."),
  /** When volumes are copied: minutes, hours, day of month, month, day of week, in UTC. */
  schedule: z
    .string()
    .regex(SCHEDULE, "must have five fields, each a number, a list, a range, * or */n")
    .default("15 3 * * *")
    .describe("When volumes are copied: minutes, hours, day of month, month, day of week, in UTC."),
  /** `Direct` copies the volume in use, on its pod's node; `Clone` and `Snapshot` copy a moment, where the storage can. */
  copyMethod: z
    .enum(["Clone", "Snapshot", "Direct"])
    .default("Direct")
    .describe("Direct copies the volume in use, on its pod's node; Clone and Snapshot copy a moment, where the storage can."),
  /** Daily copies that are kept. */
  keepDaily: z.int().min(1).max(365).default(7).describe("Daily copies that are kept."),
  /** Weekly copies that are kept. */
  keepWeekly: z.int().min(0).max(104).default(4).describe("Weekly copies that are kept."),
  /** Monthly copies that are kept. */
  keepMonthly: z.int().min(0).max(120).default(3).describe("Monthly copies that are kept."),
  /** Days between two rounds of deleting what is no longer kept. */
  pruneDays: z.int().min(1).max(90).default(7).describe("Days between two rounds of deleting what is no longer kept."),
  /** GiB of the volume that holds restic's cache, for each volume that is copied. */
  cacheGiB: z.int().min(1).max(100).default(1).describe("GiB of the volume that holds restic's cache, for each volume that is copied."),
  /** Hours after which a volume that could not be copied is reported. */
  maximumAgeHours: z.int().min(1).max(720).default(30).describe("Hours after which a volume that could not be copied is reported."),
});

export type VolsyncOptions = z.output<typeof volsyncOptions>;

/** What the settings say of volumes; undefined while VolSync is off. @throws ZodError when its options are wrong */
export function volsyncSettings(settings: Pick<Settings, "platform">): VolsyncOptions | undefined {
  return Object.hasOwn(settings.platform, VOLSYNC) ? volsyncOptions.parse(settings.platform[VOLSYNC] ?? {}) : undefined;
}

/** Name of the objects and the Secret of one volume, in its namespace. */
function volumeObjectName({ claim }: Pick<BackedUpVolume, "claim">): string {
  return `volsync-${claim}`;
}

/** A bucket for one volume; its Secret holds all that restic wants to know, the password of its encryption included. */
export function volumeBucket(volume: BackedUpVolume, facts: Pick<Required<PlatformFacts>, "backupStore">): BucketRequest {
  const name = `volsync-${volume.app}-${volume.claim}`;
  const repository = `s3:${facts.backupStore.url}/${bucketIn(facts.backupStore, name)}/restic`;
  return {
    name,
    purpose: "backup",
    secret: volumeObjectName(volume),
    also: {
      AWS_DEFAULT_REGION: { from: "plain", value: facts.backupStore.region },
      RESTIC_REPOSITORY: { from: "plain", value: repository },
      // The settings' own text survives a lost state: without it no copy can be read.
      RESTIC_PASSWORD: {
        from: "config",
        secret: "restic-password",
        otherwise: { from: "generated", length: 40, alphabet: "alphanumeric" },
      },
    },
  };
}

/** The copying of one volume. */
export function replicationSource(volume: BackedUpVolume, namespace: string, options: VolsyncOptions, storageClass?: string): KubeObject {
  const { keepDaily: daily, keepWeekly: weekly, keepMonthly: monthly } = options;
  return {
    apiVersion: "volsync.backube/v1alpha1",
    kind: "ReplicationSource",
    metadata: { name: volumeObjectName(volume), namespace },
    spec: {
      sourcePVC: volume.claim,
      trigger: { schedule: options.schedule },
      restic: {
        repository: volumeObjectName(volume),
        copyMethod: options.copyMethod,
        pruneIntervalDays: options.pruneDays,
        retain: { daily, ...(weekly === 0 ? {} : { weekly }), ...(monthly === 0 ? {} : { monthly }) },
        ...mover(volume, options, storageClass),
      },
    },
  };
}

/** Where a volume is, and what puts its workload back when somebody scales it down. */
export interface VolumeOwner {
  readonly namespace: string;
  /** Whether the workload is a chart's: its release mends drift by itself. */
  readonly hasChart: boolean;
}

/** The file by which a person brings a volume back; Flux does not apply it. */
export function volumeRestoreFile(
  volume: BackedUpVolume,
  { namespace, hasChart }: VolumeOwner,
  options: VolsyncOptions,
  storageClass?: string,
): Readonly<Record<string, string>> {
  const file = `restore/${volume.app}-${volume.claim}.yaml`;
  const name = volumeObjectName(volume);
  const kubectl = `kubectl --namespace ${namespace}`;
  const paused = (yes: boolean): string => `${kubectl} patch replicationsource ${name} --type merge --patch '{"spec":{"paused":${yes}}}'`;
  const release = (verb: "suspend" | "resume"): readonly string[] =>
    hasChart ? [`   flux ${verb} helmrelease --namespace ${namespace} ${volume.app}`] : [];
  const steps = [
    `Brings the volume ${volume.claim} of ${volume.app} back out of its copies. Flux never applies this file.`,
    "",
    `1. flux suspend kustomization ${volume.app} ${VOLSYNC}-config`,
    ...release("suspend"),
    `2. Scale down whatever in ${namespace} uses the volume.`,
    `3. ${paused(true)}`,
    "4. For an earlier copy than the newest, add below spec.restic:  restoreAsOf: 2026-01-31T12:00:00Z",
    `5. kubectl apply --filename ${file}     (the claim must exist: it is filled in place)`,
    `6. ${kubectl} wait replicationdestination/${name} --for=jsonpath='{.status.lastManualSync}'=restore --timeout=6h`,
    `7. kubectl delete --filename ${file}`,
    `   ${paused(false)}`,
    `8. flux resume kustomization ${volume.app} ${VOLSYNC}-config`,
    ...release("resume"),
    "   Scale up again what Flux does not.",
  ];
  const text = toYaml({
    apiVersion: "volsync.backube/v1alpha1",
    kind: "ReplicationDestination",
    metadata: { name, namespace },
    spec: {
      trigger: { manual: "restore" },
      restic: {
        repository: name,
        destinationPVC: volume.claim,
        copyMethod: "Direct",
        enableFileDeletion: true,
        ...mover(volume, options, storageClass),
      },
    },
  });
  return { [file]: `${steps.map((line) => `# ${line}`.trimEnd()).join("\n")}\n${text}` };
}

/** How the pod that copies runs: as the owner of the files, so that it needs no privilege and fits a restricted namespace. */
function mover(
  { user }: BackedUpVolume,
  { cacheGiB }: VolsyncOptions,
  storageClass: string | undefined,
): Readonly<Record<string, unknown>> {
  return {
    cacheCapacity: `${cacheGiB}Gi`,
    ...(storageClass === undefined ? {} : { cacheStorageClassName: storageClass }),
    moverSecurityContext: owningVolumesAs(user),
    moverResources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "1Gi" } },
  };
}
