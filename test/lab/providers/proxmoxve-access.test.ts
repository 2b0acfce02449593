import assert from "node:assert/strict";
import type { Inputs, ProviderAdapter } from "../../../lab/providers/adapter";
import { proxmoxveProvider } from "../../../lab/providers/proxmoxve";
import { ENDPOINT, openHome, type Home } from "../world/fixture";
import { Driver } from "./driver";

const CONFIG = { endpoint: ENDPOINT, apiToken: "root@pam!hearth=00000000-0000-0000-0000-000000000000" };
const ROLE: Inputs = { roleId: "csi", privileges: ["VM.Config.Disk", "VM.Audit"] };
const USER: Inputs = { userId: "csi@pve", enabled: true };
const TOKEN: Inputs = { userId: "csi@pve", tokenName: "hearth", privilegesSeparation: false };
const ACL: Inputs = { userId: "csi@pve", roleId: "csi", path: "/vms" };

describe("The stand-in for Proxmox' access control", () => {
  let home: Home;
  let provider: ProviderAdapter;
  const driver = (token: string): Driver => new Driver(provider, `proxmoxve:${token}`, CONFIG);

  beforeEach(() => {
    home = openHome();
    provider = proxmoxveProvider(home.world);
  });
  afterEach(() => home.world.close());

  const made = async () => ({
    role: await driver("index/roleLegacy:RoleLegacy").create(ROLE),
    user: await driver("index/userLegacy:UserLegacy").create(USER),
    token: await driver("user/token:Token").create(TOKEN),
    acl: await driver("index/acl:Acl").create(ACL),
  });

  it("makes user, role, token and rule, lists them, and is empty again once they are unmade", async () => {
    const { role, user, token, acl } = await made();
    const { roles, users, tokens, accessRules } = home.world.inventory();
    assert.deepEqual([roles, users, tokens, accessRules], [["csi"], ["csi@pve"], ["csi@pve!hearth"], ["/vms: csi for csi@pve"]]);
    await driver("index/acl:Acl").delete(acl);
    await driver("user/token:Token").delete(token);
    await driver("index/userLegacy:UserLegacy").delete(user);
    await driver("index/roleLegacy:RoleLegacy").delete(role);
    assert.deepEqual(new Set(Object.values(home.world.inventory()).flat()), new Set());
  });

  it("shows a token's secret once, and keeps only its hash", async () => {
    const { token } = await made();
    const value = String(token.state["value"]);
    assert.match(value, /^csi@pve!hearth=[0-9a-f-]{36}$/);
    assert.ok(!JSON.stringify(home.proxmox.toJSON()).includes(value.split("=")[1] ?? ""));
    assert.equal(provider.resources["proxmoxve:user/token:Token"]?.inputs.secretOutputs?.[0], "value");
    const changed = await driver("user/token:Token").update(token, { ...TOKEN, comment: "x" });
    assert.equal(changed.state["value"], undefined);
  });

  it("finds nothing to change in what it has just made, in whatever order the privileges are written", async () => {
    const { role, user, token, acl } = await made();
    const again = [
      await driver("index/roleLegacy:RoleLegacy").preview({ ...ROLE, privileges: ["VM.Audit", "VM.Config.Disk"] }, role),
      await driver("index/userLegacy:UserLegacy").preview(USER, user),
      await driver("user/token:Token").preview(TOKEN, token),
      await driver("index/acl:Acl").preview({ ...ACL, propagate: true }, acl),
    ];
    assert.deepEqual(again, [undefined, undefined, undefined, undefined]);
  });

  it("takes a user's tokens and rules away with the user, which a refresh sees", async () => {
    const { user, token, acl } = await made();
    await driver("index/userLegacy:UserLegacy").delete(user);
    assert.equal(await driver("user/token:Token").refresh(token), undefined);
    assert.equal(await driver("index/acl:Acl").refresh(acl), undefined);
  });

  it("refuses what Proxmox would: a rule for nobody, a role of an unknown privilege or a reserved name, a second of a name", async () => {
    await assert.rejects(driver("index/acl:Acl").create(ACL), /role 'csi' does not exist/);
    await assert.rejects(driver("index/roleLegacy:RoleLegacy").create({ roleId: "PVEcsi", privileges: [] }), /reserved/);
    await assert.rejects(
      driver("index/roleLegacy:RoleLegacy").create({ roleId: "csi", privileges: ["VM.Everything"] }),
      /invalid privilege/,
    );
    await assert.rejects(driver("user/token:Token").create(TOKEN), /no such user/);
    await made();
    await assert.rejects(driver("index/userLegacy:UserLegacy").create(USER), /already exists/);
    assert.deepEqual(await driver("index/acl:Acl").problems({ path: "/vms", roleId: "csi" }), [
      "userId: exactly one of groupId, tokenId and userId must be given",
    ]);
  });

  it("outlives the lab's daemon", async () => {
    await made();
    const [saved, other] = [JSON.parse(JSON.stringify(home.proxmox.toJSON())) as ReturnType<typeof home.proxmox.toJSON>, openHome()];
    other.proxmox.restore(saved);
    assert.deepEqual(other.world.inventory(), home.world.inventory());
    await other.world.close();
  });
});
