import { stringify } from "yaml";

/** Credentials in a kubeconfig: a client certificate, or a token that is read again when its file changes. */
export type KubeUser = { readonly certificate: string; readonly key: string } | { readonly tokenFile: string };

/** Text of a kubeconfig with one cluster and one user. `server` is a URL, `ca` a PEM. */
export function kubeconfig({ server, ca, user, name }: { readonly server: string; readonly ca: string; readonly user: KubeUser; readonly name: string }): string {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "lab", cluster: { server, "certificate-authority-data": base64(ca) } }],
    users: [
      {
        name,
        user:
          "tokenFile" in user
            ? { tokenFile: user.tokenFile }
            : { "client-certificate-data": base64(user.certificate), "client-key-data": base64(user.key) },
      },
    ],
    contexts: [{ name: "lab", context: { cluster: "lab", user: name } }],
    "current-context": "lab",
  });
}
