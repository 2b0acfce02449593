import { z } from "zod";
import { defineApp } from "../kit/app";
import { FLUX_NAMESPACE, SYNC_NAME } from "../names";

/** Name of the Receiver; part of its webhook path. */
export const RECEIVER_NAME = "flux-webhook";

/** Secret of the Receiver, key `token`; of the settings under the same name, else generated. */
export const RECEIVER_SECRET = "flux-webhook-token";

/** Event names that each sender uses for what Flux wants to hear. */
const EVENTS = {
  github: ["ping", "push"],
  gitlab: ["Push Hook", "Tag Push Hook"],
  "generic-hmac": undefined,
} as const;

/** A push makes Flux sync at once. The gateway apps route `/hook/` of the host to `webhook-receiver`, port 80. */
export const fluxWebhook = defineApp({
  name: "flux-webhook",
  summary: "Receiver that syncs the tree when the Git host calls it",
  namespace: { name: FLUX_NAMESPACE },
  presence: "always",
  needs: [],
  after: [],
  options: z.strictObject({
    /** Who calls: decides how a call is authenticated. */
    type: z.enum(["github", "gitlab", "generic-hmac"]).default("github").describe("Who calls: decides how a call is authenticated."),
  }),
  objects: ({ options }) => [
    {
      apiVersion: "notification.toolkit.fluxcd.io/v1",
      kind: "Receiver",
      metadata: { name: RECEIVER_NAME },
      spec: {
        type: options.type,
        events: EVENTS[options.type],
        secretRef: { name: RECEIVER_SECRET },
        resources: [
          { apiVersion: "source.toolkit.fluxcd.io/v1", kind: "GitRepository", name: SYNC_NAME },
          { apiVersion: "kustomize.toolkit.fluxcd.io/v1", kind: "Kustomization", name: SYNC_NAME },
        ],
      },
    },
  ],
  secrets: () => [
    {
      name: RECEIVER_SECRET,
      data: { token: { from: "config", secret: RECEIVER_SECRET, otherwise: { from: "generated", length: 40, alphabet: "alphanumeric" } } },
    },
  ],
  hosts: ({ facts }) => [
    {
      host: `flux-webhook.${facts.domain}`,
      service: "webhook-receiver",
      port: 80,
      containerPort: 9292,
      gateway: "external",
      paths: ["/hook/"],
      protection: { by: "public", reason: "every call is signed with the Receiver's token, and its path is a secret" },
    },
  ],
});
