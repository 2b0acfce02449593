import { createHmac } from "node:crypto";
import type { KubeClient } from "../kubernetes/client";
import { conditionStatus, type KubeObject, listAt, textAt } from "../kubernetes/objects";
import type { Push } from "./git-server";

const RECEIVERS = "/apis/notification.toolkit.fluxcd.io/v1/namespaces/flux-system/receivers";

/** What a call of one Receiver came to. */
export interface Delivery {
  readonly receiver: string;
  /** HTTP status; 0 when nobody answered. */
  readonly status: number;
  /** Time from the push to the answer, in milliseconds. */
  readonly tookMs: number;
}

/** Where Receivers are found and called. */
export interface PushWebhookArgs {
  /** With the right to read Receivers and their tokens. */
  readonly client: Pick<KubeClient, "list" | "find">;
  /** URL of notification-controller's receiver without a path; undefined while it does not run. */
  readonly receiverUrl: () => string | undefined;
  /** Sent as the repository's address. */
  readonly repositoryUrl: string;
}

/**
 * Calls every ready Receiver of `flux-system` after a push, signed as the Git host would. Receivers of kinds that no Git
 * host in the lab speaks for are left out; no Receiver (yet) is no error: Flux polls then.
 */
export async function callReceivers({ client, receiverUrl, repositoryUrl }: PushWebhookArgs, push: Push): Promise<readonly Delivery[]> {
  const base = receiverUrl();
  if (base === undefined) return [];
  const started = Date.now();
  const receivers = await client.list(RECEIVERS).catch(() => []);
  const calls = receivers.flatMap((receiver) => {
    const path = textAt(receiver, "status", "webhookPath");
    const ready = conditionStatus(receiver, "Ready") === "True" && path !== undefined;
    return ready ? [call({ client, receiver, url: `${base}${path}`, payload: payloadOf(push, repositoryUrl), started })] : [];
  });
  return (await Promise.all(calls)).flat();
}

async function call(args: {
  client: PushWebhookArgs["client"];
  receiver: KubeObject;
  url: string;
  payload: string;
  started: number;
}): Promise<readonly Delivery[]> {
  const { client, receiver, url, payload, started } = args;
  const secret = await client.find(`/api/v1/namespaces/flux-system/secrets/${textAt(receiver, "spec", "secretRef", "name") ?? ""}`);
  const token = Buffer.from(textAt(secret, "data", "token") ?? "", "base64").toString("utf8");
  const headers = signedHeaders(textAt(receiver, "spec", "type") ?? "", payload, token);
  if (headers === undefined || !wantsPush(receiver)) return [];
  const posted = { method: "POST", headers: { "content-type": "application/json", ...headers }, body: payload };
  const status = await fetch(url, posted).then(
    (response) => response.status,
    () => 0,
  );
  return [{ receiver: receiver.metadata.name, status, tookMs: Date.now() - started }];
}

/** Headers by which a Git host proves that it sent the payload; undefined for a type that is no Git host's. */
export function signedHeaders(type: string, payload: string, token: string): Readonly<Record<string, string>> | undefined {
  const signature = createHmac("sha256", token).update(payload).digest("hex");
  switch (type) {
    case "github":
      return { "X-GitHub-Event": "push", "X-Hub-Signature-256": `sha256=${signature}` };
    case "gitlab":
      return { "X-Gitlab-Event": "Push Hook", "X-Gitlab-Token": token };
    case "generic-hmac":
      return { "X-Signature": `sha256=${signature}` };
    case "generic":
      return {};
    default:
      return undefined;
  }
}

function wantsPush(receiver: KubeObject): boolean {
  const events = listAt(receiver, "spec", "events");
  return events.length === 0 || events.some((event) => event === "push" || event === "Push Hook");
}

function payloadOf({ before, after, branch }: Push, repositoryUrl: string): string {
  const repository = { name: "lab", full_name: "hearth/lab", clone_url: repositoryUrl };
  return JSON.stringify({ ref: `refs/heads/${branch}`, before: before ?? "0".repeat(40), after, repository, head_commit: { id: after } });
}
