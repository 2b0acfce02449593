/** Rules about what names what. */
import { isRecord } from "../../../config/path";
import { crds } from "../../../platform/apps/crds";
import { BUILT_IN_NAMESPACES } from "../../../platform/names";
import { at, crdsOf, groupOf, listAt, nameOf, objectsOf, podSpecs, records, type TreeFacts } from "./facts";
import type { TreeRule } from "./rule";
import type { KubeObject } from "../../../platform/kit/objects";

const dependencies: TreeRule = {
  id: "dependencies",
  says: "whatever a Kustomization depends on is there, without a circle",
  violations: (facts) => {
    const stages = new Map(facts.stages.map((stage) => [stage.name, stage.dependsOn]));
    const missing = facts.stages.flatMap(({ name, dependsOn }) =>
      dependsOn.filter((other) => !stages.has(other)).map((other) => `${name} depends on ${other}, which is not there`),
    );
    return [...missing, ...[...stages.keys()].filter((name) => reaches(name, name, stages)).map((name) => `${name} waits for itself`)];
  },
};

function reaches(from: string, to: string, stages: ReadonlyMap<string, readonly string[]>): boolean {
  const seen = new Set<string>();
  const visit = (name: string): boolean =>
    (stages.get(name) ?? []).some((next) => next === to || (!seen.has(next) && seen.add(next) !== undefined && visit(next)));
  return visit(from);
}

const crdBeforeCr: TreeRule = {
  id: "crd-before-cr",
  says: "an object of a kind that a CRD of the tree defines comes in a stage that waits for the stage with the CRD, and none of a kind whose shared CRD is left out",
  violations: (facts) => {
    const stages = new Map(facts.stages.map((stage) => [stage.name, stage.dependsOn]));
    const shared = new Set(crds.vendored.flatMap(({ folder }) => crdsOf(folder)));
    const homes = new Map(facts.stages.flatMap((stage) => stage.crds.map((kind) => [kind, stage.name] as const)));
    return objectsOf(facts).flatMap(({ stage, object }) => {
      const kind = `${groupOf(object)}/${object.kind}`;
      const home = homes.get(kind);
      if (home === undefined && shared.has(kind)) return [`${stage.name}: ${object.kind} ${nameOf(object)} without its CRD`];
      return home === undefined || reaches(stage.name, home, stages)
        ? []
        : [`${stage.name}: ${object.kind} ${nameOf(object)} before ${home}`];
    });
  },
};

const oneOwner: TreeRule = {
  id: "one-owner",
  says: "nothing is in the tree twice: no object, and no release of one name",
  violations: (facts) => {
    const owners = new Map<string, string[]>();
    for (const { stage, object } of objectsOf(facts)) {
      const key = `${groupOf(object)}/${object.kind} ${nameOf(object)}`;
      owners.set(key, [...(owners.get(key) ?? []), stage.name]);
    }
    return [...owners].filter(([, names]) => names.length > 1).map(([key, names]) => `${key}: ${names.join(", ")}`);
  },
};

const namespaces: TreeRule = {
  id: "namespaces",
  says: "every object is in a namespace that is made, and the tree makes none",
  violations: (facts) => {
    const made = new Set([...BUILT_IN_NAMESPACES, ...facts.namespaces.map(({ name }) => name)]);
    return objectsOf(facts).flatMap(({ object }) =>
      object.kind === "Namespace"
        ? [`Namespace ${object.metadata.name} is in the tree`]
        : object.metadata.namespace === undefined || made.has(object.metadata.namespace)
          ? []
          : [`${object.kind} ${nameOf(object)}`],
    );
  },
};

/** Secrets that something in the cluster makes: `namespace/name`, by the kind that asks for them. */
function madeInCluster(facts: TreeFacts): ReadonlySet<string> {
  return new Set(
    objectsOf(facts).flatMap(({ object }) => {
      const namespace = object.metadata.namespace ?? "";
      switch (object.kind) {
        case "Certificate":
          return [`${namespace}/${String(at(object, "spec", "secretName"))}`];
        case "ClusterIssuer":
          return [`cert-manager/${String(at(object, "spec", "acme", "privateKeySecretRef", "name"))}`];
        case "ServiceAccount":
          return groupOf(object) === "talos.dev" ? [`${namespace}/${object.metadata.name}`] : [];
        default:
          return [];
      }
    }),
  );
}

/** Fields that name a Secret beside the object, by the key they stand under. */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  "secretRef",
  "secretKeyRef",
  "certSecretRef",
  "pullSecret",
  "clientSecret",
  "apiTokenSecretRef",
  "existingSecret",
  "passwordSecret",
  "accessKeyId",
  "secretAccessKey",
  "authSecretRef",
  "authorization",
  "usernameSecret",
  "adminCredentials",
]);

