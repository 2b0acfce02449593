import type { Settings } from "../../config/settings";

/** App that takes the nodes' own logs, and the one that keeps them. */
const COLLECTOR = "alloy";
const STORE = "loki";

/** Port of a node's loopback address on which the collector listens, and where Talos sends its logs. */
export const TALOS_LOG_PORT = 6051;

/** Whether the nodes' own logs have somewhere to go: both ends ask here, so that neither talks to nobody. */
export function collectsTalosLogs({ platform }: Pick<Settings, "platform">): boolean {
  const options = platform[COLLECTOR];
  return options !== undefined && options["talosLogs"] !== false && platform[STORE] !== undefined;
}
