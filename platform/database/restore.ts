import type { PlatformFacts } from "../kit/facts";
import type { DatabaseRequest } from "../kit/requests";
import { toYaml } from "../kit/yaml";
import { databaseCluster } from "./cluster";

/** The file by which a person brings a database back; Flux does not apply it. */
export function restoreFile(
  app: string,
  request: DatabaseRequest,
  namespace: string,
  facts: Pick<PlatformFacts, "storageClass">,
): Readonly<Record<string, string>> {
  const { name } = request;
  const file = `restore/${app}-${name}.yaml`;
  const steps = [
    `Brings the database ${name} of ${app} back out of its backups. Flux never applies this file.`,
    "",
    `1. flux suspend kustomization ${app} ${app}-data`,
    `2. Scale down whatever in ${namespace} uses the database.`,
    `3. kubectl --namespace ${namespace} delete cluster ${name}     (its volumes go with it)`,
    "4. For an earlier moment than the newest, add below spec.bootstrap.recovery:",
    '     recoveryTarget: { targetTime: "2026-01-31 12:00:00+00" }',
    `5. kubectl apply --server-side --field-manager=kustomize-controller --filename ${file}`,
    "   (under Flux' own name, so that Flux can take the recovery out of the object again)",
    `6. kubectl --namespace ${namespace} wait cluster/${name} --for=condition=Ready --timeout=1h`,
    `7. flux resume kustomization ${app}-data ${app}`,
    `8. kubectl cnpg --namespace ${namespace} backup ${name} --method plugin --plugin-name barman-cloud.cloudnative-pg.io`,
    "   (the restored database is on a new timeline: give it a base backup of its own at once)",
  ];
  const text = toYaml(databaseCluster(request, namespace, facts, true, "backup"));
  return { [file]: `${steps.map((line) => `# ${line}`.trimEnd()).join("\n")}\n${text}` };
}
