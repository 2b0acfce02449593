import type { Container, EnvVar, Pod } from "../kubernetes/objects";

/** Reads one key of a Secret or ConfigMap; undefined when it is not there. */
export type KeyReader = (kind: "secret" | "configMap", name: string, key: string) => Promise<string | undefined>;

/** A container's environment as a kubelet would resolve it. @throws Error for a source that the lab does not know or a missing key. */
export async function containerEnvironment(pod: Pod, container: Container, read: KeyReader): Promise<Readonly<Record<string, string>>> {
  const environment: Record<string, string> = {};
  for (const variable of container.env ?? []) {
    const value = await valueOf(variable, pod, container, read);
    if (value !== undefined) environment[variable.name] = value;
  }
  return environment;
}

async function valueOf({ name, value, valueFrom }: EnvVar, pod: Pod, container: Container, read: KeyReader): Promise<string | undefined> {
  if (valueFrom === undefined) return value ?? "";
  if (valueFrom.fieldRef !== undefined) return fieldOf(pod, valueFrom.fieldRef.fieldPath);
  if (valueFrom.resourceFieldRef !== undefined) return limitOf(container, valueFrom.resourceFieldRef.resource);
  const [kind, reference] =
    valueFrom.secretKeyRef === undefined
      ? (["configMap", valueFrom.configMapKeyRef] as const)
      : (["secret", valueFrom.secretKeyRef] as const);
  if (reference === undefined) throw new Error(`environment variable ${name}: unknown source`);
  const found = await read(kind, reference.name, reference.key);
  if (found === undefined && reference.optional !== true)
    throw new Error(`environment variable ${name}: no key ${reference.key} in ${kind} ${reference.name}`);
  return found;
}

function fieldOf(pod: Pod, path: string): string {
  const fields: Readonly<Record<string, string | undefined>> = {
    "metadata.name": pod.metadata.name,
    "metadata.namespace": pod.metadata.namespace,
    "metadata.uid": pod.metadata.uid,
    "spec.nodeName": pod.spec.nodeName,
    "spec.serviceAccountName": pod.spec.serviceAccountName,
    "status.podIP": pod.status?.podIP,
  };
  if (!(path in fields)) throw new Error(`unknown field reference ${path}`);
  return fields[path] ?? "";
}

function limitOf({ resources }: Container, resource: string): string {
  const [type, name = ""] = resource.split(".");
  if (type !== "limits") throw new Error(`unknown resource reference ${resource}`);
  const quantity = resources?.limits?.[name];
  // Without a limit a kubelet puts in what the node has: no bound worth setting.
  if (quantity === undefined) return String(Number.MAX_SAFE_INTEGER);
  return name === "cpu" ? String(Math.ceil(parseQuantity(quantity))) : String(Math.floor(parseQuantity(quantity)));
}

const SUFFIXES: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A Kubernetes quantity such as `1Gi` or `500m` as a number. @throws Error when it is none. */
export function parseQuantity(quantity: string): number {
  const [, digits = "", suffix = ""] = /^([0-9.]+)([A-Za-z]*)$/.exec(quantity) ?? [];
  const factor = SUFFIXES[suffix];
  if (digits === "" || factor === undefined) throw new Error(`${quantity} is not a quantity`);
  return Number(digits) * factor;
}

/** `$(NAME)` in arguments, replaced as a kubelet does: a name that is not set stays as it is. */
export function expandArguments(args: readonly string[], environment: Readonly<Record<string, string>>): readonly string[] {
  return args.map((arg) => arg.replace(/\$\(([A-Za-z_][A-Za-z0-9_]*)\)/g, (reference, name: string) => environment[name] ?? reference));
}

/** The container's `/tmp`, wherever the environment names it, becomes a directory of the process' own. */
export function insideDirectory(environment: Readonly<Record<string, string>>, directory: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.startsWith("/tmp/") ? `${directory}${value}` : value]),
  );
}
