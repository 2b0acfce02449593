import type { LabHome } from "../home";
import type { ChartSource } from "../session";

/** What was asked for on the command line. */
export interface Request {
  readonly command: string;
  readonly stack: string;
  readonly charts: ChartSource;
  readonly home: LabHome;
}
