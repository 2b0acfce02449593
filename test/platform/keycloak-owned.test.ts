import assert from "node:assert/strict";
import type { ClientImport } from "../../platform/keycloak/client";
import type { Realm } from "../../platform/keycloak/realm";
import { ownedByTree } from "../../platform/keycloak/owned";
import { importJobs } from "../keycloak/jobs";
import { everything } from "./everything";

describe("what the tree owns in the realm", () => {
  it("is what its import brings there, by name", () => {
    const settings = everything();
    const owned = ownedByTree(settings);
    const files = importJobs(settings).map(({ text }) => JSON.parse(text) as Partial<ClientImport & Realm>); // the Jobs' own
    const clients = files.flatMap((file) => (file.clients ?? []).map(({ clientId }) => clientId));
    const realm = files.find(({ groups }) => groups !== undefined);
    assert.ok(clients.length > 3);
    assert.deepEqual(owned.clients, [...new Set(clients)].sort());
    assert.deepEqual(owned.groups, realm?.groups?.map(({ name }) => name).sort());
    assert.deepEqual(owned.roles, (realm?.roles as Realm["roles"]).realm.map(({ name }) => name).sort());
  });
});
