import { z } from "zod";
import { DATABASE_ALERTS } from "../database/alerts";
import { DATABASE_DASHBOARD } from "../database/dashboard";
import { CNPG_NAMESPACE, OPERATOR_LABELS, OPERATOR_PORTS, operatorObjects } from "../database/operator";
import { defineApp } from "../kit/app";
import { KEEP } from "../kit/objects";

/** PostgreSQL for whoever asks for a database; `platform/provide/database.ts` makes the clusters beside the askers. */
export const cloudnativePg = defineApp({
  name: "cloudnative-pg",
  summary: "Operator for PostgreSQL clusters",
  namespace: { name: CNPG_NAMESPACE, podSecurity: "restricted" },
  presence: "chosen",
  needs: [],
  after: [],
  options: z.strictObject({}),
  vendored: [{ folder: "cloudnative-pg", annotations: KEEP }],
  objects: ({ facts }) => operatorObjects(facts.replicas),
  alerts: () => DATABASE_ALERTS,
  dashboards: () => [DATABASE_DASHBOARD],
  monitors: () => [
    { kind: "PodMonitor", name: "cloudnative-pg", selector: OPERATOR_LABELS, port: "metrics", containerPort: OPERATOR_PORTS.metrics },
  ],
  network: () => ({
    from: [{ peer: "kube-apiserver", ports: [OPERATOR_PORTS.webhook] }],
    to: [{ peer: "kube-apiserver" }],
  }),
});
