import { VOLSYNC, volsyncOptions } from "../backup/volumes";
import { defineApp } from "../kit/app";
import { EXTERNAL_S3 } from "../storage/external-s3";
import { PROXMOX_CSI } from "../storage/storage-classes";
import { CHARTS } from "../versions";

/** Copies volumes to the store for backups, encrypted by restic; `platform/provide/volume-backup.ts` says which and how. */
export const volsync = defineApp({
  name: VOLSYNC,
  summary: "Copies volumes to an object store",
  namespace: { name: "volsync-system", podSecurity: "restricted" },
  presence: "chosen",
  needs: [],
  after: [],
  options: volsyncOptions,
  // Its CRDs are under the AGPL, so they are not copied into this repository: the chart brings them, and keeps them.
  chart: { ...CHARTS.volsync, rights: "cluster" },
  values: ({ facts }) => ({
    manageCRDs: true,
    replicaCount: facts.replicas,
    // The chart makes the monitor itself, without credentials.
    metrics: { disableAuth: true },
    resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "512Mi" } },
  }),
  alerts: ({ options }) => [
    {
      alert: "VolumeBackupTooOld",
      expr: 'max by (obj_namespace, obj_name) (volsync_volume_out_of_sync{role="source"}) > 0',
      // Out of sync begins when a copy is due, a day after the last one.
      for: `${Math.max(1, options.maximumAgeHours - 24)}h`,
      severity: "critical",
      summary: "{{ $labels.obj_namespace }}/{{ $labels.obj_name }} has not been copied for too long",
    },
    {
      alert: "VolumeBackupMissed",
      expr: 'increase(volsync_missed_intervals_total{role="source"}[1d]) > 0',
      severity: "warning",
      summary: "{{ $labels.obj_namespace }}/{{ $labels.obj_name }} was not copied in time",
    },
    ...(options.volumes.length === 0
      ? []
      : [
          {
            alert: "VolumeBackupUnknown",
            expr: 'absent(volsync_volume_out_of_sync{role="source"})',
            for: "1h",
            severity: "warning" as const,
            summary: "VolSync does not say whether any volume is copied",
          },
        ]),
  ],
  network: () => ({ from: [{ peer: "prometheus", ports: [8443] }], to: [{ peer: "kube-apiserver" }] }),
  problems({ options, facts, enabled }) {
    if (options.volumes.length === 0) return [];
    // Its driver copies by a call that Proxmox lets root@pam alone make (proxmox-csi-plugin, docs/volumesnapshot.md).
    if (options.copyMethod !== "Direct" && enabled.has(PROXMOX_CSI)) {
      return [
        {
          path: ["copyMethod"],
          message: `${PROXMOX_CSI} cannot ${options.copyMethod === "Clone" ? "clone" : "snapshot"} a volume with the rights that it has`,
          fix: "leave it out, or set it to Direct",
        },
      ];
    }
    if (facts.backupStore === undefined) {
      return [
        {
          path: ["volumes"],
          message: "there is no object store for backups",
          fix: "add external-s3 or rustfs, or list no volumes",
          needs: EXTERNAL_S3,
        },
      ];
    }
    const store = facts.backupStore.app;
    const twice = options.volumes.map(({ app, claim }) => `${app}/${claim}`);
    return options.volumes.flatMap(({ app, claim }, index) => [
      ...(app === store
        ? [
            {
              path: ["volumes", index, "app"],
              message: `${store} cannot be copied into itself`,
              fix: "add external-s3, or take the volume out",
              needs: EXTERNAL_S3,
            },
          ]
        : []),
      ...(twice.indexOf(`${app}/${claim}`) < index
        ? [{ path: ["volumes", index], message: `${claim} of ${app} is listed twice`, fix: "list it once" }]
        : []),
    ]);
  },
});
