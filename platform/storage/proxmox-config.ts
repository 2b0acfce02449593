import type { IConfigMap } from "kubernetes-models/v1" with { "resolution-mode": "import" };
import type { ProxmoxSettings } from "../../config/settings";
import type { KubeObject } from "../kit/objects";
import type { ProxmoxUser, SecretRequest } from "../kit/secrets";
import { typed } from "../kit/typed";

/** Key of the Secret that both charts read. */
export const CONFIG_KEY = "config.yaml";

const plain = (value: string): SecretRequest => ({ from: "plain", value });

/**
 * The `config.yaml` by which Proxmox' storage and cloud controllers find the clusters: a region is a Proxmox cluster.
 * The tokens are put in where the Secret is seeded, so that the tree has none.
 */
export function proxmoxConfig(clusters: readonly ProxmoxSettings[], user: ProxmoxUser): SecretRequest {
  const head = `features:\n  provider: "default"\nclusters:${clusters.length === 0 ? " []" : ""}\n`;
  return { from: "joined", parts: [plain(head), ...clusters.flatMap((cluster) => clusterEntry(cluster, user))] };
}

function clusterEntry({ name, endpoint, tls }: ProxmoxSettings, user: ProxmoxUser): readonly SecretRequest[] {
  const url = `${endpoint.replace(/\/+$/, "")}/api2/json`;
  return [
    plain(`  - url: ${JSON.stringify(url)}\n    insecure: ${tls.mode === "insecure"}\n    token_id: "`),
    { from: "proxmox-token", proxmox: name, user, part: "id" },
    plain('"\n    token_secret: "'),
    { from: "proxmox-token", proxmox: name, user, part: "secret" },
    plain(`"\n    region: ${JSON.stringify(name)}\n`),
  ];
}

/** Values and object by which a chart's pods trust the Proxmox clusters that bring their own CA; nothing without one. */
export function proxmoxTrust(
  clusters: readonly ProxmoxSettings[],
  app: string,
): { readonly objects: readonly KubeObject[]; readonly values: Readonly<Record<string, unknown>> } {
  const pems = clusters.flatMap(({ tls }) => (tls.mode === "ca" ? [tls.pem.trim()] : []));
  if (pems.length === 0) return { objects: [], values: {} };
  const name = `${app}-trust`;
  const file = "proxmox-ca.crt";
  return {
    objects: [
      typed<IConfigMap>({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name },
        data: { [file]: `${[...new Set(pems)].join("\n")}\n` },
      }),
    ],
    values: {
      extraVolumes: [{ name: "proxmox-ca", configMap: { name } }],
      // Beside the image's own roots: Go reads every file of this folder.
      extraVolumeMounts: [{ name: "proxmox-ca", mountPath: `/etc/ssl/certs/${file}`, subPath: file, readOnly: true }],
    },
  };
}
