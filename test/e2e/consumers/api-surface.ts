/** Everything that an API server serves, and who may do what of it: asked of the API server itself, by real requests. */
import type { Caller } from "./caller";

/** One resource or subresource, as discovery lists it. */
export interface Served {
  /** `/api/v1` or `/apis/<group>/<version>`. */
  readonly base: string;
  readonly group: string;
  /** `pods` or `pods/log`. */
  readonly resource: string;
  readonly namespaced: boolean;
}

/** Verb -> how it is asked for; `name` is none that exists, so that what is allowed does no harm. */
const VERBS: Readonly<Record<string, { readonly method: string; readonly path: (base: string) => string; readonly body?: unknown }>> = {
  get: { method: "GET", path: (base) => `${base}/none-of-this-name` },
  list: { method: "GET", path: (base) => `${base}?limit=1` },
  watch: { method: "GET", path: (base) => `${base}?watch=true&timeoutSeconds=1` },
  create: { method: "POST", path: (base) => base, body: {} },
  update: { method: "PUT", path: (base) => `${base}/none-of-this-name`, body: {} },
  patch: { method: "PATCH", path: (base) => `${base}/none-of-this-name`, body: {} },
  delete: { method: "DELETE", path: (base) => `${base}/none-of-this-name` },
  deletecollection: { method: "DELETE", path: (base) => `${base}?labelSelector=none%3Dof-this-name` },
};

/** The verbs that are asked, those of objects; a subresource has no collection. */
export const ALL_VERBS: readonly string[] = Object.keys(VERBS);

/** Every resource and subresource that is served, in every version. */
export async function served(caller: Caller): Promise<readonly Served[]> {
  const { groups } = await caller.read<{ groups: readonly { versions: readonly { groupVersion: string }[] }[] }>("GET", "/apis");
  const bases = ["/api/v1", ...groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => `/apis/${groupVersion}`))];
  const lists = await Promise.all(
    bases.map(async (base) => {
      const { resources } = await caller.read<{ resources: readonly { name: string; namespaced: boolean }[] }>("GET", base);
      const group = base === "/api/v1" ? "" : (base.split("/")[2] ?? "");
      return resources.map(({ name, namespaced }): Served => ({ base, group, resource: name, namespaced }));
    }),
  );
  return lists.flat();
}

/** What a caller is not refused: `<verb> <group>/<resource>`, sorted. Without a namespace: cluster-wide. */
export async function notRefused(caller: Caller, resources: readonly Served[], namespace?: string): Promise<readonly string[]> {
  const asked = resources.flatMap((each) =>
    ALL_VERBS.filter((verb) => !isOfCollections(verb) || !each.resource.includes("/")).map((verb) => ({ each, verb })),
  );
  const answers = await inTurns(asked, async ({ each, verb }) => {
    const { status, message } = await request(caller, each, verb, namespace);
    // Whoever may not is told so before anything else is looked at.
    return status === 403 && /cannot|forbidden/.test(message) ? [] : [`${verb} ${each.group}/${each.resource}`];
  });
  return [...new Set(answers.flat())].sort();
}

function isOfCollections(verb: string): boolean {
  return ["list", "watch", "deletecollection"].includes(verb);
}

function request(
  caller: Caller,
  { base, resource, namespaced }: Served,
  verb: string,
  namespace: string | undefined,
): ReturnType<Caller["ask"]> {
  const how = VERBS[verb];
  if (how === undefined) throw new Error(`no request asks for ${verb}`);
  const [kind = "", ...sub] = resource.split("/");
  const collection = `${base}${namespaced && namespace !== undefined ? `/namespaces/${namespace}` : ""}/${kind}`;
  const isOne = sub.length > 0;
  const path = isOne ? `${collection}/none-of-this-name/${sub.join("/")}` : how.path(collection);
  return caller.ask(how.method, path, how.body);
}

/** Maps in parallel, a few at a time, as a busy API server sheds what comes all at once. */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) results.push(await work(next));
  };
  await Promise.all(Array.from({ length: 12 }, worker));
  return results;
}

/** A question to the API server about itself; `resource` may be a subresource. */
export interface Question {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string;
}

/** What the API server says when the caller asks whether it may. */
export async function may(caller: Caller, { verb, group, resource, namespace }: Question): Promise<boolean> {
  const [kind, subresource] = resource.split("/");
  const resourceAttributes = { verb, group, resource: kind, subresource, namespace };
  const { status } = await caller.read<{ status: { allowed: boolean } }>("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes },
  });
  return status.allowed;
}

/** Every rule that applies to the caller in a namespace, as the API server lists them, each as a text, sorted. */
export async function rulesIn(caller: Caller, namespace: string): Promise<readonly string[]> {
  const { status } = await caller.read<{
    status: { incomplete: boolean; resourceRules: readonly unknown[]; nonResourceRules: readonly unknown[] };
  }>("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectRulesReview",
    spec: { namespace },
  });
  return [...status.resourceRules, ...status.nonResourceRules].map((rule) => JSON.stringify(rule)).sort();
}
