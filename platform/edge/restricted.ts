import type { IContainer } from "kubernetes-models/v1" with { "resolution-mode": "import" };

/** What a container of the edge may do, in a restricted namespace: nothing that it does not need. */
export const RESTRICTED: NonNullable<IContainer["securityContext"]> = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: 65532,
  runAsGroup: 65532,
};

/** The same for a pod. */
export const RESTRICTED_POD = {
  runAsNonRoot: true,
  runAsUser: 65532,
  runAsGroup: 65532,
  seccompProfile: { type: "RuntimeDefault" },
} as const;
