import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitUntil } from "../../../components/gates/wait";
import { GitServer } from "../../../lab/git/git-server";
import type { KubeClient } from "../../../lab/kubernetes/client";
import { conditionStatus, type KubeObject, textAt } from "../../../lab/kubernetes/objects";
import { ALL_VERBS, may, notRefused, rulesIn, type Served, served } from "./api-surface";
import { Caller } from "./caller";
import { everything, fences, isAbout, platformReady, readyMessage, synced } from "./tenant-sights";
import { TenantStack } from "./tenant-stack";
import type { ConsumerWorld } from "./world";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const TOKEN = "a-token-of-the-team";

/** What everybody who is logged in may do, by the API server's own bindings. */
const OF_EVERYBODY = [
  "create authentication.k8s.io/selfsubjectreviews",
  "create authorization.k8s.io/selfsubjectaccessreviews",
  "create authorization.k8s.io/selfsubjectrulesreviews",
];

/** Two teams: one that manages roles of its own and has a repository, one with the defaults. */
const stackFile = (cluster: string, gitUrl: string): string => `config:
  hearth-tenant:cluster: ${cluster}
  hearth-tenant:tenants:
    shop:
      namespaces:
        shop: {}
      rights: admin
      data: delete
      git:
        url: ${gitUrl}
        path: deploy
        credentials:
          kind: token
      network:
        gateways: [8080]
        world: [443]
    books:
      namespaces:
        books: {}
      data: delete
`;

const configMap = (namespace: string, name = "greeting"): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace },
  data: { says: "hello" },
});

const ALMIGHTY = { apiGroups: ["*"], resources: ["*"], verbs: ["*"] };

