import assert from "node:assert/strict";
import { oauth2Proxy } from "../../platform/apps/oauth2-proxy";
import { vendoredFiles } from "../../platform/crds/vendored";
import type { KubeObject } from "../../platform/kit/objects";
import type { AppHost } from "../../platform/kit/requests";
import { clientsOf, route } from "../../platform/provide/route";
import { schemaProblems, schemasOf } from "./crd-schema";
import { appWith, at, declared, hostBy, IDENTITY, platformOf, routesOf } from "./gateway-fixture";

/** CRDs that are read. */
const SLOW_MS = 30_000;

const BROWSER = { by: "browser" } as const;
const API = { by: "api", audience: "home" } as const;
const PROXY = { by: "proxy" } as const;
const OWN = { by: "app", reason: "it has users of its own" } as const;
const OPEN = { by: "public", reason: "there is nothing to see" } as const;

function made(...hosts: readonly AppHost[]) {
  return routesOf("home", platformOf([appWith("home", hosts)]));
}

function kinds(objects: readonly KubeObject[] | undefined): readonly string[] {
  return (objects ?? []).map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);
}

function spec(objects: readonly KubeObject[] | undefined, kind: string, name = "home.example.com"): Record<string, unknown> {
  return at(objects, kind, name) as Record<string, unknown>;
}

describe("the routes of an app's hosts", function () {
  this.timeout(SLOW_MS);

  it("stand in the app's namespace, in its access, after Envoy Gateway and whoever guards them", () => {
    const { access, accessDependsOn, dependsOn } = made(hostBy(OPEN));
    assert.deepEqual(kinds(access), ["HTTPRoute home/home.example.com"]);
    assert.deepEqual([accessDependsOn, dependsOn], [["envoy-gateway"], undefined]);
    assert.deepEqual(spec(access, "HTTPRoute"), {
      parentRefs: [{ name: "internal", namespace: "gateways" }],
      hostnames: ["home.example.com"],
      rules: [{ matches: [{ path: { type: "PathPrefix", value: "/" } }], backendRefs: [{ name: "home", port: 80 }] }],
    });
    assert.deepEqual(made(hostBy(BROWSER)).accessDependsOn, ["envoy-gateway", "keycloak"]);
    assert.deepEqual(made(hostBy(PROXY)).accessDependsOn, ["envoy-gateway", "oauth2-proxy"]);
  });

  it("are not there while Envoy Gateway is off, and neither are their needs and clients", () => {
    const platform = platformOf([appWith("home", [hostBy(BROWSER), hostBy(PROXY, { host: "b.example.com" })])], { off: ["envoy-gateway"] });
    assert.deepEqual(routesOf("home", platform), {});
    assert.deepEqual(route.needs(declared("home", platform), platform), []);
    assert.deepEqual(clientsOf(declared("home", platform), platform), []);
  });

  it("need Keycloak or OAuth2-Proxy by their protection, and nobody when they are open", () => {
    const platform = platformOf([
      appWith(
        "home",
        [BROWSER, API, PROXY, OWN, OPEN].map((protection) => hostBy(protection)),
      ),
    ]);
    assert.deepEqual(
      route.needs(declared("home", platform), platform).map(({ oneOf }) => oneOf),
      [["keycloak"], ["keycloak"], ["oauth2-proxy"]],
    );
  });

  it("pass as what the CRDs of the pinned versions say, whatever the protection", () => {
    const schemas = schemasOf([...vendoredFiles("gateway-api").values(), ...vendoredFiles("envoy-gateway").values()]);
    const hosts = [BROWSER, API, PROXY, OWN, OPEN].flatMap((protection, index) => [
      hostBy(protection, { host: `http${index}.example.com`, paths: ["/a"] }),
      hostBy(protection, { host: `grpc${index}.example.com`, protocol: "grpc" }),
    ]);
    const objects = made(...hosts).access ?? [];
    for (const object of objects) {
      const schema = schemas.get(`${object.apiVersion} ${object.kind}`);
      assert.deepEqual(schema === undefined ? [object.kind] : schemaProblems(object, schema), []);
    }
    assert.deepEqual([...new Set(objects.map(({ kind }) => kind))].sort(), ["GRPCRoute", "HTTPRoute", "ReferenceGrant", "SecurityPolicy"]);
  });

  it("are gRPC's own for a host that speaks it", () => {
    const { access } = made(hostBy(API, { protocol: "grpc" }));
    assert.deepEqual(spec(access, "GRPCRoute")["rules"], [{ backendRefs: [{ name: "home", port: 80 }] }]);
    assert.deepEqual((spec(access, "SecurityPolicy")["targetRefs"] as unknown[])[0], {
      group: "gateway.networking.k8s.io",
      kind: "GRPCRoute",
      name: "home.example.com",
    });
  });

  it("keep paths of one host apart, each with its own protection", () => {
    const { access } = made(hostBy(BROWSER), hostBy(OPEN, { paths: ["/.well-known/thing"] }));
    assert.deepEqual(
      kinds(access).filter((name) => !name.startsWith("ReferenceGrant")),
      ["HTTPRoute home/home.example.com", "HTTPRoute home/home.example.com.well-known-thing", "SecurityPolicy home/home.example.com"],
    );
  });

  it("are left to whoever makes them, and protected all the same", () => {
    const { access } = made(hostBy(API, { existingRoute: "models" }));
    assert.deepEqual(
      kinds(access).filter((name) => !name.startsWith("ReferenceGrant")),
      ["SecurityPolicy home/models"],
    );
    assert.deepEqual(at(access, "SecurityPolicy", "models", "targetRefs", 0, "name"), "models");
  });

  it("let log-in be reached from wherever the hosts are, the Internet included", () => {
    const { access } = made(hostBy(OWN, { gateway: "auth" }));
    assert.deepEqual(
      spec(access, "HTTPRoute")["parentRefs"],
      ["auth", "external"].map((name) => ({ name, namespace: "gateways" })),
    );
  });
});

