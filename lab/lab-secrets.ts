import { randomBytes, randomUUID } from "node:crypto";
import { ageIdentity } from "../components/secrets/age-identity";

/**
 * A secret of the lab's own, of the form that the real one has. `path` is its Pulumi config path below `hearth:`.
 * The lab never uses a secret of a real stack: it has no key to open it, and should not have one.
 */
export function labSecret(path: string): string {
  if (path.startsWith("proxmox.")) return `root@pam!hearth=${randomUUID()}`;
  if (path === "secrets.sops-age") return ageIdentity(randomBytes(32));
  return randomBytes(30).toString("base64url");
}
