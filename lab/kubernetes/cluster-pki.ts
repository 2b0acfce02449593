import { createPublicKey } from "node:crypto";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CertKey, MachineFacts, TalosHelper } from "../contracts";
import { serviceAddress } from "./service-address";

/** PEM texts of a certificate and its key. */
export interface PemPair {
  readonly certificate: string;
  readonly key: string;
}

const YEAR_HOURS = 24 * 365;

/**
 * The certificates of the lab's control plane, signed by the CAs of a control plane's machine config, in a directory
 * that only the owner can enter. Issuing runs through Talos' own library.
 */
export class ClusterPki {
  readonly directory: string;
  readonly #helper: Pick<TalosHelper, "issue">;
  readonly #facts: MachineFacts;

  constructor(directory: string, helper: Pick<TalosHelper, "issue">, facts: MachineFacts) {
    this.directory = directory;
    this.#helper = helper;
    this.#facts = facts;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    chmodSync(directory, 0o700);
  }

  /** PEM of a CA's certificate. */
  caCertificate(ca: "etcd" | "k8s" | "k8sAggregator"): string {
    return decode(this.#ca(ca).cert);
  }

  /** Path of a file in the directory. */
  path(file: string): string {
    return join(this.directory, file);
  }

  /** Writes a file that only the owner can read. @returns its path. */
  write(file: string, content: string): string {
    writeFileSync(this.path(file), content, { mode: 0o600 });
    return this.path(file);
  }

  /** Everything that etcd, the API server and the controllers need to start. `addresses` are those of the control planes. */
  async writeAll(addresses: readonly string[]): Promise<void> {
    this.#writeAuthorities();
    const loopback = { dnsNames: ["localhost"], ips: ["127.0.0.1"] };
    await Promise.all([
      this.#write("etcd-server", "etcd", { commonName: "etcd", ...loopback, usages: ["server", "client"] }),
      this.#write("etcd-client", "etcd", { commonName: "kube-apiserver-etcd-client", usages: ["client"] }),
      this.#write("apiserver", "k8s", { commonName: "kube-apiserver", ...apiServerNames(this.#facts, addresses), usages: ["server"] }),
      this.#write("front-proxy-client", "k8sAggregator", { commonName: "front-proxy-client", usages: ["client"] }),
      this.#write("apiserver-kubelet-client", "k8s", { commonName: "apiserver-kubelet-client", organizations: ["system:masters"], usages: ["client"] }),
    ]);
  }

  /** A client certificate of the cluster's Kubernetes CA. */
  async client(commonName: string, organizations: readonly string[] = []): Promise<PemPair> {
    return this.#issue("k8s", { commonName, organizations, usages: ["client"] });
  }

  #writeAuthorities(): void {
    for (const name of ["etcd", "k8s", "k8sAggregator"] as const) this.write(`${name}-ca.crt`, this.caCertificate(name));
    this.write("k8s-ca.key", decode(this.#ca("k8s").key));
    const serviceAccountKey = this.#facts.ca.serviceAccountKey;
    if (serviceAccountKey === undefined) throw new Error("the machine config of a control plane carries no service account key");
    const key = decode(serviceAccountKey);
    this.write("service-account.key", key);
    this.write("service-account.pub", createPublicKey(key).export({ type: "spki", format: "pem" }).toString());
  }

  async #write(name: string, ca: "etcd" | "k8s" | "k8sAggregator", request: IssueRequest): Promise<void> {
    const { certificate, key } = await this.#issue(ca, request);
    this.write(`${name}.crt`, certificate);
    this.write(`${name}.key`, key);
  }

  async #issue(ca: "etcd" | "k8s" | "k8sAggregator", request: IssueRequest): Promise<PemPair> {
    const issued = await this.#helper.issue({ ca: this.#ca(ca), ttlHours: YEAR_HOURS, ...request });
    return { certificate: decode(issued.cert), key: decode(issued.key) };
  }

  #ca(name: "etcd" | "k8s" | "k8sAggregator"): CertKey {
    const { cert, key } = this.#facts.ca[name] ?? {};
    if (cert === undefined || key === undefined) throw new Error(`the machine config of a control plane carries no ${name} CA`);
    return { cert, key };
  }
}

type IssueRequest = Omit<Parameters<TalosHelper["issue"]>[0], "ca" | "ttlHours">;

/** Names and addresses in kube-apiserver's certificate, as Talos puts them there, for all control planes at once. */
export function apiServerNames(facts: MachineFacts, controlPlanes: readonly string[]): { readonly dnsNames: string[]; readonly ips: string[] } {
  const host = new URL(facts.endpoint).hostname.replace(/^\[|\]$/g, "");
  const cluster = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "localhost"];
  const firstServices = facts.serviceSubnets.map((subnet) => serviceAddress(subnet, 1));
  const all = [host, ...facts.apiServerCertSans, ...(facts.vip === undefined ? [] : [facts.vip]), ...controlPlanes, ...firstServices, "127.0.0.1", ...cluster];
  const unique = [...new Set(all)];
  return { dnsNames: unique.filter((name) => !isAddress(name)), ips: unique.filter(isAddress) };
}

function isAddress(name: string): boolean {
  return /^\d+(\.\d+){3}$/.test(name) || name.includes(":");
}

function decode(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}