describe("protections", () => {
  it("are one policy per route, which names that route and no other", () => {
    const hosts = [BROWSER, API, PROXY, BROWSER].map((protection, index) => hostBy(protection, { host: `h${index}.example.com` }));
    const policies = (made(...hosts).access ?? []).filter(({ kind }) => kind === "SecurityPolicy");
    assert.deepEqual(
      policies.map((policy) => (policy["spec"] as { targetRefs: { name: string }[] }).targetRefs.map(({ name }) => name)),
      hosts.map(({ host }) => [host]),
    );
  });

  it("are no policy where the app logs in by itself, which would be a second log-in, or where nobody needs to", () => {
    assert.deepEqual(kinds(made(hostBy(OWN), hostBy(OPEN, { host: "b.example.com" })).access), [
      "HTTPRoute home/home.example.com",
      "HTTPRoute home/b.example.com",
    ]);
  });

  it("log browsers in at Keycloak outside, and change the code for a token at its Service inside", () => {
    const { access } = made(hostBy(BROWSER));
    const oidc = spec(access, "SecurityPolicy")["oidc"] as Record<string, unknown>;
    assert.deepEqual(oidc["provider"], {
      issuer: IDENTITY.issuer,
      authorizationEndpoint: IDENTITY.authorizationEndpoint,
      tokenEndpoint: IDENTITY.internal.tokenEndpoint,
      endSessionEndpoint: IDENTITY.endSessionEndpoint,
      backendRefs: [{ name: "keycloak-service", namespace: "keycloak", port: 8080 }],
    });
    assert.equal(oidc["cookieDomain"], undefined);
    assert.equal(oidc["refreshToken"], true);
    assert.ok(oidc["logoutPath"] !== "/logout" && String(oidc["logoutPath"]).startsWith("/oauth2/"));
    assert.deepEqual(spec(access, "ReferenceGrant", "home-to-keycloak-service"), {
      from: [{ group: "gateway.envoyproxy.io", kind: "SecurityPolicy", namespace: "home" }],
      to: [{ group: "", kind: "Service", name: "keycloak-service" }],
    });
    assert.ok(kinds(access).includes("ReferenceGrant keycloak/home-to-keycloak-service"));
  });

  it("ask Keycloak for a client that knows the exact callback of every host, and whose secret is the policy's", () => {
    const platform = platformOf([
      appWith("home", [hostBy(BROWSER, { host: "a.example.com" }), hostBy(BROWSER, { host: "b.example.com" }), hostBy(OWN)]),
    ]);
    const [client, ...others] = clientsOf(declared("home", platform), platform);
    assert.deepEqual(others, []);
    assert.deepEqual(client, {
      id: "gateway-home",
      flow: "code",
      redirectUris: ["https://a.example.com/oauth2/callback", "https://b.example.com/oauth2/callback"],
      postLogoutRedirectUris: ["https://a.example.com/", "https://b.example.com/"],
      secret: { name: "gateway-home-oidc", key: "client-secret" },
    });
    const { access } = routesOf("home", platform);
    for (const host of ["a.example.com", "b.example.com"]) {
      const oidc = spec(access, "SecurityPolicy", host)["oidc"] as Record<string, unknown>;
      assert.deepEqual([oidc["clientID"], oidc["clientSecret"]], [client?.id, { name: client?.secret?.name }]);
      assert.ok(client?.redirectUris?.includes(String(oidc["redirectURL"])));
    }
  });

  it("route the callback, too, where only some paths are the app's", () => {
    const paths = (host: AppHost) =>
      (
        spec(made(host).access, "HTTPRoute", "home.example.com.hook")["rules"] as { matches: { path: { value: string } }[] }[]
      )[0]?.matches.map(({ path }) => path.value);
    assert.deepEqual(paths(hostBy(BROWSER, { paths: ["/hook/"] })), ["/hook/", "/oauth2/"]);
    assert.deepEqual(paths(hostBy(OPEN, { paths: ["/hook/"] })), ["/hook/"]);
  });

  it("take only tokens of the realm for the app's audience, with keys from inside the cluster, and hand on who it is", () => {
    const [provider] = (spec(made(hostBy(API)).access, "SecurityPolicy")["jwt"] as { providers: Record<string, unknown>[] }).providers;
    assert.deepEqual([provider?.["issuer"], provider?.["audiences"]], [IDENTITY.issuer, ["home"]]);
    assert.equal((provider?.["remoteJWKS"] as { uri: string }).uri, IDENTITY.internal.jwksUri);
    const headers = (provider?.["claimToHeaders"] as { claim: string; header: string }[]).map(({ claim, header }) => `${claim} ${header}`);
    for (const expected of ["sub x-jwt-sub", "email x-jwt-email", "groups x-jwt-groups"]) assert.ok(headers.includes(expected), expected);
  });

  it("send the cookie to OAuth2-Proxy, its answer to the app, and log-in paths past the question", () => {
    const { access } = made(hostBy(PROXY));
    const auth = spec(access, "SecurityPolicy")["extAuth"] as {
      headersToExtAuth: string[];
      failOpen: boolean;
      http: Record<string, unknown>;
    };
    assert.ok(auth.headersToExtAuth.includes("cookie") && auth.headersToExtAuth.includes("x-forwarded-proto"));
    assert.ok((auth.http["headersToBackend"] as string[]).includes("x-auth-request-user"));
    assert.deepEqual([auth.failOpen, auth.http["path"], auth.http["headersToExtAuth"]], [false, undefined, undefined]);
    assert.deepEqual(spec(access, "HTTPRoute", "home.example.com.oauth2")["rules"], [
      {
        matches: [{ path: { type: "PathPrefix", value: "/oauth2/" } }],
        backendRefs: [{ name: "oauth2-proxy", namespace: "oauth2-proxy", port: 4180 }],
      },
    ]);
    assert.deepEqual(
      (spec(access, "ReferenceGrant", "home-to-oauth2-proxy")["from"] as { kind: string }[]).map(({ kind }) => kind),
      ["SecurityPolicy", "HTTPRoute"],
    );
  });

  it("give OAuth2-Proxy one client that every host behind it comes back to", () => {
    const apps = ["a", "b"].map((name) => appWith(name, [hostBy(PROXY, { host: `${name}.example.com` })]));
    const platform = platformOf([...apps, appWith("c", [hostBy(OWN, { host: "c.example.com" })])]);
    assert.deepEqual(
      clientsOf(declared("oauth2-proxy", platform), platform).map(({ id, redirectUris }) => [id, redirectUris]),
      [["oauth2-proxy", ["https://a.example.com/oauth2/callback", "https://b.example.com/oauth2/callback"]]],
    );
    assert.deepEqual(clientsOf(declared("a", platform), platform), []);
  });
});

