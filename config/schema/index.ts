import { z } from "zod";
import { clusterSchema } from "./cluster";
import { networkSchema } from "./network";
import { nodeDefaultsSchema, nodesSchema } from "./nodes";
import { proxmoxSchema } from "./proxmox";
import {
  chartsSchema,
  cloudflareSchema,
  endpointsSchema,
  escrowSchema,
  gatesSchema,
  gitSchema,
  platformSchema,
  secretsSchema,
} from "./services";

/** Name of the Pulumi project, and so the namespace of every key in a stack file. */
export const PROJECT = "hearth";

/** Every section that a stack file may have: `hearth:<section>`. One that is not optional must be there. */
export const SECTIONS = {
  cluster: clusterSchema,
  network: networkSchema,
  proxmox: proxmoxSchema,
  nodes: nodesSchema,
  nodeDefaults: nodeDefaultsSchema.optional(),
  cloudflare: cloudflareSchema.optional(),
  git: gitSchema,
  platform: platformSchema.optional(),
  charts: chartsSchema.optional(),
  secrets: secretsSchema.optional(),
  escrow: escrowSchema.optional(),
  gates: gatesSchema.optional(),
  endpoints: endpointsSchema.optional(),
} as const;

/** What a user writes, as one schema. */
export const settingsSchema = z.strictObject(SECTIONS);

/** What a user writes, once it has its shape. */
export type Written = z.input<typeof settingsSchema>;
