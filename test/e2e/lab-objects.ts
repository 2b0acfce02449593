import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { connect } from "node:tls";
import { type KubeObject, listAt, textAt } from "../../lab/kubernetes/objects";

/** A DaemonSet that passes for Cilium's agent. */
export function ciliumAgent(): KubeObject {
  const labels = { "k8s-app": "cilium" };
  const spec = {
    hostNetwork: true,
    tolerations: [{ operator: "Exists" }],
    containers: [{ name: "cilium-agent", image: "quay.io/cilium/cilium:v1.20.2" }],
  };
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "cilium", namespace: "kube-system", labels },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}

/** A tree to sync: a ConfigMap that says something and the webhook's Receiver. */
export function tree(says: string): ReadonlyMap<string, string> {
  const receiver = {
    apiVersion: "notification.toolkit.fluxcd.io/v1",
    kind: "Receiver",
    metadata: { name: "flux-webhook", namespace: "flux-system" },
    spec: {
      type: "github",
      events: ["ping", "push"],
      secretRef: { name: "webhook-token" },
      resources: [{ apiVersion: "source.toolkit.fluxcd.io/v1", kind: "GitRepository", name: "flux-system" }],
    },
  };
  const echo = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "echo", namespace: "default" }, data: { says } };
  return new Map([
    ["kubernetes/lab/receiver.yaml", JSON.stringify(receiver)],
    ["kubernetes/lab/echo.yaml", JSON.stringify(echo)],
    ["README.md", "not synced"],
  ]);
}

/** flux-operator's Deployment and rights, as its chart makes them. */
export function operator(): readonly KubeObject[] {
  const metadata = { name: "flux-operator", namespace: "flux-system" };
  const labels = { "app.kubernetes.io/name": "flux-operator" };
  const env = [{ name: "RUNTIME_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } }];
  const container = { name: "manager", image: "ghcr.io/controlplaneio-fluxcd/flux-operator:v0.58.0", args: ["--log-level=info"], env };
  const template = { metadata: { labels }, spec: { serviceAccountName: "flux-operator", containers: [container] } };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    adminRights("flux-operator", metadata),
    { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { selector: { matchLabels: labels }, template } },
  ];
}

/** Binds a service account to cluster-admin. */
function adminRights(name: string, account: { readonly name: string; readonly namespace: string }): KubeObject {
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" };
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef,
    subjects: [{ kind: "ServiceAccount", ...account }],
  };
}

/** A locked-down FluxInstance that syncs a repository. */
export function instance(url: string): KubeObject {
  return {
    apiVersion: "fluxcd.controlplane.io/v1",
    kind: "FluxInstance",
    metadata: { name: "flux", namespace: "flux-system" },
    spec: {
      distribution: { version: "2.9.x", registry: "ghcr.io/fluxcd" },
      components: ["source-controller", "kustomize-controller", "helm-controller", "notification-controller"],
      cluster: { type: "kubernetes", multitenant: true, networkPolicy: false },
      sync: { kind: "GitRepository", url, ref: "refs/heads/main", path: "kubernetes/lab", interval: "1h" },
    },
  };
}

/** A release of flux-operator's chart out of the lab's registry. */
export function helmRelease(name: string, mirror: string, values: unknown): readonly KubeObject[] {
  const [namespace, serviceAccountName] = ["apps", "installer"];
  const source = { interval: "1h", insecure: true, url: `${mirror}/flux-operator`, ref: { tag: "0.58.0" } };
  const layerSelector = { mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip", operation: "copy" };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: serviceAccountName, namespace } },
    adminRights(serviceAccountName, { name: serviceAccountName, namespace }),
    { apiVersion: "source.toolkit.fluxcd.io/v1", kind: "OCIRepository", metadata: { name, namespace }, spec: { ...source, layerSelector } },
    {
      apiVersion: "helm.toolkit.fluxcd.io/v2",
      kind: "HelmRelease",
      metadata: { name, namespace },
      spec: { interval: "1h", serviceAccountName, chartRef: { kind: "OCIRepository", name }, values },
    },
  ];
}

/** The addresses in the certificate that a port shows. */
export async function servedAddresses(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().subjectaltname ?? "");
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

/** Reads a key as etcd stores it, over etcd's own JSON gateway. */
export async function etcdValue(labDir: string, port: number, key: string): Promise<string> {
  const pki = (file: string): Buffer => readFileSync(join(labDir, "pki", file));
  const options = {
    host: "127.0.0.1",
    port,
    path: "/v3/kv/range",
    method: "POST",
    ca: pki("etcd-ca.crt"),
    cert: pki("etcd-client.crt"),
    key: pki("etcd-client.key"),
  };
  const text = await new Promise<string>((resolve, reject) => {
    const outgoing = request(options, (response) => {
      let body = "";
      response.on("data", (chunk) => (body += String(chunk)));
      response.on("end", () => resolve(body));
    });
    outgoing.once("error", reject);
    outgoing.end(JSON.stringify({ key: Buffer.from(key).toString("base64") }));
  });
  const [found] = listAt(JSON.parse(text), "kvs");
  return Buffer.from(textAt(found, "value") ?? "", "base64").toString("latin1");
}
