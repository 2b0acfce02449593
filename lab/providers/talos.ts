/** Stand-in for the talos provider: secrets, configs and patches by Talos' own library, nodes by the world. */
import type { TalosHelper } from "../contracts";
import type { World } from "../world/world";
import type { Inputs, ProviderAdapter, ResourceAdapter } from "./adapter";
import { genericDiff } from "./diff";
import { configurationApplyAdapter } from "./talos-apply";
import { bootstrapAdapter, kubeconfigAdapter } from "./talos-cluster";
import {
  absentFunction,
  clientConfigurationFunction,
  configurationFunction,
  healthFunction,
  kubeconfigFunction,
  urlsFunction,
} from "./talos-functions";
import { refusal } from "./talos-request";
import { secretsAdapter } from "./talos-secrets";
import * as tables from "./talos-tables";

/** The provider, over a world. Like the real one it dials nothing when it is configured. */
export function talosProvider(world: World, helper: TalosHelper): ProviderAdapter {
  return {
    name: "talos",
    version: "0.8.1",
    configInputs: tables.configuration,
    resources: {
      "talos:machine/secrets:Secrets": secretsAdapter(helper),
      "talos:machine/configurationApply:ConfigurationApply": configurationApplyAdapter(world, helper),
      "talos:machine/bootstrap:Bootstrap": bootstrapAdapter(world),
      "talos:cluster/kubeconfig:Kubeconfig": kubeconfigAdapter(world),
      "talos:imageFactory/schematic:Schematic": schematicAdapter(world),
    },
    functions: {
      "talos:machine/getConfiguration:getConfiguration": configurationFunction(helper),
      "talos:client/getConfiguration:getConfiguration": clientConfigurationFunction(helper),
      "talos:cluster/getHealth:getHealth": healthFunction(world),
      "talos:cluster/getKubeconfig:getKubeconfig": kubeconfigFunction(world),
      "talos:imageFactory/getUrls:getUrls": urlsFunction(world),
      "talos:machine/getDisks:getDisks": absentFunction(world, tables.getDisks, "getDisks"),
      "talos:imageFactory/getVersions:getVersions": absentFunction(world, tables.getVersions, "getVersions"),
      "talos:imageFactory/getExtensionsVersions:getExtensionsVersions": absentFunction(
        world,
        tables.getExtensionsVersions,
        "getExtensionsVersions",
      ),
      "talos:imageFactory/getOverlaysVersions:getOverlaysVersions": absentFunction(
        world,
        tables.getOverlaysVersions,
        "getOverlaysVersions",
      ),
    },
  };
}

/** `imagefactory.Schematic`: posted on creation and on every change; the factory never forgets one. */
function schematicAdapter(world: World): ResourceAdapter {
  const post = async (inputs: Inputs, signal: AbortSignal): Promise<string> => {
    try {
      const yaml = typeof inputs["schematic"] === "string" ? inputs["schematic"] : "";
      const id = await world.call("factory.createSchematic", "schematic", () => world.factory.post(yaml), signal);
      world.events.append(world.clock.timestamp(), "schematic.created", id);
      return id;
    } catch (error) {
      throw refusal("failed to create schematic", error);
    }
  };
  return {
    inputs: tables.schematic,
    diff: (_id, oldInputs, _oldState, newInputs) => genericDiff(oldInputs, newInputs),
    create: async (inputs, ctx) => ({ id: await post(inputs, ctx.signal), state: { ...inputs } }),
    update: async (_id, _oldState, newInputs, ctx) => {
      await post(newInputs, ctx.signal);
      return { state: { ...newInputs } };
    },
    delete: async () => {},
  };
}
