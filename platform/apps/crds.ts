import { z } from "zod";
import { defineApp } from "../kit/app";
import { KEEP } from "../kit/objects";
import { FLUX_NAMESPACE } from "../names";
import { COMPONENTS } from "../versions";

/** Apps that watch routes, and do not start where that kind is unknown. */
const READERS_OF_ROUTES = ["external-dns", "external-dns-unifi", "k8s-gateway"];

/**
 * CRDs that more than one app needs, from one place, before any object of their kinds.
 * Those of apps that are off are left out: every push applies them before anything else, which takes seconds for the large ones.
 *
 * Gateway API: one version, standard channel; Flux owns them.
 * Cilium: its chart brings no CRDs, its operator registers and upgrades them when it starts, so the operator is
 * their owner. They stand here for the clusters in which the operator has not run yet when Flux applies a pool or
 * a policy: `IfNotPresent` makes Flux create what is missing and never touch what is there. The schema version
 * label is the operator's own; with it an operator of this Cilium leaves what Flux created alone
 * (it updates only an older or missing version), and a newer one takes over.
 */
export const crds = defineApp({
  name: "crds",
  summary:
    "CRDs that more than one app needs: Gateway API, Envoy Gateway, monitors, DNS records, and Cilium's until its operator registers them",
  namespace: { name: FLUX_NAMESPACE },
  presence: "always",
  needs: [],
  after: [],
  options: z.strictObject({}),
  onRemoval: "keep",
  vendored: [
    { folder: "prometheus-operator", annotations: KEEP },
    { folder: "gateway-api", annotations: KEEP, onlyFor: ["envoy-gateway", ...READERS_OF_ROUTES] },
    { folder: "envoy-gateway", annotations: KEEP, onlyFor: ["envoy-gateway"] },
    { folder: "external-dns", annotations: KEEP, onlyFor: ["external-dns", "external-dns-unifi"] },
    {
      folder: "cilium",
      annotations: { ...KEEP, "kustomize.toolkit.fluxcd.io/ssa": "IfNotPresent" },
      labels: { "io.cilium.k8s.crd.schema.version": COMPONENTS.ciliumCrdSchema },
    },
  ],
});
