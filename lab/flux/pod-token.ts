import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KubeClient } from "../kubernetes/client";
import { kubeconfig } from "../kubernetes/kubeconfig";
import type { Pod } from "../kubernetes/objects";

const LIFE_SECONDS = 3_600;
const RENEW_MS = LIFE_SECONDS * 1_000 * 0.8;

/**
 * The token of a pod's own service account, bound to the pod as a kubelet would ask for it, in a file that is renewed
 * before it ends; clients read the file again by themselves.
 */
export class PodToken {
  readonly #client: KubeClient;
  readonly #pod: Pod;
  readonly #directory: string;
  #renewal: NodeJS.Timeout | undefined;

  constructor(client: KubeClient, pod: Pod, directory: string) {
    this.#client = client;
    this.#pod = pod;
    this.#directory = directory;
  }

  /** Writes token and kubeconfig, both readable by the owner only. @returns the kubeconfig's path. */
  async start(access: { readonly server: string; readonly ca: string }): Promise<string> {
    await this.#renew();
    this.#renewal = setInterval(() => void this.#renew().catch(() => undefined), RENEW_MS);
    this.#renewal.unref();
    const path = join(this.#directory, "kubeconfig");
    const name = this.#pod.spec.serviceAccountName ?? "default";
    writeFileSync(path, kubeconfig({ ...access, name, user: { tokenFile: this.#tokenFile } }), { mode: 0o600 });
    return path;
  }

  /** No more renewals; the token is forgotten. */
  stop(): void {
    clearInterval(this.#renewal);
    rmSync(this.#tokenFile, { force: true });
  }

  get #tokenFile(): string {
    return join(this.#directory, "token");
  }

  async #renew(): Promise<void> {
    const { name, namespace = "default", uid } = this.#pod.metadata;
    const account = this.#pod.spec.serviceAccountName ?? "default";
    const spec = { expirationSeconds: LIFE_SECONDS, boundObjectRef: { apiVersion: "v1", kind: "Pod", name, uid } };
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
    const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec };
    const { status } = await this.#client.request<{ status: { token: string } }>("POST", path, { body });
    writeFileSync(this.#tokenFile, status.token, { mode: 0o600 });
  }
}
