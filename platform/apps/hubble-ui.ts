import { z } from "zod";
import { defineApp } from "../kit/app";
import { exposedHost, exposure } from "../kit/exposure";

/** A host for Hubble's user interface. It runs in Cilium's release, which turns it on while this app is. */
export const hubbleUi = defineApp({
  name: "hubble-ui",
  summary: "Who talks to whom in the cluster, and what was dropped",
  namespace: { name: "kube-system" },
  presence: "chosen",
  needs: [],
  after: [],
  options: z.strictObject(exposure({ subdomain: "hubble", gateway: "internal", protection: "browser" })),
  hosts: ({ options, facts }) => [exposedHost(options, facts, { service: "hubble-ui", port: 80, containerPort: 8081 })],
});
