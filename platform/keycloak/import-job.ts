import type { IJob } from "kubernetes-models/batch/v1" with { "resolution-mode": "import" };
import type { IConfigMap, IEnvVar, IPodSpec } from "kubernetes-models/v1" with { "resolution-mode": "import" };
import { RESTRICTED, runningAs } from "../kit/restricted";
import { jobSuffix, UNTIL_DONE } from "../kit/job";
import type { KubeObject } from "../kit/objects";
import { typed } from "../kit/typed";
import { canonicalJson } from "../kit/yaml";
import { IMAGES } from "../versions";
import { IMPORTER_SECRET, KEYCLOAK_NAMESPACE, KEYCLOAK_URL } from "./names";

/** A key of a Secret in Keycloak's namespace. */
export interface SecretKey {
  readonly secret: string;
  readonly key: string;
}

/** Something that is imported into Keycloak. */
export interface Import {
  /** DNS label: names the Job. */
  readonly name: string;
  /** What Keycloak shall hold, as its admin API writes it. */
  readonly content: unknown;
  /** Variables of the content. */
  readonly variables: Readonly<Record<string, SecretKey>>;
}

/** Everything that keycloak-config-cli would delete when it is not in the file: the tree owns what it names, nothing else. */
const MANAGED = ["GROUP", "REQUIREDACTION", "CLIENTSCOPE", "SCOPEMAPPING", "CLIENTSCOPEMAPPING", "COMPONENT", "SUBCOMPONENT"]
  .concat(["AUTHENTICATIONFLOW", "IDENTITYPROVIDER", "IDENTITYPROVIDERMAPPER", "ROLE", "CLIENT", "CLIENTAUTHORIZATIONRESOURCES"])
  .concat(["CLIENTAUTHORIZATIONPOLICIES", "CLIENTAUTHORIZATIONSCOPES", "MESSAGEBUNDLES", "WORKFLOW"]);

/** How the importer works, whatever it imports: its settings as environment (src/main/resources/application.properties of its 6.5.0). */
export const IMPORTER_SETTINGS: Readonly<Record<string, string>> = {
  KEYCLOAK_AVAILABILITYCHECK_ENABLED: "true",
  KEYCLOAK_AVAILABILITYCHECK_TIMEOUT: "120s",
  KEYCLOAK_GRANTTYPE: "client_credentials",
  KEYCLOAK_LOGINREALM: "master",
  IMPORT_VARSUBSTITUTION_ENABLED: "true",
  // Once in the file is enough: a value is never read as a variable again.
  IMPORT_VARSUBSTITUTION_NESTED: "false",
  IMPORT_VARSUBSTITUTION_UNDEFINEDISERROR: "true",
  // A Job that is made again mends what was changed by hand.
  IMPORT_CACHE_ENABLED: "false",
  // It records what may be deleted later; nothing may.
  IMPORT_REMOTESTATE_ENABLED: "false",
  ...Object.fromEntries(MANAGED.map((kind) => [`IMPORT_MANAGED_${kind}`, "no-delete"])),
};

const LABELS = { "app.kubernetes.io/name": "keycloak-import" };
const FILE = "import.json";

/**
 * A Job that brings the content into Keycloak, and its file. Both are named for what they do, so that a change makes a
 * new Job; the one before is pruned.
 */
export function importJob(wanted: Import): readonly KubeObject[] {
  const text = canonicalJson(wanted.content);
  const pod = podSpec(wanted.variables);
  const name = `${wanted.name}-${jobSuffix([text, pod])}`;
  const metadata = { name, namespace: KEYCLOAK_NAMESPACE, labels: LABELS };
  return [
    typed<IConfigMap>({ apiVersion: "v1", kind: "ConfigMap", metadata, immutable: true, data: { [FILE]: text } }),
    typed<IJob>({
      apiVersion: "batch/v1",
      kind: "Job",
      metadata,
      spec: {
        backoffLimit: UNTIL_DONE,
        template: {
          metadata: { labels: LABELS },
          spec: {
            ...pod,
            volumes: [
              { name: "config", configMap: { name } },
              { name: "tmp", emptyDir: {} },
            ],
          },
        },
      },
    }),
  ];
}

function podSpec(variables: Import["variables"]): IPodSpec {
  const fromSecret = ([name, { secret, key }]: readonly [string, SecretKey]): IEnvVar => ({
    name,
    valueFrom: { secretKeyRef: { name: secret, key } },
  });
  return {
    restartPolicy: "OnFailure",
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: runningAs(65534),
    containers: [
      {
        name: "import",
        image: IMAGES.keycloakConfigCli,
        env: [
          { name: "KEYCLOAK_URL", value: KEYCLOAK_URL },
          { name: "IMPORT_FILES_LOCATIONS", value: `/config/${FILE}` },
          { name: "JAVA_OPTS", value: "-XX:MaxRAMPercentage=70" },
          ...Object.entries(IMPORTER_SETTINGS).map(([name, value]) => ({ name, value })),
          ...(
            [
              ["KEYCLOAK_CLIENTID", { secret: IMPORTER_SECRET, key: "client-id" }],
              ["KEYCLOAK_CLIENTSECRET", { secret: IMPORTER_SECRET, key: "client-secret" }],
              ...Object.entries(variables),
            ] as const
          ).map(fromSecret),
        ],
        resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
        securityContext: RESTRICTED,
        volumeMounts: [
          { name: "config", mountPath: "/config", readOnly: true },
          { name: "tmp", mountPath: "/tmp" },
        ],
      },
    ],
  };
}
