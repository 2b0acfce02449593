import type { DeclaredApp } from "../kit/app";
import type { Provider } from "../kit/provider";
import type { OidcClientRequest } from "../kit/requests";
import type { AppSecret, GeneratedSecret } from "../kit/secrets";
import { clientImport, CLIENT_SECRET_VARIABLE } from "../keycloak/client";
import { importJob, type SecretKey } from "../keycloak/import-job";
import { KEYCLOAK_NAMESPACE } from "../keycloak/names";

const KEYCLOAK_APP = "keycloak";

/** Everything that an app wants of the realm: its own clients. */
function clientsOf(app: DeclaredApp): readonly OidcClientRequest[] {
  return app.clients;
}

/**
 * Clients in the realm: each is brought there by a Job of its own in the asking app's access, so that it comes and
 * changes with the app. The Job never deletes: an app that goes leaves its client, without which nobody can use it.
 */
export const oidcClient: Provider = {
  name: "clients",
  needs: (app) => (clientsOf(app).length === 0 ? [] : [{ oneOf: [KEYCLOAK_APP], what: "asks for a log-in" }]),
  provide: (app, { facts: { identity } }) => {
    const clients = clientsOf(app);
    if (clients.length === 0 || identity === undefined) return {};
    return {
      accessDependsOn: app.name === KEYCLOAK_APP ? [] : [KEYCLOAK_APP],
      access: clients.flatMap((client) =>
        importJob({ name: keycloakSecret(client.id).secret, content: clientImport(identity.realm, client), variables: variables(client) }),
      ),
      secrets: clients.flatMap((client) => secrets(app, client)),
    };
  },
};

/** Where Keycloak's side of a client's secret is; also the name of its Job. */
function keycloakSecret(id: string): SecretKey {
  return { secret: `oidc-client-${id}`, key: "client-secret" };
}

function variables(client: OidcClientRequest): Readonly<Record<string, SecretKey>> {
  return client.flow === "public" ? {} : { [CLIENT_SECRET_VARIABLE]: keycloakSecret(client.id) };
}

/** The same text on both sides. Hexadecimal: the `+`, `/` and `=` of other alphabets do not survive every client. */
function secrets(app: DeclaredApp, { id, flow, secret }: OidcClientRequest): readonly AppSecret[] {
  if (flow === "public") return [];
  if (secret === undefined) throw new Error(`the client ${id} of ${app.name} has a secret and nowhere to put it`);
  const value: GeneratedSecret = { from: "generated", length: 64, alphabet: "hex", shared: `oidc-client/${id}` };
  const ours = keycloakSecret(id);
  const theirs = { name: secret.name, data: { [secret.key]: value } };
  const same = app.namespace.name === KEYCLOAK_NAMESPACE && secret.name === ours.secret;
  return same ? [theirs] : [theirs, { name: ours.secret, namespace: KEYCLOAK_NAMESPACE, data: { [ours.key]: value } }];
}
