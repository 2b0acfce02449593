/**
 * Copies the CRDs that the `crds` app brings out of the pinned Go modules, byte for byte, and writes their
 * digests to `sources.json`. Run after a version in `platform/versions.ts` changed; needs Go and its proxy.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { CHARTS, COMPONENTS } from "../versions";
import type { VendoredSource } from "./vendored";

/** One folder's files: a module, and the files or folders inside it. */
interface Origin {
  readonly folder: string;
  readonly module: string;
  readonly version: string;
  /** Folder inside the module. */
  readonly under: string;
  /** Which of its files; absent: every YAML file. */
  readonly files?: readonly string[];
}

const PROMETHEUS_OPERATOR = {
  module: "github.com/prometheus-operator/prometheus-operator",
  version: COMPONENTS.prometheusOperator,
  under: "example/prometheus-operator-crd",
} as const;

const ORIGINS: readonly Origin[] = [
  { folder: "gateway-api", module: "sigs.k8s.io/gateway-api", version: COMPONENTS.gatewayApi, under: "config/crd/standard" },
  {
    folder: "cilium",
    module: "github.com/cilium/cilium",
    version: `v${COMPONENTS.cilium}`,
    under: "pkg/k8s/apis/cilium.io/client/crds",
    files: [
      "v2/ciliumbgpadvertisements.yaml",
      "v2/ciliumbgpclusterconfigs.yaml",
      "v2/ciliumbgppeerconfigs.yaml",
      "v2/ciliumclusterwidenetworkpolicies.yaml",
      "v2/ciliumloadbalancerippools.yaml",
      "v2/ciliumnetworkpolicies.yaml",
      "v2alpha1/ciliuml2announcementpolicies.yaml",
    ],
  },
  {
    folder: "envoy-gateway",
    module: "github.com/envoyproxy/gateway",
    version: CHARTS.envoyGateway.version,
    under: "charts/gateway-helm/charts/crds/crds/generated",
  },
  {
    // What apps make; the rest of its kinds comes with kube-prometheus-stack.
    folder: "prometheus-operator",
    ...PROMETHEUS_OPERATOR,
    files: ["podmonitors", "probes", "prometheusrules", "servicemonitors"].map((kind) => `monitoring.coreos.com_${kind}.yaml`),
  },
  {
    folder: "prometheus-operator-stack",
    ...PROMETHEUS_OPERATOR,
    files: ["alertmanagerconfigs", "alertmanagers", "prometheusagents", "prometheuses", "scrapeconfigs", "thanosrulers"].map(
      (kind) => `monitoring.coreos.com_${kind}.yaml`,
    ),
  },
  {
    folder: "external-dns",
    module: "sigs.k8s.io/external-dns",
    version: COMPONENTS.externalDns,
    under: "config/crd/standard",
    files: ["dnsendpoints.externaldns.k8s.io.yaml"],
  },
  {
    folder: "cert-manager",
    module: "github.com/cert-manager/cert-manager",
    version: CHARTS.certManager.version,
    under: "deploy/crds",
  },
  {
    folder: "cloudnative-pg",
    module: "github.com/cloudnative-pg/cloudnative-pg",
    version: COMPONENTS.cloudnativePg,
    under: "config/crd/bases",
  },
  {
    folder: "barman-cloud",
    module: "github.com/cloudnative-pg/plugin-barman-cloud",
    version: COMPONENTS.barmanCloud,
    under: "config/crd/bases",
  },
  {
    // Rights, webhooks and metric queries of the operator; `platform/database/operator.ts` makes its objects of them.
    folder: "cloudnative-pg-operator",
    module: "github.com/cloudnative-pg/cloudnative-pg",
    version: COMPONENTS.cloudnativePg,
    under: "config",
    files: ["manager/default-monitoring.yaml", "rbac/role.yaml", "webhook/manifests.yaml"],
  },
  {
    folder: "barman-cloud-operator",
    module: "github.com/cloudnative-pg/plugin-barman-cloud",
    version: COMPONENTS.barmanCloud,
    under: "config/rbac",
    files: ["leader_election_role.yaml", "role.yaml"],
  },
  {
    folder: "external-secrets",
    module: "github.com/external-secrets/external-secrets",
    version: `v${CHARTS.externalSecrets.version}`,
    under: "config/crds/bases",
  },
  {
    folder: "envoy-ai-gateway",
    module: "github.com/envoyproxy/ai-gateway",
    version: CHARTS.aiGateway.version,
    under: "manifests/charts/ai-gateway-crds-helm/templates",
  },
];

/** kustomize's own file lists a folder; it is no manifest. */
function manifests(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => name.endsWith(".yaml") && name !== "kustomization.yaml");
}

function moduleFolder(module: string, version: string): string {
  const answer: unknown = JSON.parse(execFileSync("go", ["mod", "download", "-json", `${module}@${version}`], { encoding: "utf8" }));
  if (typeof answer !== "object" || answer === null || !("Dir" in answer) || typeof answer.Dir !== "string") {
    throw new Error(`go has no folder for ${module}@${version}`);
  }
  return answer.Dir;
}

function vendor(): void {
  const sources: Record<string, VendoredSource> = {};
  for (const origin of ORIGINS) {
    const root = moduleFolder(origin.module, origin.version);
    const target = join(__dirname, origin.folder);
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    const files: VendoredSource["files"] = {};
    const names = origin.files ?? manifests(join(root, origin.under));
    for (const path of names.map((name) => `${origin.under}/${name}`).sort()) {
      const name = basename(path);
      copyFileSync(join(root, path), join(target, name));
      files[name] = {
        path,
        sha256: createHash("sha256")
          .update(readFileSync(join(target, name)))
          .digest("hex"),
      };
    }
    sources[origin.folder] = { module: origin.module, version: origin.version, licence: "Apache-2.0", files };
  }
  writeFileSync(join(__dirname, "sources.json"), `${JSON.stringify(sources, null, 2)}\n`);
}

if (require.main === module) vendor();
