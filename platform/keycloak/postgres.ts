import type { IStatefulSet } from "kubernetes-models/apps/v1" with { "resolution-mode": "import" };
import type { IEnvVar, IService } from "kubernetes-models/v1" with { "resolution-mode": "import" };
import type { KubeObject } from "../kit/objects";
import { typed } from "../kit/typed";
import { IMAGES } from "../versions";
import { DATABASE_SECRET } from "./names";
import type { KeycloakOptions } from "./options";
import { DATABASE } from "./server";

const LABELS = { "app.kubernetes.io/name": DATABASE };

/** Uid and gid of `postgres` in the image. */
const POSTGRES = 999;

/** One PostgreSQL pod with one volume, for those who do not want an operator for it. */
export function embeddedPostgres({ databaseSizeGiB, data }: KeycloakOptions, storageClass: string | undefined): readonly KubeObject[] {
  const secret = (name: string, key: string): IEnvVar => ({ name, valueFrom: { secretKeyRef: { name: DATABASE_SECRET, key } } });
  const ready = { exec: { command: ["pg_isready", "--username=keycloak", "--dbname=keycloak"] } };
  return [
    typed<IService>({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: DATABASE, labels: LABELS },
      spec: { clusterIP: "None", selector: LABELS, ports: [{ name: "postgres", port: 5432, targetPort: "postgres" }] },
    }),
    typed<IStatefulSet>({
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: DATABASE, labels: LABELS },
      spec: {
        serviceName: DATABASE,
        replicas: 1,
        selector: { matchLabels: LABELS },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: data === "delete" ? "Delete" : "Retain", whenScaled: "Retain" },
        template: {
          metadata: { labels: LABELS },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: {
              runAsNonRoot: true,
              runAsUser: POSTGRES,
              runAsGroup: POSTGRES,
              fsGroup: POSTGRES,
              fsGroupChangePolicy: "OnRootMismatch",
              seccompProfile: { type: "RuntimeDefault" },
            },
            containers: [
              {
                name: "postgres",
                image: IMAGES.postgres,
                env: [
                  { name: "POSTGRES_DB", value: "keycloak" },
                  secret("POSTGRES_USER", "username"),
                  secret("POSTGRES_PASSWORD", "password"),
                  // A volume's root may hold `lost+found`, in which initdb does not work.
                  { name: "PGDATA", value: "/var/lib/postgresql/data/pgdata" },
                ],
                ports: [{ name: "postgres", containerPort: 5432 }],
                startupProbe: { ...ready, failureThreshold: 60 },
                readinessProbe: ready,
                livenessProbe: { ...ready, failureThreshold: 6 },
                resources: { requests: { cpu: "50m", memory: "256Mi" }, limits: { memory: "512Mi" } },
                securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true },
                volumeMounts: [
                  { name: "data", mountPath: "/var/lib/postgresql/data" },
                  { name: "run", mountPath: "/var/run/postgresql" },
                  { name: "tmp", mountPath: "/tmp" },
                ],
              },
            ],
            volumes: [
              { name: "run", emptyDir: {} },
              { name: "tmp", emptyDir: {} },
            ],
          },
        },
        volumeClaimTemplates: [
          {
            apiVersion: "v1",
            kind: "PersistentVolumeClaim",
            metadata: { name: "data" },
            spec: {
              accessModes: ["ReadWriteOnce"],
              ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
              resources: { requests: { storage: `${databaseSizeGiB}Gi` } },
            },
          },
        ],
      },
    }),
  ];
}
