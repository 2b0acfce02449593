import type { ChartPin } from "../charts/cache";
import { CHARTS } from "../platform/versions";

/** The charts that the program installs itself; all others are Flux' business. */
export const PROGRAM_CHARTS: readonly ChartPin[] = [CHARTS.cilium, CHARTS.fluxOperator].map(({ name, version, source }) => ({
  name,
  version,
  upstream: source,
}));
