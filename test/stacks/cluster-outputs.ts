import { CONTRACT_VERSION } from "../../stacks/outputs";

const PAIR = { talos: "1.13.7", kubernetes: "1.36.3" };

/** What a cluster stack hands out, as a backend keeps it. */
export const OUTPUTS = {
  kind: "hearth.cluster",
  contract: CONTRACT_VERSION,
  readableSince: 1,
  name: "home",
  endpoint: "https://192.0.2.10:6443",
  nodes: [{ name: "cp-1", role: "controlplane", address: "192.0.2.11", vmId: 101, host: "pve1" }],
  addresses: Object.fromEntries(["external", "internal", "auth", "ai", "mcp", "dns"].map((name, slot) => [name, `192.0.2.${200 + slot}`])),
  domains: ["example.com"],
  versions: { wanted: PAIR, installed: PAIR },
  expiry: { kubeconfig: "2027-01-01T00:00:00Z", talosconfig: "2027-01-01T00:00:00Z" },
  madeFrom: {},
  kubeconfig: "a kubeconfig",
  talosconfig: "a talosconfig",
} as const;
/** What it hands out besides when Keycloak is on. */
export const KEYCLOAK = {
  identity: {
    url: "https://auth.example.com",
    realm: "home",
    clientId: "hearth-importer",
    owned: { clients: ["grafana"], groups: ["admins", "users"], roles: ["admin", "user"] },
  },
  identityClientSecret: "a secret",
};
