import { defineRule } from "../rule";
import { TALOS_SECRETS } from "../types";
import { textAt } from "../values";

/** The contract is made once and never follows a version. */
export const talosContractPinned = defineRule({
  id: "talos-contract-pinned",
  says: "Machine secrets name the version contract of the settings.",
  reason:
    "Left out, the contract is whatever the provider was built with; past 1.13 etcd's encryption changes and Secrets cannot be read (siderolabs/terraform-provider-talos#399).",
  level: "mandatory",
  types: [TALOS_SECRETS],
  resource: ({ props }, { settings }) => {
    const contract = textAt(props, "talosVersion");
    if (!/^v1\.\d+(\.\d+)?$/.test(contract)) return ["talosVersion is no contract such as v1.13"];
    return settings === undefined || contract === settings.cluster.contract
      ? []
      : [`talosVersion is ${contract}, and cluster.contract ${settings.cluster.contract}`];
  },
});
