import * as https from "node:https";
import { message, type Sight } from "./wait";

/** Client credentials of the Kubernetes API; PEMs in base64. */
export interface KubernetesClient {
  /** `https://host:6443`. */
  readonly host: string;
  readonly caCertificate: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
}

/** Milliseconds that one request may take. */
const REQUEST_TIMEOUT = 5000;

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Whether kube-apiserver speaks behind a certificate of the cluster's CA; 401 and 403 are answers too. */
export async function kubernetesAnswers(client: KubernetesClient): Promise<Sight> {
  return look(client, "/version", ({ status }) => ([200, 401, 403].includes(status) ? undefined : `HTTP ${status}`));
}

/** Whether every node named is registered and, when asked, Ready. */
export async function nodesAre(state: "Registered" | "Ready", names: readonly string[], client: KubernetesClient): Promise<Sight> {
  return look(client, "/api/v1/nodes", ({ status, body }) => {
    if (status !== 200) return `HTTP ${status} ${body.slice(0, 200)}`;
    const seen = nodeStates(body);
    const late = names.filter((name) => (state === "Ready" ? seen.get(name) !== "Ready" : !seen.has(name)));
    return late.length === 0 ? undefined : late.map((name) => `${name}: ${seen.get(name) ?? "not registered"}`).join("; ");
  });
}

/** Whether an object's condition is True, e.g. `Ready` of a Flux Kustomization; `path` is the object's API path. */
export async function conditionIs(condition: string, path: string, client: KubernetesClient): Promise<Sight> {
  return look(client, path, ({ status, body }) => {
    if (status !== 200) return status === 404 ? "not there yet" : `HTTP ${status} ${body.slice(0, 200)}`;
    const object = JSON.parse(body) as ObjectStatus;
    const found = object.status?.conditions?.find(({ type }) => type === condition);
    return found?.status === "True" ? undefined : `${condition} is ${found?.status ?? "not set"}: ${found?.message ?? "no word yet"}`;
  });
}

/** Whether there is no object at an API path. */
export async function isAbsent(path: string, client: KubernetesClient): Promise<Sight> {
  return look(client, path, ({ status, body }) => {
    if (status === 404) return undefined;
    return status === 200 ? "it is there" : `HTTP ${status} ${body.slice(0, 200)}`;
  });
}

/** The part of any object's status that conditions live in (Kubernetes API conventions). */
interface ObjectStatus {
  readonly metadata?: { readonly name?: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[] };
}

function nodeStates(body: string): ReadonlyMap<string, string> {
  const list = JSON.parse(body) as { readonly items?: readonly ObjectStatus[] };
  return new Map(
    (list.items ?? []).map((node) => {
      const ready = node.status?.conditions?.find(({ type }) => type === "Ready");
      return [node.metadata?.name ?? "", ready?.status === "True" ? "Ready" : `not Ready (${ready?.message ?? "no word yet"})`];
    }),
  );
}

async function look(client: KubernetesClient, path: string, judge: (answer: Answer) => string | undefined): Promise<Sight> {
  try {
    const state = judge(await get(client, path));
    return state === undefined ? { ready: true } : { ready: false, state };
  } catch (error) {
    return { ready: false, state: message(error) };
  }
}

function get(client: KubernetesClient, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = https.get(
      new URL(path, client.host),
      {
        ca: pem(client.caCertificate),
        cert: client.clientCertificate === undefined ? undefined : pem(client.clientCertificate),
        key: client.clientKey === undefined ? undefined : pem(client.clientKey),
        timeout: REQUEST_TIMEOUT,
        agent: false,
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString("utf8") }));
      },
    );
    request.on("timeout", () => request.destroy(new Error(`no answer within ${REQUEST_TIMEOUT / 1000} s`)));
    request.on("error", reject);
  });
}

function pem(base64: string): Buffer {
  return Buffer.from(base64, "base64");
}
