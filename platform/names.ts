/** Names that the tree, the seeded secrets and the Flux component must agree on. */

/** Where Flux and every Flux Kustomization live. */
export const FLUX_NAMESPACE = "flux-system";

/** Name of the GitRepository and of the root Kustomization that FluxInstance makes (its namespace's name by default). */
export const SYNC_NAME = "flux-system";

/**
 * Service account of every Kustomization of the tree. Under the lock-down kustomize-controller impersonates `default`
 * where none is named; flux-operator binds this one, in `flux-system`, to cluster-admin
 * (ClusterRoleBinding `cluster-reconciler-flux-system`) and names it on the root Kustomization, too.
 */
export const RECONCILER = "kustomize-controller";

/** Secret with the age key that decrypts SOPS files, key `age.agekey`. */
export const AGE_SECRET = "sops-age";

/** Secret with the credentials of the Git repository. */
export const GIT_SECRET = "flux-system-git";

/** Namespaces that Kubernetes itself makes; nobody seeds them. */
export const BUILT_IN_NAMESPACES: readonly string[] = ["default", "kube-node-lease", "kube-public", "kube-system"];

/** Namespace of the Gateways and of the certificates that they terminate TLS with. */
export const GATEWAYS_NAMESPACE = "gateways";

/** Namespace of Envoy Gateway and of the proxies that it runs for the Gateways; a proxy's Service has its Gateway's name. */
export const PROXIES_NAMESPACE = "envoy-gateway-system";

/** Labels of every proxy pod, whatever its Gateway. */
export const PROXY_LABELS = { "app.kubernetes.io/component": "proxy", "app.kubernetes.io/managed-by": "envoy-gateway" } as const;

/** HTTPS of the external gateway inside the cluster, where the tunnel ends; the same when gateways are merged. */
export const EXTERNAL_GATEWAY_URL = `https://external.${PROXIES_NAMESPACE}.svc.cluster.local:443`;

/** Secret in `GATEWAYS_NAMESPACE` with the certificate of a domain and of every name directly below it. */
export function wildcardSecret(domain: string): string {
  return `wildcard-${domain.replaceAll(".", "-")}`;
}

/** App that closes the cluster's pods to each other. */
export const NETWORK_POLICIES_APP = "network-policies";

/** Label of a Gateway that says where the names of its routes are published: to everybody, or at home only. */
export const DNS_LABEL = "hearth/dns";

/** Annotation of a route that has no name of its own: external-dns would publish its listeners', such as `*.example.com`. */
export const UNPUBLISHED = { "external-dns.alpha.kubernetes.io/controller": "none" } as const;

/** The one record that Pulumi keeps at Cloudflare, for the primary domain: every public record points at it. */
export function edgeHost(domain: string): string {
  return `external.${domain}`;
}

/** App that serves the Gateways; routes are rendered only while it is on. */
export const ENVOY_GATEWAY = "envoy-gateway";

/** App that makes the certificates. */
export const CERT_MANAGER = "cert-manager";

/** OAuth2-Proxy, as the gateways and Keycloak know it. */
export const OAUTH2_PROXY = {
  app: "oauth2-proxy",
  namespace: "oauth2-proxy",
  service: "oauth2-proxy",
  port: 4180,
  /** Secret in its namespace, key `client-secret`. */
  clientSecret: "oauth2-proxy-oidc",
} as const;
