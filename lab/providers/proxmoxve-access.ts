/** Users, roles, API tokens and the access control list. */
import type { AccessRule } from "../world/access";
import type { World } from "../world/world";
import type { CheckProblem, Inputs, ResourceAdapter } from "./adapter";
import { genericDiff } from "./diff";
import { request, textOf, textsOf, unlessGone } from "./proxmoxve-request";
import { acl, role, user, userToken } from "./proxmoxve-tables";

/** `RoleLegacy`: a named set of privileges. */
export function roleAdapter(world: World): ResourceAdapter {
  const inOrder = (inputs: Inputs): Inputs => ({ ...inputs, privileges: [...textsOf(inputs, "privileges")].sort() });
  return {
    inputs: role,
    diff: (_id, oldInputs, _state, newInputs) => genericDiff(inOrder(oldInputs), inOrder(newInputs), { replaceOn: ["roleId"] }),
    create: async (inputs, ctx) => {
      const id = textOf(inputs, "roleId");
      await request(world, ctx, { operation: "createRole", subject: id }, ({ access }) =>
        access.createRole(id, textsOf(inputs, "privileges")),
      );
      return { id, state: inputs };
    },
    read: async (id, _state, ctx) => {
      const privileges = await request(world, ctx, { operation: "getRole", subject: id }, ({ access }) => access.role(id));
      const inputs = { roleId: id, privileges: [...(privileges ?? [])] };
      return privileges && { id, state: inputs, inputs };
    },
    update: async (id, _state, inputs, ctx) => {
      await request(world, ctx, { operation: "updateRole", subject: id }, ({ access }) =>
        access.updateRole(id, textsOf(inputs, "privileges")),
      );
      return { state: inputs };
    },
    delete: async (id, _state, ctx) => {
      await unlessGone(request(world, ctx, { operation: "deleteRole", subject: id }, ({ access }) => access.deleteRole(id)));
    },
  };
}

/** `UserLegacy`: somebody, here always a program, so that no password and no group is kept. */
export function userAdapter(world: World): ResourceAdapter {
  return {
    inputs: user,
    check: (inputs) => ({ inputs, failures: userProblems(inputs) }),
    diff: (_id, oldInputs, _state, newInputs) => genericDiff(oldInputs, newInputs, { replaceOn: ["userId"] }),
    create: async (inputs, ctx) => {
      const id = textOf(inputs, "userId");
      await request(world, ctx, { operation: "createUser", subject: id }, ({ access }) => access.createUser(id));
      return { id, state: { enabled: true, ...inputs } };
    },
    read: async (id, state, ctx) => {
      const there = await request(world, ctx, { operation: "getUser", subject: id }, ({ access }) => access.hasUser(id));
      return there ? { id, state: { ...state, userId: id } } : undefined;
    },
    update: async (id, _state, inputs, ctx) => {
      await request(world, ctx, { operation: "updateUser", subject: id }, () => undefined);
      return { state: { enabled: true, ...inputs } };
    },
    delete: async (id, _state, ctx) => {
      await unlessGone(request(world, ctx, { operation: "deleteUser", subject: id }, ({ access }) => access.deleteUser(id)));
    },
  };
}

function userProblems(inputs: Inputs): readonly CheckProblem[] {
  const refused = ["acls", "groups", "password"].filter((name) => inputs[name] !== undefined);
  return refused.map((property) => ({ property, reason: `${property} of users are not in the lab` }));
}

/** `user.Token`: its value is seen once, when it is made; like the real one it forgets the value when it is changed. */
export function userTokenAdapter(world: World): ResourceAdapter {
  const defaults: Inputs = { privilegesSeparation: true };
  const idOf = (inputs: Inputs): string => `${textOf(inputs, "userId")}!${textOf(inputs, "tokenName")}`;
  return {
    inputs: userToken,
    diff: (_id, oldInputs, _state, newInputs) =>
      genericDiff({ ...defaults, ...oldInputs }, { ...defaults, ...newInputs }, { replaceOn: ["tokenName", "userId"] }),
    create: async (inputs, ctx) => {
      const [id, owner, name] = [idOf(inputs), textOf(inputs, "userId"), textOf(inputs, "tokenName")];
      const separate = inputs["privilegesSeparation"] !== false;
      const secret = await request(world, ctx, { operation: "createToken", subject: id }, ({ access }) =>
        access.createToken(owner, name, separate),
      );
      return { id, state: { ...defaults, ...inputs, value: `${id}=${secret}` } };
    },
    read: async (id, state, ctx) => {
      const found = await request(world, ctx, { operation: "getToken", subject: id }, ({ access }) => access.token(id));
      return found && { id, state: { ...state, privilegesSeparation: found.privilegesSeparation } };
    },
    update: async (id, _state, inputs, ctx) => {
      await request(world, ctx, { operation: "updateToken", subject: id }, () => undefined);
      return { state: { ...defaults, ...inputs } };
    },
    delete: async (id, _state, ctx) => {
      await unlessGone(request(world, ctx, { operation: "deleteToken", subject: id }, ({ access }) => access.deleteToken(id)));
    },
  };
}

/** `Acl`: one role for one user or token on one path. */
export function aclAdapter(world: World): ResourceAdapter {
  const defaults: Inputs = { propagate: true };
  const ruleOf = (inputs: Inputs): AccessRule => ({
    path: textOf(inputs, "path"),
    role: textOf(inputs, "roleId"),
    subject: textOf(inputs, "tokenId") || textOf(inputs, "userId"),
    propagate: inputs["propagate"] !== false,
  });
  const idOf = (inputs: Inputs): string => [textOf(inputs, "path"), ruleOf(inputs).subject, textOf(inputs, "roleId")].join("?");
  const set = async (inputs: Inputs, ctx: Parameters<ResourceAdapter["create"]>[1]): Promise<Inputs> => {
    await request(world, ctx, { operation: "setAcl", subject: idOf(inputs) }, ({ access }) => access.allow(ruleOf(inputs)));
    return { ...defaults, ...inputs };
  };
  return {
    inputs: acl,
    check: (inputs) => ({ inputs, failures: aclProblems(inputs) }),
    diff: (_id, oldInputs, _state, newInputs) =>
      genericDiff(
        { ...defaults, ...oldInputs },
        { ...defaults, ...newInputs },
        { replaceOn: ["groupId", "path", "roleId", "tokenId", "userId"] },
      ),
    create: async (inputs, ctx) => ({ id: idOf(inputs), state: await set(inputs, ctx) }),
    read: async (id, state, ctx) => {
      const { path, role: name, subject } = ruleOf(state);
      const found = await request(world, ctx, { operation: "getAcl", subject: id }, ({ access }) => access.rule(path, name, subject));
      return found && { id, state: { ...state, propagate: found.propagate } };
    },
    update: async (_id, _state, inputs, ctx) => ({ state: await set(inputs, ctx) }),
    delete: async (id, state, ctx) => {
      await request(world, ctx, { operation: "removeAcl", subject: id }, ({ access }) => access.disallow(ruleOf(state)));
    },
  };
}

function aclProblems(inputs: Inputs): readonly CheckProblem[] {
  const subjects = ["groupId", "tokenId", "userId"].filter((name) => inputs[name] !== undefined);
  if (subjects.length !== 1) return [{ property: "userId", reason: "exactly one of groupId, tokenId and userId must be given" }];
  return inputs["groupId"] === undefined ? [] : [{ property: "groupId", reason: "groups are not in the lab" }];
}