/** Proofs on the lab's cluster: `world` is up. */
export function describeTenant(world: ConsumerWorld): void {
  describe("tenants", () => {
    const dir = mkdtempSync(join(tmpdir(), "hearth-team-"));
    let git: GitServer;
    let tenants: TenantStack;
    let admin: KubeClient;
    let shop: Caller;
    let nobody: Caller;
    let flux: Caller;
    let surface: readonly Served[];
    let standing: ReadonlyMap<string, string>;

    const callerOf = async (namespace: string, name: string): Promise<Caller> => {
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
      const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 3600 } };
      const { status } = await admin.request<{ status: { token: string } }>("POST", path, { body: request });
      return new Caller(world.lab.home.kubeconfig, { token: status.token });
    };

    before(async () => {
      git = await GitServer.start({ repository: join(dir, "team.git"), token: TOKEN });
      admin = world.lab.kubernetes();
      await platformReady(admin);
      standing = await everything(admin);
      tenants = await TenantStack.open(world, "teams", stackFile(world.cluster, git.url));
      const key = "hearth-tenant:tenants.shop.git.credentials.token";
      await tenants.stack.setConfig(key, { value: TOKEN, secret: true }, true);
    });
    after(async () => {
      for (const caller of [shop, nobody, flux]) caller?.close();
      admin?.close();
      await git?.stop();
      rmSync(dir, { recursive: true, force: true });
    });

    it("come up within the policy pack, and a second up changes nothing", async () => {
      await git.publish(new Map([["deploy/greeting.yaml", JSON.stringify(configMap("shop"))]]), "greet");
      await tenants.preview();
      const changes = await tenants.up();
      assert.deepEqual(Object.keys(changes), ["create"]);
      assert.deepEqual(await tenants.up(), {});
      const state = readFileSync(join(world.lab.home.state, ".pulumi/stacks/hearth-tenant/teams.json"), "utf8");
      assert.ok(state.includes("shop-git"));
      assert.ok(!state.includes(TOKEN) && !state.includes(Buffer.from(TOKEN).toString("base64")), "the token is in the state in clear");
    });

    it("have namespaces that the API server fences: pods are restricted, amounts are limited", async () => {
      const { level, hard } = await fences(admin, "shop");
      assert.deepEqual([level, hard["pods"], hard["services.nodeports"]], ["restricted", "30", "0"]);
      const pods = "/api/v1/namespaces/shop/pods?dryRun=All";
      const pod = (spec: object): KubeObject => ({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "p" },
        spec: { containers: [{ name: "c", image: "c:1", ...spec }] },
      });
      shop = await callerOf("shop", "shop");
      const refused = await shop.ask("POST", pods, pod({ securityContext: { privileged: true } }));
      assert.deepEqual([refused.status, /violates PodSecurity "restricted/.test(refused.message)], [403, true], refused.message);
      const nodePort = { apiVersion: "v1", kind: "Service", metadata: { name: "s" }, spec: { type: "NodePort", ports: [{ port: 80 }] } };
      const service = await shop.ask("POST", "/api/v1/namespaces/shop/services?dryRun=All", nodePort);
      assert.deepEqual([service.status, /exceeded quota: tenant/.test(service.message)], [403, true], service.message);
      const taking = { ...nodePort, spec: { ports: [{ port: 80 }], externalIPs: ["203.0.113.7"] } };
      const taken = await shop.ask("POST", "/api/v1/namespaces/shop/services?dryRun=All", taking);
      assert.match(taken.message, /a tenant's Service cannot have externalIPs/);
      assert.equal(
        (await shop.ask("POST", "/api/v1/namespaces/shop/services?dryRun=All", { ...nodePort, spec: { ports: [{ port: 80 }] } })).status,
        201,
      );
    });

    it("are refused every verb on everything outside their namespaces, by token and as Flux impersonates them", async () => {
      flux = new Caller(world.lab.home.kubeconfig, { impersonate: "system:serviceaccount:shop:shop" });
      nobody = await callerOf("default", "default");
      surface = await served(nobody);
      const namespaced = surface.filter((each) => each.namespaced);
      const clusterWide = surface.filter((each) => !each.namespaced);
      assert.ok(namespaced.length > 100 && clusterWide.length > 40, `${namespaced.length} and ${clusterWide.length} resources`);
      let asked = 0;
      for (const caller of [shop, flux]) {
        for (const namespace of ["books", "flux-system", "kube-system", "default"]) {
          assert.deepEqual(
            await notRefused(caller, namespaced, namespace),
            [],
            `${caller === shop ? "by token" : "impersonated"} in ${namespace}`,
          );
          asked += namespaced.length * ALL_VERBS.length;
        }
        assert.deepEqual(await notRefused(caller, namespaced), [], "in all namespaces at once");
        assert.deepEqual(await notRefused(caller, clusterWide), OF_EVERYBODY);
      }
      assert.ok(asked > 5_000, String(asked));
    });

    it("have in every other namespace the rules of somebody without rights, and more in their own", async () => {
      const others = (await admin.list("/api/v1/namespaces")).map(({ metadata }) => metadata.name).filter((name) => name !== "shop");
      assert.ok(others.includes("gateways") && others.includes("keycloak"), others.join());
      for (const namespace of others) {
        const none = await rulesIn(nobody, namespace);
        assert.deepEqual(await rulesIn(shop, namespace), none, namespace);
        assert.deepEqual(await rulesIn(flux, namespace), none, namespace);
      }
      assert.ok((await rulesIn(shop, "shop")).length > (await rulesIn(nobody, "shop")).length);
    });

    it("may in their own namespace what they need, and nothing on what fences them", async () => {
      const own = await notRefused(
        shop,
        surface.filter((each) => each.namespaced),
        "shop",
      );
      for (const may of [
        "deletecollection /pods",
        "create apps/deployments",
        "patch /secrets",
        "create kustomize.toolkit.fluxcd.io/kustomizations",
      ]) {
        assert.ok(own.includes(may), may);
      }
      const fence = /\/(resourcequotas|limitranges|networkpolicies|ciliumnetworkpolicies)(\/|$)/;
      assert.deepEqual([...new Set(own.filter((each) => fence.test(each)).map((each) => each.split(" ")[0]))], ["get", "list", "watch"]);
      const books = await callerOf("books", "books");
      assert.ok(await may(books, { verb: "create", group: "", resource: "pods", namespace: "books" }));
      assert.ok(!(await may(books, { verb: "create", group: "rbac.authorization.k8s.io", resource: "rolebindings", namespace: "books" })));
      books.close();
      const label = { metadata: { labels: { "pod-security.kubernetes.io/enforce": "privileged" } } };
      assert.equal((await shop.ask("PATCH", "/api/v1/namespaces/shop", label)).status, 403);
    });

    it("cannot raise their rights", async () => {
      for (const caller of [shop, flux]) {
        const bind = (namespace: string, kind: string, name: string) =>
          caller.ask("POST", `${RBAC}/namespaces/${namespace}/rolebindings?dryRun=All`, binding("RoleBinding", { kind, name }));
        // The same request goes through for rights that they have, so it is the rights that stop it.
        assert.equal((await bind("shop", "Role", "shop")).status, 201);
        const almighty = await bind("shop", "ClusterRole", "cluster-admin");
        assert.deepEqual([almighty.status, /attempting to grant RBAC permissions not currently held/.test(almighty.message)], [403, true]);
        assert.equal((await bind("shop", "ClusterRole", "edit")).status, 403);
        assert.equal((await bind("books", "Role", "books")).status, 403);
        const role = { ...binding("Role", undefined), rules: [ALMIGHTY] };
        assert.equal((await caller.ask("POST", `${RBAC}/namespaces/shop/roles?dryRun=All`, role)).status, 403);
        assert.equal((await caller.ask("PATCH", `${RBAC}/namespaces/shop/roles/shop?dryRun=All`, { rules: [ALMIGHTY] })).status, 403);
        const everywhere = binding("ClusterRoleBinding", { kind: "ClusterRole", name: "cluster-admin" });
        assert.equal((await caller.ask("POST", `${RBAC}/clusterrolebindings?dryRun=All`, everywhere)).status, 403);
        for (const namespace of ["shop", "books", "flux-system", undefined]) {
          for (const [verb, group, resource] of SPECIAL_VERBS) {
            assert.ok(!(await may(caller, { verb, group, resource, namespace })), `${verb} ${resource} in ${namespace ?? "all"}`);
          }
        }
      }
      const asFlux = await shop.ask("GET", "/api/v1/namespaces/flux-system/secrets/sops-age", undefined, {
        "impersonate-user": "system:serviceaccount:flux-system:kustomize-controller",
      });
      assert.deepEqual([asFlux.status, /cannot impersonate/.test(asFlux.message)], [403, true], asFlux.message);
    });

    it("are synced by Flux, which is refused what they are refused", async () => {
      await synced(admin, "shop", "shop", (sync) => conditionStatus(sync, "Ready") === "True");
      assert.equal(textAt(await admin.find("/api/v1/namespaces/shop/configmaps/greeting"), "data", "says"), "hello");
      const role = {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRole",
        metadata: { name: "of-the-team" },
        rules: [ALMIGHTY],
      };
      for (const [object, path] of [
        [configMap("books"), "/api/v1/namespaces/books/configmaps/greeting"],
        [configMap("flux-system"), "/api/v1/namespaces/flux-system/configmaps/greeting"],
        [role, `${RBAC}/clusterroles/of-the-team`],
      ] as const) {
        const commit = await push({ "deploy/greeting.yaml": configMap("shop"), "deploy/other.yaml": object });
        const sync = await synced(admin, "shop", "shop", (each) => isAbout(each, commit) && conditionStatus(each, "Ready") === "False");
        assert.match(readyMessage(sync), /forbidden: User "system:serviceaccount:shop:shop" cannot/);
        assert.equal(await admin.find(path), undefined, path);
      }
    });

    it("cannot have Flux apply a source of another namespace, nor go without a service account", async () => {
      const sync = (name: string, spec: object): KubeObject => ({
        apiVersion: "kustomize.toolkit.fluxcd.io/v1",
        kind: "Kustomization",
        metadata: { name, namespace: "shop" },
        spec: { interval: "1h", prune: true, path: "./deploy", ...spec },
      });
      const platform = { kind: "GitRepository", name: "flux-system", namespace: "flux-system" };
      const commit = await push({
        "deploy/greeting.yaml": configMap("shop"),
        "deploy/theirs.yaml": sync("theirs", { serviceAccountName: "shop", sourceRef: platform }),
        "deploy/nobody.yaml": sync("nobody", { sourceRef: { kind: "GitRepository", name: "shop" } }),
      });
      await synced(admin, "shop", "shop", (each) => isAbout(each, commit) && conditionStatus(each, "Ready") === "True");
      const theirs = await synced(admin, "shop", "theirs", (each) => conditionStatus(each, "Ready") === "False");
      assert.match(
        readyMessage(theirs),
        /can't access 'GitRepository\/flux-system\/flux-system', cross-namespace references have been blocked/,
      );
      const nobodys = await synced(admin, "shop", "nobody", (each) => conditionStatus(each, "Ready") === "False");
      assert.match(readyMessage(nobodys), /User "system:serviceaccount:shop:default" cannot/);
      const back = await push({ "deploy/greeting.yaml": configMap("shop") });
      await synced(admin, "shop", "shop", (each) => isAbout(each, back) && conditionStatus(each, "Ready") === "True");
    });

    it("change by what their settings say, and a second up changes nothing", async () => {
      tenants.change(
        [["hearth-tenant:tenants", "shop", "namespaces", "shop-jobs"], { podSecurity: "baseline" }],
        [["hearth-tenant:tenants", "shop", "namespaces", "shop", "quota"], { pods: 12 }],
      );
      // One namespace, its fences, a role and its binding; what changes is the quota and who may reach whom.
      assert.deepEqual(await tenants.up(), { create: 6, update: 3 });
      assert.deepEqual(await tenants.up(), {});
      assert.equal((await fences(admin, "shop")).hard["pods"], "12");
      assert.equal((await fences(admin, "shop-jobs")).level, "baseline");
      const commit = await push({ "deploy/greeting.yaml": configMap("shop"), "deploy/job.yaml": configMap("shop-jobs") });
      await synced(admin, "shop", "shop", (each) => isAbout(each, commit) && conditionStatus(each, "Ready") === "True");
    });

    it("never take a namespace that is there already, unless they are told to", async () => {
      await admin.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "attic" } }, { manager: "somebody", onConflict: "fail" });
      tenants.change([["hearth-tenant:tenants", "books", "namespaces", "attic"], {}]);
      tenants.change([["hearth-tenant:tenants", "books", "home"], "books"]);
      assert.match((await tenants.refusal("up")).errors.join("\n"), /namespace attic cannot be made: it is there; choose another name/);
      tenants.change([["hearth-tenant:existing"], "adopt"]);
      assert.equal((await fences(admin, "attic")).level, undefined);
      await tenants.up();
      assert.equal((await fences(admin, "attic")).level, "restricted");
      tenants.change([["hearth-tenant:existing"], undefined]);
      await tenants.up();
      assert.deepEqual(await tenants.up(), {});
    });

    it("leave a namespace of a team that keeps its data, fenced and without rights", async () => {
      tenants.change([["hearth-tenant:tenants", "books", "data"], "keep"]);
      await tenants.up();
      tenants.change([["hearth-tenant:tenants", "books"], undefined]);
      await tenants.up();
      assert.equal((await fences(admin, "books")).hard["pods"], "30");
      assert.ok((await admin.find("/apis/cilium.io/v2/namespaces/books/ciliumnetworkpolicies/tenant")) !== undefined);
      assert.equal(await admin.find(`${RBAC}/namespaces/books/rolebindings/books`), undefined);
      for (const name of ["books", "attic"]) await admin.delete(`/api/v1/namespaces/${name}`);
      for (const kind of ["validatingadmissionpolicies", "validatingadmissionpolicybindings"]) {
        const path = `/apis/admissionregistration.k8s.io/v1/${kind}/tenant-books`;
        assert.ok((await admin.find(path)) !== undefined, path);
        await admin.delete(path);
      }
    });

    it("go, and nothing of theirs stays, nor does anything else go", async () => {
      const { delete: deleted = 0 } = await tenants.destroy();
      assert.ok(deleted > 15, String(deleted));
      await waitUntil({
        what: "the cluster to be as it was",
        deadline: 60,
        look: async () => {
          const now = await everything(admin);
          // The platform is still coming up beside, so what is new must be told by its name.
          const more = [...now.keys()].filter((key) => !standing.has(key) && /\b(shop|books|attic|tenant|of-the-team)\b/.test(key));
          const less = [...standing].filter(([key, uid]) => now.get(key) !== uid).map(([key]) => key);
          return more.length + less.length === 0
            ? { ready: true }
            : { ready: false, state: `new: ${more.join(", ")}; gone: ${less.join(", ")}` };
        },
      });
    });

    /** Pushes the whole of the team's repository and has Flux look. */
    async function push(files: Readonly<Record<string, KubeObject>>): Promise<string> {
      const commit = await git.publish(new Map(Object.entries(files).map(([path, object]) => [path, JSON.stringify(object)])), "a change");
      const look = { metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": commit } } };
      await admin.merge("/apis/source.toolkit.fluxcd.io/v1/namespaces/shop/gitrepositories/shop", look);
      return commit;
    }
  });
}

/** Verbs that are asked for beside the ones of objects: each would make one's own rights larger. */
const SPECIAL_VERBS = [
  ["bind", "rbac.authorization.k8s.io", "roles"],
  ["bind", "rbac.authorization.k8s.io", "clusterroles"],
  ["escalate", "rbac.authorization.k8s.io", "roles"],
  ["escalate", "rbac.authorization.k8s.io", "clusterroles"],
  ["impersonate", "", "users"],
  ["impersonate", "", "groups"],
  ["impersonate", "", "serviceaccounts"],
] as const;

/** A binding of the team's account to a role, or what both kinds of them have in common. */
function binding(kind: string, role: { readonly kind: string; readonly name: string } | undefined): KubeObject {
  const group = "rbac.authorization.k8s.io";
  const bound = { roleRef: { apiGroup: group, ...role }, subjects: [{ kind: "ServiceAccount", name: "shop", namespace: "shop" }] };
  return { apiVersion: `${group}/v1`, kind, metadata: { name: "more" }, ...(role === undefined ? {} : bound) };
}
