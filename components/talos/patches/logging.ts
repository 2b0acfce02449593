import { collectsTalosLogs, TALOS_LOG_PORT } from "../../../platform/observability/talos-logs";
import { typed, type Patch } from "./document";

/**
 * Talos' own logs and the kernel's, one JSON object a line, to the collector on the same node; over TCP, so that Talos
 * keeps what nobody took yet. The kernel has a document of its own: the main config speaks of services only.
 */
export const logging: Patch = (settings) => {
  if (!collectsTalosLogs(settings)) return [];
  const endpoint = `tcp://127.0.0.1:${TALOS_LOG_PORT}/`;
  return [
    { machine: { logging: { destinations: [{ endpoint, format: "json_lines" }] } } },
    typed("KmsgLogConfig", { name: "collector", url: endpoint }),
  ];
};
