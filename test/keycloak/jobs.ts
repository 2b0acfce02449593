import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Settings } from "../../config/settings";
import type { KubeObject } from "../../platform/kit/objects";
import { planPlatform } from "../../platform/plan";
import { Admin } from "./admin";
import { importByApi } from "./api-importer";
import { IMPORTER } from "./server";

/** Path to keycloak-config-cli's jar, for whoever has it: then the Jobs' own importer runs. */
export const IMPORTER_JAR = process.env["HEARTH_KEYCLOAK_CONFIG_CLI"];

interface Env {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

/** A Job of the rendered tree that imports something. */
export interface ImportJob {
  readonly name: string;
  /** Content of its file. */
  readonly text: string;
  readonly env: readonly Env[];
}

/** Every import of a tree, in the order in which Flux lets them run: the realm, then the clients. */
export function importJobs(settings: Settings): readonly ImportJob[] {
  const objects = planPlatform(settings).flatMap(({ stages }) => stages.flatMap((stage) => stage.objects));
  const file = (name: string): string => {
    const map = objects.find((object) => object.kind === "ConfigMap" && object.metadata.name === name);
    return (map?.["data"] as Record<string, string> | undefined)?.["import.json"] ?? "";
  };
  const jobs = objects.filter(({ kind, metadata }) => kind === "Job" && metadata.labels?.["app.kubernetes.io/name"] === "keycloak-import");
  const realmFirst = (job: KubeObject): number => (job.metadata.name.startsWith("keycloak-realm-") ? 0 : 1);
  return [...jobs]
    .sort((a, b) => realmFirst(a) - realmFirst(b))
    .map((job) => {
      const spec = job["spec"] as { template: { spec: { containers: readonly [{ env: readonly Env[] }] } } };
      return { name: job.metadata.name, text: file(job.metadata.name), env: spec.template.spec.containers[0].env };
    });
}

/** What the test puts into a Secret: a text of its own for each key. */
export function secretText(secret: string, key: string): string {
  return Buffer.from(`${secret}/${key}`).toString("hex");
}

/** Does what the Job's pod would do, against a Keycloak that runs here. */
export async function runJob(job: ImportJob, url: string, clientSecret: string = IMPORTER.secret): Promise<void> {
  const env = Object.fromEntries(
    job.env.map(({ name, value, valueFrom: from }) => [
      name,
      value ?? (from === undefined ? "" : secretText(from.secretKeyRef.name, from.secretKeyRef.key)),
    ]),
  );
  const here = { ...env, KEYCLOAK_URL: url, KEYCLOAK_CLIENTID: IMPORTER.id, KEYCLOAK_CLIENTSECRET: clientSecret };
  if (IMPORTER_JAR === undefined) await importByApi(new Admin(url, clientSecret), substituted(job.text, env));
  else await runJar(IMPORTER_JAR, job.text, here);
}

/** Variables replaced as the importer replaces them: in the text, before anybody reads it as JSON. */
function substituted(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\(env:([A-Z_]+)\)/g, (_whole, name: string) => {
    const value = env[name];
    if (value === undefined) throw new Error(`the variable ${name} is not set`);
    return value;
  });
}

async function runJar(jar: string, text: string, env: Readonly<Record<string, string>>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "hearth-import-"));
  const file = join(folder, "import.json");
  writeFileSync(file, text);
  const child = spawn("java", ["-XX:TieredStopAtLevel=1", "-jar", jar], {
    env: { PATH: process.env["PATH"], ...env, IMPORT_FILES_LOCATIONS: file },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const code = await new Promise<number | null>((done) => child.once("close", done));
  rmSync(folder, { recursive: true });
  if (code !== 0) throw new Error(`the importer ended with ${code}:\n${log.slice(0, 3000)}`);
}
