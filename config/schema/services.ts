import { z } from "zod";
import { DEFAULTS } from "../defaults";
import { text } from "../formats";
import { optional, required, secret, whole } from "./fields";

/** `hearth:cloudflare`. */
export const cloudflareSchema = z
  .strictObject({
    accountId: required(text("cloudflareId"), "Account id, 32 hexadecimal digits."),
    zones: required(z.record(text("domain"), text("cloudflareId")), "Zone id of every domain of the cluster."),
    token: secret("API token with Cloudflare Tunnel:Edit on the account and DNS:Edit on the zones."),
    tunnelName: optional(text("name"), "Name of the tunnel.", { shown: "`cluster.name`" }),
  })
  .meta({ description: "The edge: a tunnel and one DNS record. Leave the section out for a cluster without an edge." });

/** `hearth:git`. */
export const gitSchema = z
  .strictObject({
    url: required(text("gitUrl"), "Repository that Flux syncs: https://host/owner/repository.git or ssh://git@host/owner/repository.git."),
    branch: optional(text("branch"), "Branch that Flux syncs.", { value: DEFAULTS.branch }),
    path: optional(text("repositoryPath"), "Folder of the rendered tree in the repository.", { shown: "`kubernetes/<stack>`" }),
    credentials: optional(
      z.strictObject({
        kind: required(z.enum(["public", "token", "deployKey"]), "`public`: none. `token`: over https. `deployKey`: over ssh."),
        username: optional(text("text"), "User that goes with the token. Only with `token`.", { value: DEFAULTS.gitUsername }),
        token: secret("Access token with read access. Only and always with `token`."),
        deployKey: secret("Private key in OpenSSH form. Only and always with `deployKey`."),
        knownHosts: optional(text("text"), "The server's lines of known_hosts, from `ssh-keyscan`. Only and always with `deployKey`.", {
          shown: "none",
        }),
      }),
      "How Flux logs in.",
      { value: { kind: "public" } },
    ),
  })
  .meta({ description: "The repository that the rendered tree is committed to." });

/** `hearth:platform`. */
export const platformSchema = z
  .record(text("name"), z.record(z.string(), z.unknown()))
  .meta({ description: "What Flux runs: app name -> its options, `{}` for none. Options are checked by each app." });

/** `hearth:charts`. */
export const chartsSchema = z
  .strictObject({
    mirror: optional(
      text("mirror"),
      "Registry that holds every chart under its own name, for a site without internet, such as oci://harbor.home.arpa/charts.",
      { shown: "upstream" },
    ),
    plainHttp: optional(z.boolean(), "Plain http to the mirror; only for a loopback address.", { value: false }),
  })
  .meta({ description: "Where Helm charts come from." });

/** `hearth:secrets`. */
export const secretsSchema = z
  .record(text("name"), secret("One secret.").unwrap())
  .meta({ description: "Secrets by name, as the platform's apps ask for them; `sops-age` is the age key that Flux decrypts with." });

/** `hearth:escrow`. */
export const escrowSchema = z
  .strictObject({
    recipient: required(
      text("ageRecipient"),
      "Public age key that `npm run escrow` encrypts machine secrets, age key and talosconfig to. Keep its private half away from the cluster.",
    ),
  })
  .meta({ description: "Who can open the escrow." });

/** `hearth:endpoints`. */
export const endpointsSchema = z
  .strictObject({
    imageFactory: optional(text("url"), "Talos Image Factory.", { value: DEFAULTS.imageFactory }),
  })
  .meta({ description: "Services that Hearth talks to, for an environment with its own." });

const deadline = (says: string, value: number): z.ZodOptional<z.ZodInt> =>
  optional(whole(1, 86400), `${says} Deadline in seconds.`, { value });

/** `hearth:gates`. */
export const gatesSchema = z
  .strictObject({
    talosApi: deadline("A node's Talos API answers after install and reboot.", DEFAULTS.gates.talosApi),
    kubernetesApi: deadline("kube-apiserver answers after bootstrap.", DEFAULTS.gates.kubernetesApi),
    nodes: deadline("Every node is registered, and later Ready.", DEFAULTS.gates.nodes),
    tree: deadline("The rendered tree is on the remote.", DEFAULTS.gates.tree),
    flux: deadline("Flux' first sync is Ready.", DEFAULTS.gates.flux),
    settle: optional(whole(0, 3600), "How long a control plane must look healthy before the next one is changed. In seconds.", {
      value: DEFAULTS.gates.settle,
    }),
  })
  .meta({ description: "How long `up` waits between the phases." });
