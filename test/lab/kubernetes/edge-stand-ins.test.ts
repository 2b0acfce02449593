import assert from "node:assert/strict";
import type { KubeObject } from "../../../lab/kubernetes/objects";
import { certificate } from "../../../lab/kubernetes/stand-ins/certificate";
import { clusterSecretStore } from "../../../lab/kubernetes/stand-ins/cluster-secret-store";
import { clusterIssuer, issuer } from "../../../lab/kubernetes/stand-ins/issuer";
import { does } from "./does";

function object(kind: string, name: string, rest: Partial<KubeObject> & { readonly namespace?: string } = {}): KubeObject {
  const { namespace, ...fields } = rest;
  return { apiVersion: "v1", kind, metadata: { name, generation: 1, ...(namespace === undefined ? {} : { namespace }) }, ...fields };
}

const secret = (namespace: string, name: string, key: string) => object("Secret", name, { namespace, data: { [key]: "eA==" } });
const READY = { conditions: [{ type: "Ready", status: "True", observedGeneration: 1 }] };
const STALE = { conditions: [{ type: "Ready", status: "True", observedGeneration: 0 }] };

describe("the stand-in for cert-manager's issuers", () => {
  const acme = object("ClusterIssuer", "letsencrypt", {
    spec: { acme: { solvers: [{ dns01: { cloudflare: { apiTokenSecretRef: { name: "token", key: "t" } } } }], privateKeySecretRef: { name: "account" } } },
  });
  const written = ["/apis/cert-manager.io/v1/clusterissuers/letsencrypt/status"];

  it("waits for the credentials of a solver, key and all, where cert-manager looks for them", async () => {
    assert.deepEqual(await does(clusterIssuer, [acme]), []);
    assert.deepEqual(await does(clusterIssuer, [acme, secret("elsewhere", "token", "t")]), []);
    assert.deepEqual(await does(clusterIssuer, [acme, secret("cert-manager", "token", "other")]), []);
    assert.deepEqual(await does(clusterIssuer, [acme, secret("cert-manager", "token", "t")]), written);
  });

  it("waits for a CA's key pair, which an Issuer has beside itself", async () => {
    const ca = (kind: string, namespace?: string) => object(kind, "ca", { namespace, spec: { ca: { secretName: "pair" } } });
    assert.deepEqual(await does(clusterIssuer, [ca("ClusterIssuer")]), []);
    assert.equal((await does(clusterIssuer, [ca("ClusterIssuer"), secret("cert-manager", "pair", "tls.key")])).length, 1);
    assert.deepEqual(await does(issuer, [ca("Issuer", "db"), secret("cert-manager", "pair", "tls.key")]), []);
    assert.deepEqual(await does(issuer, [ca("Issuer", "db"), secret("db", "pair", "tls.key")]), [
      "/apis/cert-manager.io/v1/namespaces/db/issuers/ca/status",
    ]);
  });

  it("needs nothing to sign by itself, and says nothing twice", async () => {
    const own = object("Issuer", "own", { namespace: "db", spec: { selfSigned: {} } });
    assert.equal((await does(issuer, [own])).length, 1);
    assert.deepEqual(await does(issuer, [{ ...own, status: READY }]), []);
    assert.equal((await does(issuer, [{ ...own, status: STALE }])).length, 1);
    assert.deepEqual(await does(issuer, [object("Issuer", "nothing", { namespace: "db", spec: {} })]), []);
  });
});

describe("the stand-in for cert-manager's certificates", () => {
  const wanted = object("Certificate", "c", { namespace: "gateways", spec: { secretName: "s", issuerRef: { kind: "ClusterIssuer", name: "i" } } });
  const ready = object("ClusterIssuer", "i", { status: READY });
  const status = "/apis/cert-manager.io/v1/namespaces/gateways/certificates/c/status";

  it("issues once the issuer that it names is ready, and no other", async () => {
    assert.deepEqual(await does(certificate, [wanted]), []);
    assert.deepEqual(await does(certificate, [wanted, object("ClusterIssuer", "i")]), []);
    assert.deepEqual(await does(certificate, [wanted, object("ClusterIssuer", "other", { status: READY })]), []);
    assert.deepEqual(await does(certificate, [wanted, object("Issuer", "i", { namespace: "gateways", status: READY })]), []);
    assert.deepEqual(await does(certificate, [wanted, ready]), ["made gateways/s", status]);
  });

  it("takes an Issuer of the same namespace only", async () => {
    const local = object("Certificate", "c", { namespace: "gateways", spec: { secretName: "s", issuerRef: { name: "i" } } });
    assert.deepEqual(await does(certificate, [local, object("Issuer", "i", { namespace: "db", status: READY })]), []);
    assert.equal((await does(certificate, [local, object("Issuer", "i", { namespace: "gateways", status: READY })])).length, 2);
  });

  it("makes a Secret that was deleted anew, and otherwise leaves well alone", async () => {
    const issued = { ...wanted, status: READY };
    assert.deepEqual(await does(certificate, [issued, ready]), ["made gateways/s"]);
    assert.deepEqual(await does(certificate, [issued, ready, secret("gateways", "s", "tls.crt")]), []);
  });
});

describe("the stand-in for External Secrets' stores", () => {
  const store = (provider: unknown) => object("ClusterSecretStore", "s", { spec: { provider } });
  const path = "/apis/external-secrets.io/v1/clustersecretstores/s/status";
  const ref = { name: "credentials", key: "token", namespace: "es" };
  const credentials = secret("es", "credentials", "token");

  it("waits for the credentials of each provider", async () => {
    for (const provider of [
      { onepasswordSDK: { auth: { serviceAccountSecretRef: ref } } },
      { onepassword: { auth: { secretRef: { connectTokenSecretRef: ref } } } },
      { bitwardensecretsmanager: { auth: { secretRef: { credentials: ref } } } },
    ]) {
      assert.deepEqual(await does(clusterSecretStore, [store(provider)]), [], JSON.stringify(provider));
      assert.deepEqual(await does(clusterSecretStore, [store(provider), credentials]), [path]);
    }
  });

  it("waits for the CA that Bitwarden's server is trusted by", async () => {
    const provider = {
      bitwardensecretsmanager: {
        auth: { secretRef: { credentials: ref } },
        caProvider: { type: "Secret", name: "tls", key: "ca.crt", namespace: "es" },
      },
    };
    assert.deepEqual(await does(clusterSecretStore, [store(provider), credentials]), []);
    assert.deepEqual(await does(clusterSecretStore, [store(provider), credentials, secret("es", "tls", "ca.crt")]), [path]);
  });

  it("waits for the account that Vault trusts", async () => {
    const provider = { vault: { auth: { kubernetes: { serviceAccountRef: { name: "external-secrets", namespace: "es" } } } } };
    assert.deepEqual(await does(clusterSecretStore, [store(provider)]), []);
    assert.deepEqual(await does(clusterSecretStore, [store(provider), object("ServiceAccount", "external-secrets", { namespace: "es" })]), [path]);
  });
});
