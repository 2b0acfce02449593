import type { IContainer, IPodSpec } from "kubernetes-models/v1" with { "resolution-mode": "import" };

/** What a container of our own may do: nothing that it does not need, on a root file system that it cannot write to. */
export const RESTRICTED: NonNullable<IContainer["securityContext"]> = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
};

/** How a pod runs in a restricted namespace: as a user of its image that is not root. */
export function runningAs(user: number): NonNullable<IPodSpec["securityContext"]> {
  return { runAsNonRoot: true, runAsUser: user, runAsGroup: user, seccompProfile: { type: "RuntimeDefault" } };
}

/** The same for a pod with a volume: its files belong to the user's group, by a walk through them only where the root's does not. */
export function owningVolumesAs(user: number): NonNullable<IPodSpec["securityContext"]> {
  return { ...runningAs(user), fsGroup: user, fsGroupChangePolicy: "OnRootMismatch" };
}
