/** What a user may say about tenants. Shapes and defaults; rules between fields are in `rules.ts`. */
import { z } from "zod";
import { text } from "../../../config/formats";
import { secret, whole } from "../../../config/schema/fields";

/** Name of the Pulumi project, and so the namespace of every key in its stack files. */
export const PROJECT = "hearth-tenant";

/** Where its settings hold secrets; `*` stands for a name that the user chose. */
export const SECRET_FIELDS: readonly (readonly string[])[] = [
  ["tenants", "*", "git", "credentials", "token"],
  ["tenants", "*", "git", "credentials", "deployKey"],
];

const port = whole(1, 65535);

/** An amount as Kubernetes writes it, such as `500m` or `2Gi`; a plain number may stand without quotes. */
const quantity = z.union([z.string(), z.number()]).superRefine((value, context) => {
  if (/^\d+(\.\d+)?([numkMGTPE]|[KMGTPE]i)?$/.test(String(value))) return;
  const params = { rule: "tenant.quantity", fix: "write it as Kubernetes does, such as 500m, 2 or 4Gi" };
  context.addIssue({ code: "custom", message: "is not an amount", params });
});

/** What one container has where it says nothing; the names are those of a LimitRange. */
const amounts = z.strictObject({ cpu: quantity.optional(), memory: quantity.optional(), "ephemeral-storage": quantity.optional() });

/** What a namespace may use in all, where the settings do not say otherwise: entries of a ResourceQuota's `hard`. */
export const DEFAULT_QUOTA: Readonly<Record<string, string>> = {
  "requests.cpu": "2",
  "requests.memory": "4Gi",
  "limits.memory": "8Gi",
  "requests.storage": "20Gi",
  persistentvolumeclaims: "10",
  pods: "30",
  // Both would open a way in beside the gateways.
  "services.loadbalancers": "0",
  "services.nodeports": "0",
};

const namespaceSchema = z.strictObject({
  podSecurity: z
    .enum(["restricted", "baseline"])
    .default("restricted")
    .describe("Pod Security level. `privileged` is not for tenants: such a pod is the node."),
  quota: z
    .record(z.string().regex(/^[a-z][\w./-]*$/, "is not a name of a quota"), quantity)
    .default({})
    .describe("What the namespace may use in all, by the names of a ResourceQuota; put over the defaults."),
  limits: z
    .strictObject({
      defaultRequest: amounts.default({ cpu: "50m", memory: "128Mi" }).describe("What a container asks for that asks for nothing."),
      default: amounts.default({ memory: "256Mi" }).describe("The limit of a container that has none."),
      max: amounts.default({}).describe("The most that one container may have."),
    })
    .prefault({})
    .describe("What one container has and may have: a LimitRange."),
});

const gitSchema = z.strictObject({
  url: text("gitUrl").describe("Repository that Flux syncs: https://host/owner/repository.git or ssh://git@host/owner/repository.git."),
  branch: text("branch").default("main").describe("Branch that Flux syncs."),
  path: text("repositoryPath").optional().describe("Folder in the repository. @default its root"),
  intervalMinutes: whole(1, 1440).default(5).describe("How often Flux looks for a new commit."),
  credentials: z
    .strictObject({
      kind: z.enum(["public", "token", "deployKey"]).describe("`public`: none. `token`: over https. `deployKey`: over ssh."),
      username: text("text").default("git").describe("User that goes with the token."),
      token: secret("Access token with read access. Only and always with `token`."),
      deployKey: secret("Private key in OpenSSH form. Only and always with `deployKey`."),
      knownHosts: text("text").optional().describe("The server's lines of known_hosts. Only and always with `deployKey`."),
    })
    .prefault({ kind: "public" })
    .describe("How Flux logs in."),
});

const networkSchema = z.strictObject({
  gateways: z.array(port).default([]).describe("Ports of the tenant's pods that the platform's gateways may call."),
  world: z.array(port).default([]).describe("Ports of the Internet that the tenant's pods may call: never of private networks."),
  closed: z
    .array(text("cidr"))
    .default([])
    .describe(
      "Further networks that `world` leaves out, such as the public IPv6 prefix of the house; private ones and those of the nodes always are.",
    ),
  addresses: z
    .array(z.strictObject({ cidr: text("cidr"), ports: z.array(port).min(1) }))
    .default([])
    .describe("Single addresses outside the cluster, also private ones, that the tenant's pods may call."),
});

const alsoSchema = z.strictObject({
  group: z.string().describe("API group, such as `external-secrets.io`; empty for the core."),
  resources: z.array(z.string()).min(1),
  verbs: z.array(z.enum(["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"])).min(1),
});

const tenantSchema = z.strictObject({
  namespaces: z.record(text("name"), namespaceSchema).describe("The tenant's namespaces by name, `{}` for the defaults."),
  home: text("name")
    .optional()
    .describe("Namespace of its service account and of what Flux syncs. @default the one of its own name, else its only one"),
  data: z
    .enum(["keep", "delete"])
    .default("keep")
    .describe(
      "What becomes of a namespace that leaves the settings: `keep` leaves it there, fenced, without rights; `delete` takes it away with everything in it.",
    ),
  rights: z
    .enum(["edit", "admin"])
    .default("edit")
    .describe("`edit`: workloads, configuration, storage and Flux objects. `admin`: also roles of its own, never above its own rights."),
  also: z.array(alsoSchema).default([]).describe("Further rights in its namespaces, such as on the kinds of an operator."),
  git: gitSchema.optional().describe("What Flux syncs as the tenant. @default nothing"),
  network: networkSchema.prefault({}).describe("What is open beyond its own namespaces, DNS and the API server."),
});

/** Every section that a stack file may have: `hearth-tenant:<section>`. */
export const SECTIONS = {
  cluster: text("text").describe("Stack of the cluster: `organization/hearth/home` where the backend has no organizations."),
  existing: z
    .enum(["refuse", "adopt"])
    .default("refuse")
    .describe("What becomes of a namespace that is there already: `adopt` takes it over, such as one that was kept; for one `up`."),
  tenants: z.record(text("name"), tenantSchema).describe("The tenants by name."),
} as const;

/** What a user writes, as one schema. */
export const tenantsSchema = z.strictObject(SECTIONS);

/** What a user wrote, defaults filled in. */
export type Written = z.output<typeof tenantsSchema>;
export type WrittenTenant = Written["tenants"][string];
