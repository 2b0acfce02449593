import * as keycloak from "@pulumi/keycloak";
import * as pulumi from "@pulumi/pulumi";
import { rawFromPulumiConfig } from "../../config/pulumi-config";
import { UserError } from "../../config/user-error";
import { asProgram } from "../as-program";
import { runningConfig } from "../load-settings";
import { type Cluster, clusterOfStack } from "../outputs";
import { previousOutputs } from "../previous-run";
import { makeClients } from "./clients";
import { makeGroups } from "./groups";
import { parseSettings, refuseWhatTheTreeOwns } from "./problems";
import { type IdentitySettings, PROJECT, SECRET_FIELDS } from "./settings";
import { treeIds, treeNames } from "./tree-ids";
import { makeUsers } from "./users";

/** Seconds that one request to Keycloak may take: hashing a password on a busy node takes a few. */
const REQUEST_TIMEOUT = 30;

/** Settings and the cluster's outputs in; groups, users and clients in the cluster's realm. Nothing is made at import. */
async function program(): Promise<pulumi.Inputs> {
  const { config, secretKeys } = runningConfig();
  const settings = parseSettings(rawFromPulumiConfig(config, secretKeys, PROJECT, SECRET_FIELDS));
  const cluster = await clusterOfStack(settings.cluster);
  const { identity } = cluster;
  if (identity === undefined) throw new UserError(`the cluster of stack ${settings.cluster} has no Keycloak: add keycloak to its platform`);
  refuseWhatTheTreeOwns(settings, identity.owned);
  const provider = keycloakProvider(settings, cluster);
  const tree = await treeIds(treeNames(settings, identity.owned), identity.realm, provider, (await previousOutputs())["treeIds"]);
  const realm = { name: identity.realm, options: { provider }, tree };
  makeUsers(settings.users, makeGroups(settings.groups, realm), realm);
  return { realm: realm.name, treeIds: tree, clientSecrets: pulumi.secret(makeClients(settings.clients, realm)) };
}

/** With the cluster's own administering client. It logs in with the first change, not before: a preview calls nobody. */
function keycloakProvider({ url, ca }: IdentitySettings, { identity, identityClientSecret }: Cluster): keycloak.Provider {
  return new keycloak.Provider("keycloak", {
    url: new URL(url ?? identity?.url ?? "").origin,
    realm: "master",
    clientId: identity?.clientId,
    clientSecret: identityClientSecret,
    initialLogin: false,
    clientTimeout: REQUEST_TIMEOUT,
    ...(ca === undefined ? {} : { rootCaCertificate: ca }),
  });
}

export = asProgram(program);
