import type { TalosHelper } from "../contracts";
import { WorldError } from "../world/errors";
import type { ApplyMode } from "../world/talos-api";
import type { World } from "../world/world";
import { AdapterError, UNKNOWN, type CallContext, type CheckProblem, type Inputs, type ResourceAdapter } from "./adapter";
import { genericDiff } from "./diff";
import { configurationApply } from "./talos-tables";
import { clientOf, credentialProblems, persistently, targetOf, timeoutOf, timeoutProblems } from "./talos-request";
import { isObject } from "./values";

const MODES = ["auto", "reboot", "no_reboot", "staged", "staged_if_needing_reboot"];

/** `machine.ConfigurationApply`: hands a config to a node and does not wait for what the node makes of it. */
export function configurationApplyAdapter(world: World, helper: TalosHelper): ResourceAdapter {
  const apply = async (inputs: Inputs, ctx: CallContext, operation: "create" | "update"): Promise<Inputs> => {
    const { config, hash } = await render(inputs);
    const resolved = await resolveMode(inputs, config, ctx);
    await persistently(world, ctx, { doing: "Error applying configuration", timeout: timeoutOf(inputs, operation) }, () =>
      world.talos.applyConfiguration(targetOf(inputs, ctx), config, resolved),
    );
    return {
      ...withDefaults(inputs),
      ...(inputs["machineConfigurationInputWo"] === undefined ? { machineConfiguration: config } : {}),
      machineConfigurationHash: hash,
      resolvedApplyMode: resolved,
    };
  };

  const render = async (inputs: Inputs): Promise<{ readonly config: string; readonly hash: string }> => {
    const config = inputs["machineConfigurationInputWo"] ?? inputs["machineConfigurationInput"];
    if (typeof config !== "string") throw new AdapterError("machine configuration input is null");
    const patches = Array.isArray(inputs["configPatches"]) ? inputs["configPatches"].map(String) : [];
    try {
      return await helper.patch({ config, patches });
    } catch (error) {
      throw new AdapterError(`Error applying config patches: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  /** Mode `staged_if_needing_reboot` asks the node, also while planning, and only warns when it does not answer. */
  const resolveMode = async (inputs: Inputs, config: string, ctx: CallContext): Promise<ApplyMode> => {
    const mode = modeOf(inputs);
    if (mode !== "staged_if_needing_reboot") return mode;
    try {
      return (await world.talos.dryRun(targetOf(inputs, ctx), config)) === "reboot" ? "staged" : "auto";
    } catch (error) {
      if (error instanceof WorldError) return "auto";
      throw error;
    }
  };

  return {
    inputs: configurationApply,
    check: async (inputs, _old, ctx) => {
      const failures = problems(inputs);
      const config = inputs["machineConfigurationInput"];
      const isKnown = inputs["node"] !== UNKNOWN && clientOf(inputs["clientConfiguration"]) !== undefined && typeof config === "string";
      if (failures.length === 0 && isKnown && inputs["applyMode"] === "staged_if_needing_reboot") await resolveMode(inputs, config, ctx);
      return { inputs, failures };
    },
    diff: (_id, oldInputs, _oldState, newInputs) => genericDiff(withDefaults(oldInputs), withDefaults(newInputs)),
    planned: (inputs) => ({
      ...withDefaults(inputs),
      machineConfiguration: UNKNOWN,
      machineConfigurationHash: UNKNOWN,
      resolvedApplyMode: inputs["applyMode"] === "staged_if_needing_reboot" ? UNKNOWN : modeOf(inputs),
    }),
    plannedUpdate: (_id, oldState, newInputs) => ({
      ...withDefaults(newInputs),
      ...(rendersAnew(oldState, newInputs)
        ? { machineConfiguration: UNKNOWN, machineConfigurationHash: UNKNOWN }
        : { machineConfiguration: oldState["machineConfiguration"], machineConfigurationHash: oldState["machineConfigurationHash"] }),
      resolvedApplyMode: newInputs["applyMode"] === "staged_if_needing_reboot" ? UNKNOWN : modeOf(newInputs),
    }),
    create: async (inputs, ctx) => ({ id: "machine_configuration_apply", state: await apply(inputs, ctx, "create") }),
    update: async (_id, _oldState, newInputs, ctx) => ({ state: await apply(newInputs, ctx, "update") }),
    delete: async (_id, state, ctx) => {
      const onDestroy = isObject(state["onDestroy"]) ? state["onDestroy"] : {};
      if (onDestroy["reset"] !== true) return;
      if (!clientOf(state["clientConfiguration"]))
        throw new AdapterError("Client configuration issue during destroy: only clientConfiguration is kept for a reset on destroy");
      await persistently(world, ctx, { doing: "Error resetting machine", timeout: timeoutOf(state, "delete") }, () =>
        world.talos.reset(targetOf(state, ctx), {
          etcd: onDestroy["graceful"] === false ? "abandon" : "graceful",
          afterwards: onDestroy["reboot"] === true ? "reboot" : "shutdown",
        }),
      );
    },
  };
}

const withDefaults = (inputs: Inputs): Inputs => ({ applyMode: "auto", endpoint: inputs["node"], ...inputs });

function modeOf(inputs: Inputs): ApplyMode | "staged_if_needing_reboot" {
  const mode = inputs["applyMode"];
  switch (mode) {
    case "reboot":
    case "no_reboot":
    case "staged":
    case "staged_if_needing_reboot":
      return mode;
    default:
      return "auto";
  }
}

function rendersAnew(oldState: Inputs, newInputs: Inputs): boolean {
  const { changes } = genericDiff(pick(oldState), pick(newInputs));
  return changes;
}

const pick = (inputs: Inputs): Inputs => ({
  input: inputs["machineConfigurationInput"],
  inputWo: inputs["machineConfigurationInputWo"],
  patches: inputs["configPatches"] ?? [],
});

function problems(inputs: Inputs): readonly CheckProblem[] {
  const mode = inputs["applyMode"];
  const wrongMode = typeof mode === "string" && !MODES.includes(mode);
  const given = ["machineConfigurationInput", "machineConfigurationInputWo"].filter((name) => inputs[name] !== undefined);
  return [
    ...(wrongMode ? [{ property: "applyMode", reason: `applyMode must be one of ${MODES.join(", ")}` }] : []),
    ...(given.length === 1
      ? []
      : [
          {
            property: "machineConfigurationInput",
            reason: "exactly one of machineConfigurationInput and machineConfigurationInputWo must be given",
          },
        ]),
    ...credentialProblems(inputs),
    ...timeoutProblems(inputs),
  ];
}
