import * as proxmox from "@muhlba91/pulumi-proxmoxve";
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { ProxmoxAccess } from "../../components/proxmox-access";
import { accessPlans } from "../../components/proxmox-access/plan";
import type { SecretSpec } from "../../platform/kit/secrets";
import type { Settings } from "../../config/settings";
import { controlPlane, proxmox as cluster, settingsOf } from "./fixture";

const SECRET = "11111111-2222-3333-4444-555555555555";

const asking = (...users: ("csi" | "ccm")[]): SecretSpec[] =>
  users.map((user) => ({
    namespace: "n",
    name: user,
    type: "Opaque",
    labels: {},
    data: {
      "config.yaml": {
        from: "joined",
        parts: [
          { from: "plain", value: "id: " },
          { from: "proxmox-token", proxmox: "home", user, part: "id" },
          { from: "joined", parts: [{ from: "proxmox-token", proxmox: "home", user, part: "secret" }] },
        ],
      },
    },
  }));

const settings = (platform: Settings["platform"] = {}): Settings => ({
  ...settingsOf({ nodes: [controlPlane(1)], proxmox: [cluster()] }),
  platform,
});

describe("the users that the program makes in Proxmox", () => {
  it("are those that a Secret asks a token of, each once, and none else", () => {
    assert.deepEqual(accessPlans(settings(), []), []);
    assert.deepEqual(
      accessPlans(settings(), asking("csi", "ccm", "csi")).map(({ proxmox: name, userId }) => [name, userId]),
      [
        ["home", "hearth-home-ccm@pve"],
        ["home", "hearth-home-csi@pve"],
      ],
    );
  });

  it("may do what they need on machines and on their datastore, and nothing anywhere else", () => {
    const grants = (platform: Settings["platform"]) =>
      accessPlans(settings(platform), asking("csi", "ccm")).flatMap((plan) =>
        plan.grants.map(({ path, privileges }) => [plan.user, path, privileges.join(" ")]),
      );
    assert.deepEqual(grants({}), [
      ["ccm", "/vms", "VM.Audit"],
      ["csi", "/vms", "VM.Audit VM.Config.Disk"],
      ["csi", "/storage/local-lvm", "Datastore.Allocate Datastore.AllocateSpace Datastore.Audit"],
    ]);
    assert.equal(grants({ "proxmox-csi": { datastore: "fast" } })[2]?.[1], "/storage/fast");
  });
});

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

describe("the access to Proxmox", () => {
  const registered: Registered[] = [];
  let id: string;
  let secret: pulumi.Output<string>;

  before(async () => {
    await pulumi.runtime.setMocks({
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs });
        const value = type === "proxmoxve:user/token:Token" ? { value: `${inputs.userId}!${inputs.tokenName}=${SECRET}` } : {};
        return { id: `${name}-id`, state: { ...inputs, ...value } };
      },
      call: ({ inputs }) => inputs,
    });
    const provider = new proxmox.Provider("home", { endpoint: "https://pve1.example.com:8006/" });
    const access = new ProxmoxAccess(
      "access",
      { plans: accessPlans(settings(), asking("csi")), proxmox: new Map([["home", provider]]) },
      {},
    );
    const token = access.tokens.get("home/csi");
    assert.ok(token);
    id = await plain(token.id);
    secret = token.secret;
    await plain(secret);
    await pulumi.runtime.disconnect();
  });

  const ofType = (type: string) => registered.filter((each) => each.type === `proxmoxve:${type}`);

  it("is a user, a role and a rule for each path, and one token, each under its cluster's and user's name", () => {
    assert.deepEqual(
      registered
        .map(({ name }) => name)
        .filter((name) => name.includes("home-csi"))
        .sort(),
      [
        "acl-home-csi-machines",
        "acl-home-csi-storage",
        "role-home-csi-machines",
        "role-home-csi-storage",
        "token-home-csi",
        "user-home-csi",
      ],
    );
  });

  it("binds each role to the user on its path alone", () => {
    assert.deepEqual(
      ofType("index/acl:Acl").map(({ inputs }) => [inputs["userId"], inputs["path"], inputs["roleId"]]),
      [
        ["hearth-home-csi@pve", "/vms", "hearth-home-csi-machines"],
        ["hearth-home-csi@pve", "/storage/local-lvm", "hearth-home-csi-storage"],
      ],
    );
  });

  it("gives the user no password and the token nothing that could change, since a changed token loses its value", () => {
    assert.equal(ofType("index/userLegacy:UserLegacy")[0]?.inputs["password"], undefined);
    assert.deepEqual(ofType("user/token:Token")[0]?.inputs, {
      userId: "hearth-home-csi@pve",
      tokenName: "hearth",
      privilegesSeparation: false,
    });
  });

  it("hands out the two parts of the token, the second as a secret", async () => {
    assert.equal(id, "hearth-home-csi@pve!hearth");
    assert.equal(await plain(secret), SECRET);
    assert.equal(await pulumi.isSecret(secret), true);
  });
});

function plain<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((done) => void output.apply((value) => done(value as T))); // an unwrapped T
}
