import type { IStatefulSet } from "kubernetes-models/apps/v1" with { "resolution-mode": "import" };
import type { IPersistentVolumeClaimSpec } from "kubernetes-models/v1" with { "resolution-mode": "import" };
import type { DataPolicy } from "./app";

type StatefulSetSpec = NonNullable<IStatefulSet["spec"]>;

/** A volume for one node at a time. @param storageClass undefined: the cluster's default class */
export function claimSpec(sizeGiB: number, storageClass: string | undefined): IPersistentVolumeClaimSpec {
  return {
    accessModes: ["ReadWriteOnce"],
    resources: { requests: { storage: `${sizeGiB}Gi` } },
    ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
  };
}

/** The volume `data` of each pod of a StatefulSet. */
export function dataClaim(sizeGiB: number, storageClass: string | undefined): NonNullable<StatefulSetSpec["volumeClaimTemplates"]>[number] {
  return { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "data" }, spec: claimSpec(sizeGiB, storageClass) };
}

/** What becomes of a StatefulSet's volumes: with `keep` they outlive it. */
export function retention(data: DataPolicy): NonNullable<StatefulSetSpec["persistentVolumeClaimRetentionPolicy"]> {
  return { whenDeleted: data === "delete" ? "Delete" : "Retain", whenScaled: "Retain" };
}
