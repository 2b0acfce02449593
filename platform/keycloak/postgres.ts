import type { IStatefulSet } from "kubernetes-models/apps/v1" with { "resolution-mode": "import" };
import type { IEnvVar, IService } from "kubernetes-models/v1" with { "resolution-mode": "import" };
import { owningVolumesAs, RESTRICTED } from "../kit/restricted";
import { dataClaim, retention } from "../kit/volume";
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
        persistentVolumeClaimRetentionPolicy: retention(data),
        template: {
          metadata: { labels: LABELS },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: owningVolumesAs(POSTGRES),
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
                securityContext: RESTRICTED,
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
        volumeClaimTemplates: [dataClaim(databaseSizeGiB, storageClass)],
      },
    }),
  ];
}
