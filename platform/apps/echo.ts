import { z } from "zod";
import { RESTRICTED, runningAs } from "../kit/restricted";
import { defineApp } from "../kit/app";
import { exposedHost, exposure } from "../kit/exposure";
import { IMAGES } from "../versions";

const LABELS = { "app.kubernetes.io/name": "echo" };

/** Answers every HTTP request with what it saw of it: the first thing to look at when a route does not work. */
export const echo = defineApp({
  name: "echo",
  summary: "HTTP server that answers with the request it got",
  namespace: { name: "echo", podSecurity: "restricted" },
  presence: "chosen",
  needs: [],
  after: [],
  options: z.strictObject({
    /** Pods. */
    replicas: z.int().min(1).max(10).default(1).describe("Pods."),
    ...exposure({ subdomain: "echo", gateway: "external", protection: "public" }),
  }),
  objects: ({ options }) => [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "echo", labels: LABELS },
      spec: {
        replicas: options.replicas,
        selector: { matchLabels: LABELS },
        template: {
          metadata: { labels: LABELS },
          spec: {
            automountServiceAccountToken: false,
            securityContext: runningAs(65534),
            containers: [container()],
          },
        },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "echo", labels: LABELS },
      spec: { selector: LABELS, ports: [{ name: "http", port: 80, targetPort: "http" }] },
    },
  ],
  hosts: ({ options, facts }) => [
    exposedHost(
      options,
      facts,
      { service: "echo", port: 80, containerPort: 8080 },
      { public: "it tells a caller what the caller sent, nothing else" },
    ),
  ],
});

function container(): Readonly<Record<string, unknown>> {
  return {
    name: "echo",
    image: IMAGES.echo,
    env: [
      { name: "HTTP_PORT", value: "8080" },
      // Its HTTPS listener cannot be turned off; nothing refers to it.
      { name: "HTTPS_PORT", value: "8443" },
      { name: "LOG_IGNORE_PATH", value: "/healthz" },
    ],
    ports: [{ name: "http", containerPort: 8080 }],
    readinessProbe: { httpGet: { path: "/healthz", port: "http" } },
    livenessProbe: { httpGet: { path: "/healthz", port: "http" } },
    resources: { requests: { cpu: "10m", memory: "48Mi" }, limits: { memory: "128Mi" } },
    securityContext: RESTRICTED,
  };
}
