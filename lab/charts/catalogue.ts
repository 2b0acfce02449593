import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Toolchain } from "../contracts";
import type { ChartSource } from "./chart-package";

interface CatalogueEntry {
  readonly name: string;
  /** The chart's version, as it is asked for. */
  readonly version: string;
  readonly appVersion?: string;
  /** Go module that carries the chart. */
  readonly module: string;
  /** Folder in the module. */
  readonly folder: string;
  /** File that serves as values.yaml. */
  readonly valuesFile?: string;
  /** `${NAME}` in the values. */
  readonly substitutions?: Readonly<Record<string, string>>;
}

/** Real charts out of pinned module sources. They are packaged when they are first asked for. */
const REAL: readonly CatalogueEntry[] = [
  { name: "cilium", version: "1.20.2", module: "github.com/cilium/cilium", folder: "install/kubernetes/cilium" },
  {
    name: "cert-manager",
    version: "v1.21.2",
    appVersion: "v1.21.2",
    module: "github.com/cert-manager/cert-manager",
    folder: "deploy/charts/cert-manager",
  },
  {
    name: "gateway-helm",
    version: "v1.9.1",
    appVersion: "v1.9.1",
    module: "github.com/envoyproxy/gateway",
    folder: "charts/gateway-helm",
    valuesFile: "values.tmpl.yaml",
    substitutions: { GatewayImage: "docker.io/envoyproxy/gateway:v1.9.1", GatewayImagePullPolicy: "IfNotPresent" },
  },
  {
    name: "ai-gateway-helm",
    version: "v1.0.0",
    appVersion: "v1.0.0",
    module: "github.com/envoyproxy/ai-gateway",
    folder: "manifests/charts/ai-gateway-helm",
  },
  {
    name: "ai-gateway-crds-helm",
    version: "v1.0.0",
    appVersion: "v1.0.0",
    module: "github.com/envoyproxy/ai-gateway",
    folder: "manifests/charts/ai-gateway-crds-helm",
  },
  {
    name: "external-secrets",
    version: "1.3.2",
    appVersion: "v1.3.2",
    module: "github.com/external-secrets/external-secrets",
    folder: "deploy/charts/external-secrets",
  },
  { name: "external-dns", version: "1.21.1", module: "sigs.k8s.io/external-dns", folder: "charts/external-dns" },
  { name: "metrics-server", version: "3.13.1", module: "sigs.k8s.io/metrics-server", folder: "charts/metrics-server" },
  {
    name: "reloader",
    version: "2.2.13",
    appVersion: "v1.4.19",
    module: "github.com/stakater/Reloader",
    folder: "deployments/kubernetes/chart/reloader",
  },
  { name: "spegel", version: "0.7.3", appVersion: "v0.7.3", module: "github.com/spegel-org/spegel", folder: "charts/spegel" },
  { name: "volsync", version: "0.16.0", module: "github.com/backube/volsync", folder: "helm/volsync" },
  {
    name: "proxmox-csi-plugin",
    version: "0.5.6",
    module: "github.com/sergelogvinov/proxmox-csi-plugin",
    folder: "charts/proxmox-csi-plugin",
  },
  {
    name: "proxmox-cloud-controller-manager",
    version: "0.2.11",
    module: "github.com/sergelogvinov/proxmox-cloud-controller-manager",
    folder: "charts/proxmox-cloud-controller-manager",
  },
  { name: "loki", version: "6.55.0", module: "github.com/grafana/loki/v3", folder: "production/helm/loki" },
  { name: "alloy", version: "1.9.0", appVersion: "v1.17.1", module: "github.com/grafana/alloy", folder: "operations/helm/charts/alloy" },
  {
    name: "vault-operator",
    version: "1.23.0",
    appVersion: "v1.23.0",
    module: "github.com/bank-vaults/vault-operator",
    folder: "deploy/charts/vault-operator",
  },
];

/** Charts that no module registry has and that need nothing of the real one; each is a folder here. */
const STAND_INS = [
  { name: "kube-prometheus-stack", version: "81.1.0" },
  { name: "tuppr", version: "0.0.51" },
] as const;

function standIn({ name, version }: { readonly name: string; readonly version: string }): LabChart {
  return { name, version, origin: "stand-in", source: () => ({ name, version, directory: join(__dirname, name) }) };
}

const FLUX_OPERATOR = "github.com/controlplaneio-fluxcd/flux-operator";

/** A chart of the lab: found by name and version, read when asked for. */
export interface LabChart {
  readonly name: string;
  readonly version: string;
  /** Whether it is the project's own chart or one of ours that plays its part. */
  readonly origin: "real" | "stand-in";
  /** @throws Error when the module that carries it is not there. */
  source(): ChartSource;
}

/** Go modules that carry the real charts of these names. */
export function modulesOfCharts(names: ReadonlySet<string>): readonly string[] {
  return [...new Set(REAL.filter(({ name }) => names.has(name)).map(({ module }) => module))].sort();
}

/** Every chart that the lab's registry serves. */
export function labCharts(toolchain: Pick<Toolchain, "moduleDir">): readonly LabChart[] {
  const real = REAL.map(({ name, version, module, folder, ...rest }): LabChart => ({
    name,
    version,
    origin: "real",
    source: () => ({ name, version, ...rest, directory: join(toolchain.moduleDir(module), folder) }),
  }));
  return [...real, fluxOperator(toolchain), ...STAND_INS.map(standIn)];
}

/** flux-operator's chart is not in its module: a stand-in with the module's own CRDs. */
function fluxOperator(toolchain: Pick<Toolchain, "moduleDir">): LabChart {
  const [name, version] = ["flux-operator", "0.58.0"];
  return {
    name,
    version,
    origin: "stand-in",
    source: () => {
      const crds = join(toolchain.moduleDir(FLUX_OPERATOR), "config", "crd", "bases");
      const extraFiles = Object.fromEntries(readdirSync(crds).map((file) => [`files/crds/${file}`, join(crds, file)]));
      return { name, version, appVersion: `v${version}`, directory: join(__dirname, "flux-operator"), extraFiles };
    },
  };
}
