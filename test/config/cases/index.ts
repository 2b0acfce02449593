import { CLUSTER_CASES } from "./cluster";
import { FILE_CASES } from "./file";
import { FORMAT_CASES } from "./formats";
import { NETWORK_CASES } from "./network";
import { NODE_CASES } from "./nodes";
import { SERVICE_CASES } from "./services";
import { SHAPE_CASES } from "./shape";

/** Refused stack files and their just valid twins, rule by rule. */
export const CASES = [...FILE_CASES, ...SHAPE_CASES, ...FORMAT_CASES, ...CLUSTER_CASES, ...NETWORK_CASES, ...NODE_CASES, ...SERVICE_CASES];
