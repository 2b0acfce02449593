/** Keycloak itself, from Maven's central repository by Maven, kept outside the checkout. */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../../lab/toolchain/cache";
import { IMAGES } from "../../platform/versions";

/** The version that the tree runs. */
const KEYCLOAK_VERSION = IMAGES.keycloak.split(":")[1] ?? "";

/** Digest of the distribution of each version that was looked at. */
const SHA256: Readonly<Record<string, string>> = {
  "26.5.1": "56f3e4f47e17331ea4add9b28cb6ef1a7a4854a7245e0ecfa530acba78b04168",
};

/** Why the test cannot run here; undefined when it can. */
export function whyNot(): string | undefined {
  const java = javaVersion();
  if (java === undefined || java < 17) return `Java 17 or newer is needed, ${java === undefined ? "none" : `Java ${java}`} is there`;
  if (existsSync(zipPath())) return undefined;
  return spawnSync("mvn", ["--version"]).status === 0 ? undefined : "Maven is needed for the first download, and is not there";
}

function javaVersion(): number | undefined {
  const answer = spawnSync("java", ["-version"], { encoding: "utf8" });
  const major = /version "(\d+)/.exec(answer.stderr ?? "")?.[1];
  return major === undefined ? undefined : Number(major);
}

function zipPath(): string {
  return join(cacheFolder(), `keycloak-${KEYCLOAK_VERSION}`, `keycloak-quarkus-dist-${KEYCLOAK_VERSION}.zip`);
}

/** A fresh copy of the distribution, which the caller removes: a start writes into it. */
export function unpack(): string {
  const zip = zipPath();
  if (!existsSync(zip)) download(zip);
  const sum = createHash("sha256").update(readFileSync(zip)).digest("hex");
  if (sum !== SHA256[KEYCLOAK_VERSION]) {
    rmSync(zip);
    throw new Error(`the distribution of Keycloak ${KEYCLOAK_VERSION} has the digest ${sum}, which is not the one on record`);
  }
  const folder = mkdtempSync(join(tmpdir(), "hearth-keycloak-"));
  execFileSync("unzip", ["-q", zip, "-d", folder]);
  return join(folder, `keycloak-${KEYCLOAK_VERSION}`);
}

function download(zip: string): void {
  mkdirSync(cacheFolder(), { recursive: true });
  const scratch = mkdtempSync(join(cacheFolder(), `tmp-${process.pid}-keycloak-`));
  const artifact = `org.keycloak:keycloak-quarkus-dist:${KEYCLOAK_VERSION}:zip`;
  const args = ["-B", "-q", "dependency:get", "-Dtransitive=false", `-Dartifact=${artifact}`];
  execFileSync("mvn", [...args, `-Dmaven.repo.local=${scratch}/repository`], { cwd: scratch, stdio: ["ignore", "ignore", "inherit"] });
  const name = `keycloak-quarkus-dist-${KEYCLOAK_VERSION}.zip`;
  mkdirSync(join(zip, ".."), { recursive: true });
  renameSync(join(scratch, "repository/org/keycloak/keycloak-quarkus-dist", KEYCLOAK_VERSION, name), zip);
  rmSync(scratch, { recursive: true });
}
