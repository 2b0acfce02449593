import type { MachineSecrets, TalosHelper } from "../contracts";
import { AdapterError, UNKNOWN, type Inputs, type ResourceAdapter } from "./adapter";
import { genericDiff } from "./diff";
import { isObject } from "./values";
import { secrets } from "./talos-tables";
import { endsWithin } from "./talos-request";

/** What the provider was built with: its contract when none is given. */
export const BUILT_CONTRACT = "v1.13";

/** Seconds before its end at which the client certificate is renewed: a month. */
const RENEWAL_WINDOW = 30 * 24 * 3600;

/** `machine.Secrets`: made once, locally. It never reads and never deletes anything. */
export function secretsAdapter(helper: TalosHelper): ResourceAdapter {
  return {
    inputs: secrets,
    check: (inputs) => {
      const { talosVersion } = inputs;
      const wrong = typeof talosVersion === "string" && !/^v?\d+\.\d+(\.\d+)?(-[a-z0-9.]+)?$/.test(talosVersion);
      return { inputs, failures: wrong ? [{ property: "talosVersion", reason: `invalid version ${talosVersion}` }] : [] };
    },
    diff: (_id, _oldInputs, oldState, newInputs) => {
      const before = { talosVersion: oldState["talosVersion"] };
      const after = { talosVersion: newInputs["talosVersion"] ?? BUILT_CONTRACT };
      const lowered = typeof after.talosVersion === "string" && isLower(after.talosVersion, String(before.talosVersion));
      const diff = genericDiff(before, after, newInputs["talosVersion"] !== undefined && lowered ? { replaceOn: ["talosVersion"] } : {});
      return isRenewalDue(oldState) ? { ...diff, changes: true, detailed: { ...diff.detailed, clientConfiguration: "update" } } : diff;
    },
    create: async (inputs) => {
      const contract = contractOf(inputs);
      const made = await helper.secrets({ contract });
      return { id: "machine_secrets", state: { ...made, talosVersion: contract } };
    },
    plannedUpdate: (_id, oldState, newInputs) => ({
      ...oldState,
      talosVersion: contractOf(newInputs),
      ...(isRenewalDue(oldState) ? { clientConfiguration: UNKNOWN } : {}),
    }),
    update: async (_id, oldState, newInputs) => {
      const kept = { ...oldState, talosVersion: contractOf(newInputs) };
      if (!isRenewalDue(oldState)) return { state: kept };
      const { clientConfiguration } = await helper.clientConfiguration({ machineSecrets: machineSecretsOf(oldState["machineSecrets"]) });
      return { state: { ...kept, clientConfiguration } };
    },
    delete: async () => {},
  };
}

const contractOf = (inputs: Inputs): string => (typeof inputs["talosVersion"] === "string" ? inputs["talosVersion"] : BUILT_CONTRACT);

function isRenewalDue(state: Inputs): boolean {
  const client = state["clientConfiguration"];
  return isObject(client) && endsWithin(client["clientCertificate"], RENEWAL_WINDOW) === "yes";
}

/** Compares versions such as `v1.13` and `1.12.3`; missing parts are 0. */
function isLower(left: string, right: string): boolean {
  const [a, b] = [left, right].map((version) => version.replace(/^v/, "").split(".").map(Number));
  const index = [0, 1, 2].find((part) => (a?.[part] ?? 0) !== (b?.[part] ?? 0));
  return index !== undefined && (a?.[index] ?? 0) < (b?.[index] ?? 0);
}

/** Checked inputs as the helper takes them; throws when a part is missing. */
export function machineSecretsOf(value: unknown): MachineSecrets {
  if (!isMachineSecrets(value)) throw new AdapterError("machineSecrets are incomplete");
  return value;
}

const isMachineSecrets = (value: unknown): value is MachineSecrets =>
  isObject(value) && ["certs", "cluster", "secrets", "trustdinfo"].every((part) => isObject(value[part]));
