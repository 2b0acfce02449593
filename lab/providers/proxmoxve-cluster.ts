/** HA resources, HA rules and pools. */
import type { HaRule } from "../world/high-availability";
import type { World } from "../world/world";
import { AdapterError, type CheckProblem, type Inputs, type ResourceAdapter } from "./adapter";
import { genericDiff } from "./diff";
import { request, textOf, textsOf, unlessGone } from "./proxmoxve-request";
import { haResource, haRule, pool } from "./proxmoxve-tables";

/** `Haresource`: puts a machine under the HA manager. */
export function haResourceAdapter(world: World): ResourceAdapter {
  const defaults: Inputs = { failback: true, state: "started", type: "vm" };
  const set = async (inputs: Inputs, ctx: Parameters<ResourceAdapter["create"]>[1]): Promise<Inputs> => {
    const id = textOf(inputs, "resourceId");
    await request(world, ctx, { operation: "setHaResource", subject: id }, (cluster) => cluster.ha.setResource({ id, inputs }));
    return { ...defaults, ...inputs };
  };
  return {
    inputs: haResource,
    check: (inputs) => ({ inputs, failures: haResourceProblems(inputs) }),
    diff: (_id, oldInputs, _state, newInputs) =>
      genericDiff({ ...defaults, ...oldInputs }, { ...defaults, ...newInputs }, { replaceOn: ["resourceId", "type"] }),
    create: async (inputs, ctx) => ({ id: textOf(inputs, "resourceId"), state: await set(inputs, ctx) }),
    read: async (id, _state, ctx) => {
      const found = await request(world, ctx, { operation: "getHaResource", subject: id }, (cluster) => cluster.ha.resource(id));
      return found && { id, state: { ...defaults, ...found.inputs }, inputs: found.inputs };
    },
    update: async (_id, _state, inputs, ctx) => ({ state: await set(inputs, ctx) }),
    delete: async (id, _state, ctx) => {
      await unlessGone(request(world, ctx, { operation: "deleteHaResource", subject: id }, (cluster) => cluster.ha.deleteResource(id)));
    },
  };
}

function haResourceProblems(inputs: Inputs): readonly CheckProblem[] {
  const id = inputs["resourceId"];
  const states = ["started", "stopped", "enabled", "disabled", "ignored"];
  return [
    ...(typeof id === "string" && !/^(vm|ct):\d+$/.test(id) ? [{ property: "resourceId", reason: "must be 'vm:<id>' or 'ct:<id>'" }] : []),
    ...(typeof inputs["state"] === "string" && !states.includes(inputs["state"])
      ? [{ property: "state", reason: `must be one of ${states.join(", ")}` }]
      : []),
    ...(inputs["group"] === undefined
      ? []
      : [{ property: "group", reason: "invalid parameter 'group': ha groups have been migrated to rules" }]),
  ];
}

/** `Harule`: keeps machines together, apart, or on certain hosts. */
export function haRuleAdapter(world: World): ResourceAdapter {
  const defaults: Inputs = { disable: false, strict: false };
  return {
    inputs: haRule,
    check: (inputs) => ({ inputs, failures: haRuleProblems(inputs) }),
    diff: (_id, oldInputs, _state, newInputs) =>
      genericDiff({ ...defaults, ...sorted(oldInputs) }, { ...defaults, ...sorted(newInputs) }, { replaceOn: ["rule", "type"] }),
    create: async (inputs, ctx) => {
      const name = textOf(inputs, "rule");
      await request(world, ctx, { operation: "createHaRule", subject: name }, (cluster) => cluster.ha.createRule(ruleOf(inputs)));
      return { id: name, state: { ...defaults, ...inputs } };
    },
    read: async (id, _state, ctx) => {
      const found = await request(world, ctx, { operation: "getHaRule", subject: id }, (cluster) => cluster.ha.rule(id));
      if (!found) return undefined;
      const inputs = { ...found.inputs, resources: [...found.resources] };
      return { id, state: { ...defaults, ...inputs }, inputs };
    },
    update: async (id, _state, inputs, ctx) => {
      await request(world, ctx, { operation: "updateHaRule", subject: id }, (cluster) => cluster.ha.updateRule(ruleOf(inputs)));
      return { state: { ...defaults, ...inputs } };
    },
    delete: async (id, _state, ctx) => {
      await unlessGone(request(world, ctx, { operation: "deleteHaRule", subject: id }, (cluster) => cluster.ha.deleteRule(id)));
    },
  };
}

const sorted = (inputs: Inputs): Inputs =>
  Array.isArray(inputs["resources"]) ? { ...inputs, resources: [...inputs["resources"]].sort() } : inputs;

function ruleOf(inputs: Inputs): HaRule {
  const type = textOf(inputs, "type");
  if (type !== "node-affinity" && type !== "resource-affinity") throw new AdapterError(`unknown type of HA rule '${type}'`);
  return { name: textOf(inputs, "rule"), type, resources: textsOf(inputs, "resources"), inputs };
}

function haRuleProblems(inputs: Inputs): readonly CheckProblem[] {
  const { type, affinity } = inputs;
  if (typeof type === "string" && !["node-affinity", "resource-affinity"].includes(type)) {
    return [{ property: "type", reason: "type must be node-affinity or resource-affinity" }];
  }
  if (typeof affinity === "string" && !["positive", "negative"].includes(affinity))
    return [{ property: "affinity", reason: "affinity must be positive or negative" }];
  if (type === "resource-affinity" && affinity === undefined)
    return [{ property: "affinity", reason: "affinity is required for a resource-affinity rule" }];
  if (type === "node-affinity" && inputs["nodes"] === undefined)
    return [{ property: "nodes", reason: "nodes is required for a node-affinity rule" }];
  return [];
}

/** `PoolLegacy`: a name that machines and permissions are put under. */
export function poolAdapter(world: World): ResourceAdapter {
  return {
    inputs: pool,
    diff: (_id, oldInputs, _state, newInputs) => genericDiff(oldInputs, newInputs, { replaceOn: ["poolId"] }),
    create: async (inputs, ctx) => {
      const name = textOf(inputs, "poolId");
      await request(world, ctx, { operation: "createPool", subject: name }, (cluster) =>
        cluster.createPool(name, textOf(inputs, "comment")),
      );
      return { id: name, state: { ...inputs, members: [] } };
    },
    read: async (id, state, ctx) => {
      const comment = await request(world, ctx, { operation: "getPool", subject: id }, (cluster) => cluster.pool(id));
      return comment === undefined
        ? undefined
        : { id, state: { ...state, poolId: id, ...(comment === "" ? {} : { comment }), members: [] } };
    },
    update: async (id, state, inputs, ctx) => {
      await request(world, ctx, { operation: "updatePool", subject: id }, (cluster) => cluster.updatePool(id, textOf(inputs, "comment")));
      return { state: { ...state, ...inputs } };
    },
    delete: async (id, _state, ctx) => {
      await unlessGone(request(world, ctx, { operation: "deletePool", subject: id }, (cluster) => cluster.deletePool(id)));
    },
  };
}