describe("OAuth2-Proxy", () => {
  const args = (proxyOptions: Readonly<Record<string, unknown>>) => {
    const app = declared("oauth2-proxy", platformOf([], { proxyOptions }));
    return at(app.objects, "Deployment", "oauth2-proxy", "template", "spec", "containers", 0, "args") as string[];
  };

  it("lets in the members of every group that is named, not only of the last", () => {
    assert.deepEqual(
      args({ allowedGroups: ["family", "admins"] }).filter((arg) => arg.startsWith("--allowed-group")),
      ["--allowed-group=family", "--allowed-group=admins"],
    );
  });

  it("answers 200 and keeps its own paths below the one that it is given, so that it opens none of an app's", () => {
    const given = args({});
    assert.ok(given.includes("--upstream=static://200") && given.includes("--skip-provider-button=true"));
    for (const flag of ["--ping-path=", "--ready-path="])
      assert.ok(given.find((arg) => arg.startsWith(flag))?.startsWith(`${flag}/oauth2/`), flag);
  });

  it("keeps sessions in Redis, since the gateway would keep a renewed cookie from the browser", () => {
    assert.ok(args({}).includes("--session-store-type=redis"));
    assert.ok(args({}).includes("--redis-connection-url=redis://redis.redis.svc.cluster.local:6379"));
    assert.ok(oauth2Proxy.needs.includes("redis"));
  });

  it("takes addresses that nobody verified as long as they open nothing", () => {
    const unverified = (emailDomains?: readonly string[]) =>
      args(emailDomains === undefined ? {} : { emailDomains }).some((arg) => arg.includes("unverified-email"));
    assert.deepEqual([unverified(), unverified(["example.com"])], [true, false]);
  });

  it("waits for Redis and logs in to it with the password that Redis knows", () => {
    const platform = platformOf([]);
    const proxy = declared("oauth2-proxy", platform);
    assert.ok(proxy.dependsOn.includes("redis"));
    const users = declared("redis", platform).secrets.find(({ name }) => name === "redis-users");
    assert.ok(users?.data["default"] !== undefined);
    assert.deepEqual(proxy.secrets.find(({ name }) => name === "oauth2-proxy-redis")?.data["password"], users.data["default"]);
  });

  it("encrypts cookies with 32 bytes of its own", () => {
    const secret = declared("oauth2-proxy", platformOf([])).secrets.find(({ name }) => name === "oauth2-proxy-cookie");
    assert.deepEqual(secret?.data["cookie-secret"], { from: "generated", length: 32, alphabet: "alphanumeric" });
  });
});