/** `namespace/name` of every Secret that an object refers to, so far as its shape tells. */
function secretReferences(object: KubeObject): readonly string[] {
  const namespace = object.metadata.namespace ?? (object.kind === "ClusterIssuer" ? "cert-manager" : "kube-system");
  return [...records(object)].flatMap(({ record, path }) => {
    const key = path.at(-1) ?? "";
    const inside = isRecord(record["secret"]) && record["secret"]["optional"] !== true ? record["secret"] : {};
    const volume = path.at(-2) === "volumes" ? [inside["secretName"] ?? inside["name"]] : [];
    const projected = path.at(-2) === "sources" ? [inside["name"]] : [];
    const valuesFrom = path.at(-2) === "valuesFrom" && record["kind"] === "Secret" ? [record["name"]] : [];
    const named = SECRET_FIELDS.has(key) && record["optional"] !== true ? [record["name"]] : [];
    const where = typeof record["namespace"] === "string" && SECRET_FIELDS.has(key) ? record["namespace"] : namespace;
    return [...volume, ...projected, ...valuesFrom, ...named, record["authSecretRef"]].flatMap((name) =>
      typeof name === "string" ? [`${where}/${name}`] : [],
    );
  });
}

const secretsSeeded: TreeRule = {
  id: "secrets-seeded",
  says: "every Secret that an object names is seeded or made by an object of the tree, and the tree holds none",
  violations: (facts) => {
    const there = new Set([...facts.secrets.map(({ namespace, name }) => `${namespace}/${name}`), ...madeInCluster(facts)]);
    return objectsOf(facts).flatMap(({ object }) => [
      ...(object.kind === "Secret" ? [`Secret ${nameOf(object)} is in the tree`] : []),
      ...secretReferences(object)
        .filter((reference) => !there.has(reference))
        .map((reference) => `${object.kind} ${nameOf(object)} names ${reference}`),
    ]);
  },
};

const storageClasses: TreeRule = {
  id: "storage-classes",
  says: "every storage class that is named exists",
  violations: (facts) => {
    const made = new Set(
      objectsOf(facts)
        .filter(({ object }) => object.kind === "StorageClass")
        .map(({ object }) => object.metadata.name),
    );
    const inCharts = objectsOf(facts).flatMap(({ object }) =>
      object.kind === "HelmRelease" ? listAt(object, "spec", "values", "storageClass").map((each) => String(at(each, "name"))) : [],
    );
    return objectsOf(facts).flatMap(({ object }) =>
      [...records(object)]
        .flatMap(({ record }) =>
          ["storageClassName", "storageClass"].flatMap((key) => (typeof record[key] === "string" ? [record[key]] : [])),
        )
        .filter((name) => name !== "" && !made.has(name) && !inCharts.includes(name))
        .map((name) => `${object.kind} ${nameOf(object)} names class ${name}`),
    );
  },
};

/** Kinds by which another object may be named, and where that name stands. */
const NAMED: readonly { readonly field: string; readonly kinds: readonly string[]; readonly defaultKind: string }[] = [
  { field: "parentRefs", kinds: ["Gateway"], defaultKind: "Gateway" },
  { field: "issuerRef", kinds: ["ClusterIssuer", "Issuer"], defaultKind: "Issuer" },
  { field: "secretStoreRef", kinds: ["ClusterSecretStore", "SecretStore"], defaultKind: "SecretStore" },
];

const namedObjects: TreeRule = {
  id: "named-objects",
  says: "every gateway, gateway class, issuer and secret store that is named is in the tree",
  violations: (facts) => {
    const there = new Set(objectsOf(facts).map(({ object }) => `${object.kind} ${nameOf(object)}`));
    const exists = (kind: string, name: string, namespace: string): boolean =>
      there.has(`${kind} ${namespace}/${name}`) || there.has(`${kind} ${name}`);
    return objectsOf(facts).flatMap(({ object }) => {
      const own = object.metadata.namespace ?? "";
      const classes =
        object.kind === "Gateway" ? [{ kind: "GatewayClass", name: String(at(object, "spec", "gatewayClassName")), namespace: "" }] : [];
      const refs = [...records(object)].flatMap(({ record, path }) => {
        const row = NAMED.find(({ field }) => path.at(-1) === field || path.at(-2) === field);
        if (row === undefined || typeof record["name"] !== "string") return [];
        const kind = typeof record["kind"] === "string" ? record["kind"] : row.defaultKind;
        const namespace = typeof record["namespace"] === "string" ? record["namespace"] : own;
        return row.kinds.includes(kind) ? [{ kind, name: record["name"], namespace }] : [];
      });
      return [...classes, ...refs]
        .filter(({ kind, name, namespace }) => !exists(kind, name, namespace))
        .map(({ kind, name }) => `${object.kind} ${nameOf(object)} names ${kind} ${name}`);
    });
  },
};

const serviceAccounts: TreeRule = {
  id: "service-accounts",
  says: "every service account that a workload or release runs as is in the tree or the namespace's own default",
  violations: (facts) => {
    const made = new Set(
      objectsOf(facts)
        .filter(({ object }) => object.kind === "ServiceAccount")
        .map(({ object }) => nameOf(object)),
    );
    return objectsOf(facts).flatMap(({ object }) => {
      const names = [
        ...podSpecs(object).map((pod) => pod["serviceAccountName"]),
        object.kind === "HelmRelease" ? at(object, "spec", "serviceAccountName") : undefined,
      ];
      return names
        .filter((name) => typeof name === "string" && name !== "default" && !made.has(`${object.metadata.namespace}/${name}`))
        .map((name) => `${object.kind} ${nameOf(object)} runs as ${String(name)}`);
    });
  },
};

/** Every rule about what names what. */
export const REFERENCE_RULES: readonly TreeRule[] = [
  dependencies,
  crdBeforeCr,
  oneOwner,
  namespaces,
  secretsSeeded,
  storageClasses,
  namedObjects,
  serviceAccounts,
];
