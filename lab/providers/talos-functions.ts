/** Functions of the talos provider: pure ones, ones that dial, and ones that the lab does not have. */
import { status } from "@grpc/grpc-js";
import type { TalosHelper } from "../contracts";
import { WorldError } from "../world/errors";
import type { World } from "../world/world";
import { AdapterError, type FunctionAdapter, type Inputs } from "./adapter";
import { clientOf, persistently, refusal, targetOf, timeoutOf } from "./talos-request";
import { BUILT_CONTRACT, machineSecretsOf } from "./talos-secrets";
import * as tables from "./talos-tables";

/** Kubernetes when none is given: what Talos 1.13.0, which the provider is built on, comes with. */
const BUILT_KUBERNETES = "1.36.0";

/** `machine.getConfiguration`: pure. */
export function configurationFunction(helper: TalosHelper): FunctionAdapter {
  return {
    inputs: tables.getConfiguration,
    secretOutputs: ["machineConfiguration", "machineSecrets"],
    invoke: async (given) => {
      const args: Inputs = { kubernetesVersion: BUILT_KUBERNETES, talosVersion: BUILT_CONTRACT, ...given };
      const machineType = args["machineType"];
      if (machineType !== "controlplane" && machineType !== "worker")
        throw new AdapterError(`machineType must be controlplane or worker, got ${String(machineType)}`);
      try {
        const { machineConfiguration } = await helper.config({
          clusterName: String(args["clusterName"]),
          clusterEndpoint: String(args["clusterEndpoint"]),
          machineType,
          machineSecrets: machineSecretsOf(args["machineSecrets"]),
          configPatches: texts(args["configPatches"]),
          kubernetesVersion: String(args["kubernetesVersion"]),
          contract: String(args["talosVersion"]),
          ...(typeof args["docs"] === "boolean" ? { docs: args["docs"] } : {}),
          ...(typeof args["examples"] === "boolean" ? { examples: args["examples"] } : {}),
        });
        return { ...args, id: args["clusterName"], machineConfiguration };
      } catch (error) {
        throw asRefusal("failed to generate machine configuration", error);
      }
    },
  };
}

/** `client.getConfiguration`: pure. */
export function clientConfigurationFunction(helper: TalosHelper): FunctionAdapter {
  return {
    inputs: tables.getClientConfiguration,
    secretOutputs: ["clientConfiguration", "talosConfig"],
    invoke: async (args) => {
      const clientConfiguration = clientOf(args["clientConfiguration"]);
      if (!clientConfiguration) throw new AdapterError("clientConfiguration is incomplete");
      const clusterName = String(args["clusterName"]);
      try {
        const { talosConfig } = await helper.talosconfig({
          clusterName,
          clientConfiguration,
          endpoints: texts(args["endpoints"]),
          nodes: texts(args["nodes"]),
        });
        return { ...args, id: clusterName, talosConfig };
      } catch (error) {
        throw asRefusal("failed to generate talos config", error);
      }
    },
  };
}

/** `cluster.getHealth`: dials every control plane until all are healthy or its timeout is over. */
export function healthFunction(world: World): FunctionAdapter {
  return {
    inputs: tables.getHealth,
    secretOutputs: ["clientConfiguration"],
    invoke: async (args, ctx) => {
      const nodes = texts(args["controlPlaneNodes"]);
      const kubernetes = args["skipKubernetesChecks"] === true ? "skipped" : "checked";
      await persistently(world, ctx, { doing: "cluster health check failed", timeout: timeoutOf(args, "read") }, async () => {
        for (const node of nodes) await world.talos.health(targetOf({ ...args, node }, ctx), { controlPlanes: nodes.length, kubernetes });
      });
      return { ...args, id: "cluster_health" };
    },
  };
}

/** `cluster.getKubeconfig`: fetched anew in every plan. */
export function kubeconfigFunction(world: World): FunctionAdapter {
  return {
    inputs: tables.getKubeconfig,
    secretOutputs: ["clientConfiguration", "kubeconfigRaw", "kubernetesClientConfiguration"],
    invoke: async (args, ctx) => {
      const { kubeconfig, host, caCertificate, clientCertificate, clientKey } = await persistently(
        world,
        ctx,
        { doing: "failed to retrieve kubeconfig", timeout: timeoutOf(args, "read") },
        () => world.talos.kubeconfig(targetOf(args, ctx)),
      );
      const kubernetesClientConfiguration = { host, caCertificate, clientCertificate, clientKey };
      return { endpoint: args["node"], ...args, id: "cluster_kubeconfig", kubeconfigRaw: kubeconfig, kubernetesClientConfiguration };
    },
  };
}

/** `imagefactory.getUrls`: despite its looks the provider puts these together without asking the factory. */
export function urlsFunction(world: World): FunctionAdapter {
  return {
    inputs: tables.getUrls,
    invoke: async (args, ctx) => {
      const platform = args["platform"];
      if (platform !== "nocloud" && platform !== "metal")
        throw new AdapterError(`the lab has images for nocloud and metal, not for ${String(platform ?? args["sbc"])}`);
      const architecture = String(args["architecture"] ?? "amd64");
      const version = `v${String(args["talosVersion"]).replace(/^v/, "")}`;
      const base = String(ctx.config["imageFactoryUrl"] ?? world.factory.url).replace(/\/+$/, "");
      const id = String(args["schematicId"]);
      const image = `${base}/image/${id}/${version}`;
      const installer = `${new URL(base).host}/${platform}-installer`;
      return {
        ...args,
        architecture,
        id: "image_factory_urls",
        urls: {
          diskImage: `${image}/${platform}-${architecture}.raw.xz`,
          diskImageSecureboot: `${image}/${platform}-${architecture}-secureboot.raw.xz`,
          initramfs: `${image}/initramfs-${architecture}.xz`,
          installer: `${installer}/${id}:${version}`,
          installerSecureboot: `${installer}-secureboot/${id}:${version}`,
          iso: `${image}/${platform}-${architecture}.iso`,
          isoSecureboot: `${image}/${platform}-${architecture}-secureboot.iso`,
          kernel: `${image}/kernel-${architecture}`,
          kernelCommandLine: `${image}/cmdline-${platform}-${architecture}`,
          pxe: `${base}/pxe/${id}/${version}/${platform}-${architecture}`,
          uki: `${image}/${platform}-${architecture}-secureboot-uki.efi`,
        },
      };
    },
  };
}

/** A function that dials and has no counterpart in the lab: the call is counted, then refused. */
export function absentFunction(world: World, inputs: FunctionAdapter["inputs"], name: string): FunctionAdapter {
  return {
    inputs,
    invoke: async (_args: Inputs, ctx) => {
      try {
        return await world.call(
          `talos.${name}`,
          name,
          () => Promise.reject(new WorldError("unimplemented", `${name} is not in the lab`)),
          ctx.signal,
        );
      } catch (error) {
        throw refusal(name, error);
      }
    },
  };
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const asRefusal = (doing: string, error: unknown): AdapterError =>
  new AdapterError(`${doing}: ${error instanceof Error ? error.message : String(error)}`, status.INVALID_ARGUMENT);
