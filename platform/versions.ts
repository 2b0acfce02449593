/**
 * Every version that the platform pins, in one place. A comment `renovate: datasource=... depName=...` stands above
 * each value that Renovate may raise, for a regular-expression manager.
 */

/** Where a chart comes from when there is no mirror. */
export interface ChartVersion {
  /** Chart name; also its name in a mirror. */
  readonly name: string;
  /** Exact, without a leading "v". */
  readonly version: string;
  /** `oci://registry/path/name` of the chart itself, or `https://` of a classic chart repository. */
  readonly source: string;
  /** `sha256:...` of the OCI manifest; pins the chart beyond its tag. */
  readonly digest?: string;
}

export const CHARTS = {
  cilium: {
    name: "cilium",
    // renovate: datasource=docker depName=quay.io/cilium/charts/cilium
    version: "1.20.2",
    source: "oci://quay.io/cilium/charts/cilium",
  },
  fluxOperator: {
    name: "flux-operator",
    // renovate: datasource=docker depName=ghcr.io/controlplaneio-fluxcd/charts/flux-operator
    version: "0.58.0",
    source: "oci://ghcr.io/controlplaneio-fluxcd/charts/flux-operator",
  },
} as const satisfies Readonly<Record<string, ChartVersion>>;

export const COMPONENTS = {
  /** The chart's version; its CRDs are vendored. */
  cilium: CHARTS.cilium.version,
  /** Value of `io.cilium.k8s.crd.schema.version` that this Cilium's operator writes. */
  ciliumCrdSchema: "1.33.12",
  // renovate: datasource=github-releases depName=fluxcd/flux2 extractVersion=^v(?<version>.*)$
  flux: "2.9.4",
  // renovate: datasource=go depName=sigs.k8s.io/gateway-api
  gatewayApi: "v1.6.3",
} as const;

/** Images that the platform's own manifests run, by tag and digest. */
export const IMAGES = {
  // renovate: datasource=docker depName=docker.io/mendhak/http-https-echo
  echo: "docker.io/mendhak/http-https-echo:37@sha256:f55000d9196bd3c853d384af7315f509d21ffb85de315c26e9874033b9f83e15",
} as const;
