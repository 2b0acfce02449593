import { collectsTalosLogs, TALOS_LOG_PORT } from "../../../platform/observability/talos-logs";
import type { Patch } from "./document";

/** Talos' own logs, one JSON object a line, to the collector on the same node; over TCP, so that Talos keeps what nobody took yet. */
export const logging: Patch = (settings) =>
  collectsTalosLogs(settings)
    ? [{ machine: { logging: { destinations: [{ endpoint: `tcp://127.0.0.1:${TALOS_LOG_PORT}/`, format: "json_lines" }] } } }]
    : [];
