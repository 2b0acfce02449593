import type { PodSecurity } from "./kit/app";

/** Labels of Pod Security admission: what is enforced is also what is warned about. */
export function podSecurityLabels(level: PodSecurity): Record<string, string> {
  return Object.fromEntries(["enforce", "audit", "warn"].map((mode) => [`pod-security.kubernetes.io/${mode}`, level]));
}
