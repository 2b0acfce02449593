/** Rules about what runs. */
import { at, listAt, nameOf, objectsOf, podSpecs, records, type TreeFacts } from "./facts";
import type { TreeRule } from "./rule";
import type { KubeObject } from "../../../platform/kit/objects";

type Level = "privileged" | "baseline" | "restricted" | undefined;

const HOST_FIELDS = ["hostNetwork", "hostPID", "hostIPC"];

/** Capabilities that the baseline level lets a container add. */
const BASELINE_CAPABILITIES: ReadonlySet<unknown> = new Set(
  "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT".split(" "),
);

/** What keeps a pod out of a namespace of this level; source: the Pod Security Standards of Kubernetes. */
function podSecurityProblems(pod: Readonly<Record<string, unknown>>, level: Level): readonly string[] {
  if (level === "privileged" || level === undefined) return [];
  const containers = [...listAt(pod, "containers"), ...listAt(pod, "initContainers")];
  const baseline = [
    ...HOST_FIELDS.filter((field) => pod[field] === true),
    ...listAt(pod, "volumes").flatMap((volume) => (at(volume, "hostPath") === undefined ? [] : ["a hostPath volume"])),
    ...containers.flatMap((container) => [
      ...(at(container, "securityContext", "privileged") === true ? ["a privileged container"] : []),
      ...listAt(container, "ports").flatMap((port) => (at(port, "hostPort") === undefined ? [] : ["a host port"])),
      ...listAt(container, "securityContext", "capabilities", "add")
        .filter((name) => !BASELINE_CAPABILITIES.has(name))
        .map((name) => `capability ${String(name)}`),
    ]),
  ];
  return level === "baseline" ? baseline : [...baseline, ...restrictedProblems(pod, containers)];
}

function restrictedProblems(pod: Readonly<Record<string, unknown>>, containers: readonly unknown[]): readonly string[] {
  return containers.flatMap((container) => {
    const either = (field: string): unknown => at(container, "securityContext", field) ?? at(pod, "securityContext", field);
    const profile = at(container, "securityContext", "seccompProfile", "type") ?? at(pod, "securityContext", "seccompProfile", "type");
    const added = listAt(container, "securityContext", "capabilities", "add").filter((name) => name !== "NET_BIND_SERVICE");
    const name = String(at(container, "name"));
    return [
      ...(either("runAsNonRoot") === true ? [] : [`${name}: may run as root`]),
      ...(either("runAsUser") === 0 ? [`${name}: runs as root`] : []),
      ...(at(container, "securityContext", "allowPrivilegeEscalation") === false ? [] : [`${name}: may escalate privileges`]),
      ...(listAt(container, "securityContext", "capabilities", "drop").includes("ALL") ? [] : [`${name}: keeps capabilities`]),
      ...(profile === "RuntimeDefault" || profile === "Localhost" ? [] : [`${name}: no seccomp profile`]),
      ...added.map((capability) => `${name}: capability ${String(capability)}`),
    ];
  });
}

function levelOf(facts: TreeFacts, namespace: string | undefined): Level {
  return facts.namespaces.find(({ name }) => name === namespace)?.podSecurity;
}

const podSecurity: TreeRule = {
  id: "pod-security",
  says: "every workload meets its namespace's Pod Security level",
  violations: (facts) =>
    objectsOf(facts).flatMap(({ object }) =>
      podSpecs(object).flatMap((pod) =>
        podSecurityProblems(pod, levelOf(facts, object.metadata.namespace)).map((what) => `${object.kind} ${nameOf(object)}: ${what}`),
      ),
    ),
};

const FLOATING = /^(latest|main|master|edge|stable|nightly|)$/;

const pinned: TreeRule = {
  id: "pinned",
  says: "every image and chart is pinned to a version",
  violations: (facts) => [
    ...objectsOf(facts).flatMap(({ object }) =>
      [...records(object)]
        .flatMap(({ record }) => (typeof record["image"] === "string" ? [record["image"]] : []))
        .filter((image) => FLOATING.test(/:([^:@/]+)(@sha256:[0-9a-f]{64})?$/.exec(image)?.[1] ?? ""))
        .map((image) => `${object.kind} ${nameOf(object)} runs ${image}`),
    ),
    ...objectsOf(facts).flatMap(({ object }) => floatingChart(object)),
  ],
};

function floatingChart(object: KubeObject): readonly string[] {
  const versions = object.kind === "OCIRepository" ? [at(object, "spec", "ref", "tag")] : [];
  const classic =
    object.kind === "HelmRelease" && at(object, "spec", "chart") !== undefined ? [at(object, "spec", "chart", "spec", "version")] : [];
  return [...versions, ...classic]
    .filter((version) => typeof version !== "string" || !/^v?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version) || version.includes("latest"))
    .map((version) => `${object.kind} ${nameOf(object)} takes version ${String(version)}`);
}

const singleWriter: TreeRule = {
  id: "single-writer",
  says: "a Deployment on a volume that one node may write has one pod and is recreated, not rolled",
  violations: (facts) => {
    const claims = new Set(
      objectsOf(facts)
        .filter(({ object }) => object.kind === "PersistentVolumeClaim" && !listAt(object, "spec", "accessModes").includes("ReadWriteMany"))
        .map(({ object }) => nameOf(object)),
    );
    return objectsOf(facts)
      .filter(({ object }) => object.kind === "Deployment")
      .filter(({ object }) =>
        listAt(object, "spec", "template", "spec", "volumes").some((volume) =>
          claims.has(`${object.metadata.namespace}/${String(at(volume, "persistentVolumeClaim", "claimName"))}`),
        ),
      )
      .filter(({ object }) => at(object, "spec", "strategy", "type") !== "Recreate" || Number(at(object, "spec", "replicas") ?? 1) > 1)
      .map(({ object }) => `Deployment ${nameOf(object)}`);
  },
};

const jobNames: TreeRule = {
  id: "job-names",
  says: "a Job's name carries a hash of what it does, since its spec cannot change, and Flux never has to make it again",
  violations: (facts) =>
    objectsOf(facts)
      .filter(({ object }) => object.kind === "Job")
      .flatMap(({ object }) => [
        ...(/-[0-9a-f]{6,}$/.test(object.metadata.name) ? [] : [`Job ${nameOf(object)} has no hash in its name`]),
        ...(at(object, "spec", "ttlSecondsAfterFinished") === undefined ? [] : [`Job ${nameOf(object)} deletes itself`]),
      ]),
};

const memoryLimits: TreeRule = {
  id: "memory-limits",
  says: "every container of ours asks for memory and has a limit",
  violations: (facts) =>
    objectsOf(facts).flatMap(({ object }) =>
      podSpecs(object).flatMap((pod) =>
        listAt(pod, "containers")
          .filter((container) => ["requests", "limits"].some((field) => at(container, "resources", field, "memory") === undefined))
          .map((container) => `${object.kind} ${nameOf(object)}, ${String(at(container, "name"))}`),
      ),
    ),
};

/** Every rule about what runs. */
export const WORKLOAD_RULES: readonly TreeRule[] = [podSecurity, pinned, singleWriter, jobNames, memoryLimits];
