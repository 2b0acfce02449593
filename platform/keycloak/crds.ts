import type { ICustomResourceDefinition } from "kubernetes-models/apiextensions.k8s.io/v1" with { "resolution-mode": "import" };
import { KEEP, type KubeObject } from "../kit/objects";
import { typed } from "../kit/typed";

/** Name of the kind that the platform makes. */
export const KEYCLOAK_API = { group: "k8s.keycloak.org", version: "v2alpha1" } as const;

/**
 * Definitions of the operator's kinds. No package registry has the project's own, so these are ours: names, version and
 * subresources are the operator's, the schema is open, so that no field is dropped and none is checked. The fields that
 * we set are those of the operator's classes (keycloak/keycloak, operator/src/main/java/.../crds/v2alpha1).
 */
export function keycloakCrds(): readonly KubeObject[] {
  return [
    crd({ kind: "Keycloak", plural: "keycloaks", shortNames: ["kc"] }, { scale: SCALE }),
    // Nobody makes one; without it the operator's controller for it does not start.
    crd({ kind: "KeycloakRealmImport", plural: "keycloakrealmimports", shortNames: [] }, {}),
  ];
}

interface Names {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: string[];
}

const SCALE = { specReplicasPath: ".spec.instances", statusReplicasPath: ".status.instances", labelSelectorPath: ".status.selector" };

function crd({ kind, plural, shortNames }: Names, subresources: { readonly scale?: typeof SCALE }): KubeObject {
  const open = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const status = {
    ...open,
    properties: { instances: { type: "integer" }, selector: { type: "string" } },
  };
  return typed<ICustomResourceDefinition>({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${KEYCLOAK_API.group}`, annotations: KEEP },
    spec: {
      group: KEYCLOAK_API.group,
      names: { kind, plural, singular: kind.toLowerCase(), shortNames },
      scope: "Namespaced",
      versions: [
        {
          name: KEYCLOAK_API.version,
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: "object",
              properties: { spec: { ...open, properties: { instances: { type: "integer" } } }, status },
            },
          },
          subresources: { status: {}, ...subresources },
        },
      ],
    },
  });
}
