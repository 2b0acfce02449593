import { defineRule } from "../rule";
import { TALOS_SECRETS } from "../types";

/** Whoever loses the machine secrets loses the cluster. */
export const talosSecretsGuarded = defineRule({
  id: "talos-secrets-guarded",
  says: "Machine secrets are protected as `cluster.deletionProtection` says, and ignore a changed contract.",
  reason: "A lower `talosVersion` replaces them, and with them every certificate of the cluster; nothing brings the old ones back.",
  level: "mandatory",
  types: [TALOS_SECRETS],
  resource: ({ options }, { settings }) => [
    ...(settings === undefined || options.protect === settings.cluster.deletionProtection
      ? []
      : ["protect is not as cluster.deletionProtection says"]),
    ...(options.ignoreChanges.includes("talosVersion") ? [] : ["ignoreChanges has no talosVersion"]),
  ],
});
