import type { GitSettings, Settings } from "../config/settings";
import { secretSpec, type AppSecret, type SecretSpec } from "./kit/secrets";
import type { PodSecurity } from "./kit/app";
import { AGE_SECRET, FLUX_NAMESPACE, GIT_SECRET } from "./names";

/** Namespace of what joins the cluster to the outside: the tunnel's connector. */
export const EDGE_NAMESPACE = "network";

/** Secret that the tunnel's connector reads, key `TUNNEL_TOKEN`. */
export const TUNNEL_SECRET = "cloudflare-tunnel";

/** Namespaces that are there before any app: Flux', and the edge's where there is an edge. */
export function baseNamespaces(settings: Settings): readonly { readonly name: string; readonly podSecurity?: PodSecurity }[] {
  const edge = settings.cloudflare === undefined ? [] : [{ name: EDGE_NAMESPACE, podSecurity: "restricted" as const }];
  return [{ name: FLUX_NAMESPACE }, ...edge];
}

/** Secrets that no app asks for: the age key, the Git credentials and the tunnel's token. */
export function baseSecrets(settings: Settings): readonly SecretSpec[] {
  const age: AppSecret = { name: AGE_SECRET, data: { "age.agekey": { from: "age-identity" } } };
  const tunnel: AppSecret = { name: TUNNEL_SECRET, data: { TUNNEL_TOKEN: { from: "tunnel-token" } } };
  return [
    ...[age, ...gitSecret(settings.git)].map((secret) => secretSpec(secret, FLUX_NAMESPACE, settings)),
    ...(settings.cloudflare === undefined ? [] : [secretSpec(tunnel, EDGE_NAMESPACE, settings)]),
  ];
}

/** In the shape that a GitRepository reads; none for a public repository. */
function gitSecret({ credentials }: GitSettings): readonly AppSecret[] {
  switch (credentials.kind) {
    case "public":
      return [];
    case "token":
      return [
        {
          name: GIT_SECRET,
          data: { username: { from: "plain", value: credentials.username }, password: { from: "setting", value: credentials.token } },
        },
      ];
    case "deployKey":
      return [
        {
          name: GIT_SECRET,
          data: {
            identity: { from: "setting", value: credentials.privateKey },
            known_hosts: { from: "plain", value: credentials.knownHosts },
          },
        },
      ];
  }
}
