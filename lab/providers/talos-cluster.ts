/** Bootstrap and kubeconfig. */
import type { AdminKubeconfig } from "../world/talos-api";
import type { World } from "../world/world";
import { UNKNOWN, type CallContext, type Inputs, type ResourceAdapter } from "./adapter";
import { genericDiff } from "./diff";
import { isDuration, seconds } from "./duration";
import { bootstrap, kubeconfig } from "./talos-tables";
import { credentialProblems, endsWithin, persistently, targetOf, timeoutOf, timeoutProblems } from "./talos-request";
import { isObject } from "./values";

const withEndpoint = (inputs: Inputs): Inputs => ({ endpoint: inputs["node"], ...inputs });

/** `machine.Bootstrap`: only its creation does anything; a second one is tried until its timeout and fails. */
export function bootstrapAdapter(world: World): ResourceAdapter {
  return {
    inputs: bootstrap,
    check: (inputs) => ({ inputs, failures: [...credentialProblems(inputs), ...timeoutProblems(inputs)] }),
    diff: (_id, oldInputs, _oldState, newInputs) => genericDiff(withEndpoint(oldInputs), withEndpoint(newInputs)),
    planned: withEndpoint,
    create: async (inputs, ctx) => {
      await persistently(world, ctx, { doing: "Error bootstrapping node", timeout: timeoutOf(inputs, "create") }, () =>
        world.talos.bootstrap(targetOf(inputs, ctx)),
      );
      return { id: "machine_bootstrap", state: withEndpoint(inputs) };
    },
    update: async (_id, _oldState, newInputs) => ({ state: withEndpoint(newInputs) }),
    delete: async () => {},
  };
}

/** `cluster.Kubeconfig`: fetched once; an update fetches it again only when its certificate ends soon. */
export function kubeconfigAdapter(world: World): ResourceAdapter {
  const fetch = async (inputs: Inputs, ctx: CallContext, operation: "create" | "update"): Promise<AdminKubeconfig> =>
    persistently(world, ctx, { doing: "failed to retrieve kubeconfig", timeout: timeoutOf(inputs, operation) }, () =>
      world.talos.kubeconfig(targetOf(inputs, ctx)),
    );

  return {
    inputs: kubeconfig,
    check: (inputs) => {
      const renewal = inputs["certificateRenewalDuration"];
      const wrong = typeof renewal === "string" && !isDuration(renewal);
      return {
        inputs,
        failures: [
          ...timeoutProblems(inputs),
          ...(wrong
            ? [{ property: "certificateRenewalDuration", reason: "certificateRenewalDuration must be a duration such as 720h" }]
            : []),
        ],
      };
    },
    diff: (_id, oldInputs, oldState, newInputs) => {
      const diff = genericDiff(withDefaults(oldInputs), withDefaults(newInputs));
      return isRenewalDue(oldState, newInputs) ? { ...diff, changes: true, detailed: { ...diff.detailed, kubeconfigRaw: "update" } } : diff;
    },
    planned: (inputs) => ({ ...withDefaults(inputs), kubeconfigRaw: UNKNOWN, kubernetesClientConfiguration: UNKNOWN }),
    plannedUpdate: (_id, oldState, newInputs) => ({
      ...withDefaults(newInputs),
      ...(isRenewalDue(oldState, newInputs) ? { kubeconfigRaw: UNKNOWN, kubernetesClientConfiguration: UNKNOWN } : fetchedPart(oldState)),
    }),
    create: async (inputs, ctx) => {
      const fetched = await fetch(inputs, ctx, "create");
      return { id: fetched.clusterName, state: { ...withDefaults(inputs), ...outputsOf(fetched) } };
    },
    update: async (_id, oldState, newInputs, ctx) => {
      if (!isRenewalDue(oldState, newInputs)) return { state: { ...withDefaults(newInputs), ...fetchedPart(oldState) } };
      return { state: { ...withDefaults(newInputs), ...outputsOf(await fetch(newInputs, ctx, "update")) } };
    },
    delete: async () => {},
  };
}

const withDefaults = (inputs: Inputs): Inputs => ({ certificateRenewalDuration: "720h", ...withEndpoint(inputs) });

const fetchedPart = ({ kubeconfigRaw, kubernetesClientConfiguration }: Inputs): Inputs => ({
  kubeconfigRaw,
  kubernetesClientConfiguration,
});

function outputsOf({ kubeconfig: kubeconfigRaw, host, caCertificate, clientCertificate, clientKey }: AdminKubeconfig): Inputs {
  return { kubeconfigRaw, kubernetesClientConfiguration: { host, caCertificate, clientCertificate, clientKey } };
}

function isRenewalDue(state: Inputs, inputs: Inputs): boolean {
  const client = state["kubernetesClientConfiguration"];
  const window = seconds(String(withDefaults(inputs)["certificateRenewalDuration"]));
  return isObject(client) && endsWithin(client["clientCertificate"], window) === "yes";
}
