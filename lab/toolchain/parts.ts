/**
 * The parts of the lab's toolchain as data: which version is pinned, how to ask one on the PATH for its version, where the
 * official download is, and how to build it. Order is the order in which missing parts are made: what is needed first first.
 */
import type { ToolName } from "../contracts";

/** Versions that the lab is tried with. */
export const VERSIONS = {
  // renovate: datasource=github-releases depName=pulumi/pulumi extractVersion=^v(?<version>.*)$
  pulumi: "3.259.0",
  // renovate: datasource=github-releases depName=pulumi/pulumi-kubernetes extractVersion=^v(?<version>.*)$
  kubernetesProvider: "4.25.0",
  // renovate: datasource=github-releases depName=kubernetes/kubernetes extractVersion=^v(?<version>.*)$
  kubernetes: "1.36.3",
  // renovate: datasource=github-releases depName=etcd-io/etcd extractVersion=^v(?<version>.*)$
  etcd: "3.6.8",
  // renovate: datasource=github-releases depName=kubernetes-sigs/kwok extractVersion=^v(?<version>.*)$
  kwok: "0.8.0",
  // renovate: datasource=github-releases depName=fluxcd/source-controller extractVersion=^v(?<version>.*)$
  sourceController: "1.9.5",
  // renovate: datasource=github-releases depName=fluxcd/kustomize-controller extractVersion=^v(?<version>.*)$
  kustomizeController: "1.9.5",
  // renovate: datasource=github-releases depName=fluxcd/helm-controller extractVersion=^v(?<version>.*)$
  helmController: "1.6.4",
  // renovate: datasource=github-releases depName=fluxcd/notification-controller extractVersion=^v(?<version>.*)$
  notificationController: "1.9.3",
  // renovate: datasource=github-releases depName=controlplaneio-fluxcd/flux-operator extractVersion=^v(?<version>.*)$
  fluxOperator: "0.58.0",
  // renovate: datasource=github-releases depName=siderolabs/talos extractVersion=^v(?<version>.*)$
  talos: "1.13.7",
  // renovate: datasource=github-releases depName=rhysd/actionlint extractVersion=^v(?<version>.*)$
  actionlint: "1.7.12",
  // renovate: datasource=github-releases depName=prometheus/prometheus extractVersion=^v(?<version>.*)$
  prometheus: "3.9.1",
  // renovate: datasource=go depName=github.com/zricethezav/gitleaks/v8 extractVersion=^v(?<version>.*)$
  gitleaks: "8.30.1",
} as const;

/** A file that the build needs beside the sources and that comes out of a pinned Go module. */
export interface BorrowedFile {
  readonly module: string;
  readonly version: string;
  readonly sum: string;
  /** Path in the module. */
  readonly path: string;
  /** Path in the build folder. */
  readonly as: string;
}

/** A folder to run `go build` in: one of `modules/`, or a writable copy of a published module with our additions. */
export interface Workspace {
  /** Folder under `modules/`: its files are the workspace, or are laid over the copy. A go.sum laid over a copy is appended. */
  readonly folder: string;
  /** Published module to copy first, since it cannot be built from the read-only module cache. */
  readonly copyOf?: { readonly module: string; readonly version: string; readonly sum: string };
  /** `replace` lines to add to a copied go.mod: module to module@version. */
  readonly replace?: Readonly<Record<string, string>>;
  /** Files to make, path to content: stand-ins for what a published module leaves out and no part of the lab reads. */
  readonly placeholders?: Readonly<Record<string, string>>;
  readonly borrowed?: readonly BorrowedFile[];
}

/** How to build a part. Parts of one workspace are built by one call. */
export interface BuildRecipe {
  readonly workspace: Workspace;
  /** Package path for `go build`. */
  readonly package: string;
  /** File that `go build -o folder/` writes for that package. */
  readonly binary: string;
  /** Variables set at link time (`-X name=value`). */
  readonly variables: Readonly<Record<string, string>>;
  /** Build tags; parts of one workspace that are built together have the same. */
  readonly tags?: readonly string[];
}

/** One official file. Placeholders: {version}, {os} (linux, darwin), {arch} (amd64, arm64), {pulumiArch} (x64, arm64). */
export interface DownloadFile {
  readonly url: string;
  /** A checksum file: its only word, or the line that ends with the file's name. A file without one is never taken. */
  readonly sha256Url: string;
  readonly version: string;
  /** Path of the wanted file inside a .tar.gz; absent when the download is the file itself. */
  readonly member?: string;
  /** Name in the part's folder. */
  readonly as: string;
}

/** An official download; `script`, when present, becomes the part's executable. */
export interface DownloadRecipe {
  readonly files: readonly DownloadFile[];
  readonly script?: string;
}

/** One part of the toolchain. */
export interface Part {
  readonly tool: ToolName;
  readonly version: string;
  /** `asked`: made only for whoever asks for it by name; no lab needs it. @default it is part of every toolchain */
  readonly presence?: "asked";
  /** How to ask an executable of this name on the PATH; absent when it cannot be asked, and then it is never taken from there. */
  readonly probe?: { readonly args: readonly string[]; readonly version: RegExp };
  readonly download?: DownloadRecipe;
  readonly build: BuildRecipe;
  /** What the reader should know about the version that is built. */
  readonly builtRemark?: string;
}

const CONTROL_PLANE: Workspace = { folder: "control-plane" };

const COMPONENT_VERSION = {
  "k8s.io/component-base/version.gitVersion": `v${VERSIONS.kubernetes}`,
  "k8s.io/component-base/version.gitMajor": VERSIONS.kubernetes.split(".")[0] ?? "",
  "k8s.io/component-base/version.gitMinor": VERSIONS.kubernetes.split(".")[1] ?? "",
  "k8s.io/component-base/version.gitTreeState": "clean",
};

const PROVIDER = {
  module: "github.com/pulumi/pulumi-kubernetes/provider/v4",
  version: "v4.0.0-20260115033456-f47bc2d6f199",
  sum: "h1:j2bphCf7c2YhnBrhwht2f3TNRRgcMImltUlAgzxr9H4=",
};

function providerFile(name: string): BorrowedFile {
  return { ...PROVIDER, path: `cmd/pulumi-resource-kubernetes/${name}`, as: name };
}

function fluxController(tool: ToolName, version: string): Part {
  return {
    tool,
    version,
    build: { workspace: CONTROL_PLANE, package: `github.com/fluxcd/${tool}`, binary: tool, variables: COMPONENT_VERSION },
  };
}

function kubernetesFile(name: string): DownloadFile {
  const url = `https://dl.k8s.io/v{version}/bin/{os}/{arch}/${name}`;
  return { url, sha256Url: `${url}.sha256`, version: VERSIONS.kubernetes, as: name };
}

/** The official binaries are one per component; this makes them answer like the multi-call binary that is built. */
const KUBE_SCRIPT = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
part=$1
shift
case $part in
  etcd) exec "$here/etcd" "$@" ;;
  apiserver | controller-manager | scheduler) exec "$here/kube-$part" "$@" ;;
  *) echo "usage: kube apiserver|controller-manager|scheduler|etcd [flags]" >&2; exit 2 ;;
esac
`;

/** Every part, what is needed first first. */
export const PARTS: readonly Part[] = [
  {
    tool: "talos-helper",
    version: VERSIONS.talos,
    build: { workspace: { folder: "talos-helper" }, package: ".", binary: "talos-helper", variables: {} },
  },
  {
    tool: "pulumi",
    version: VERSIONS.pulumi,
    probe: { args: ["version"], version: /^v?(\d+\.\d+\.\d+\S*)/ },
    download: {
      files: [
        {
          url: "https://get.pulumi.com/releases/sdk/pulumi-v{version}-{os}-{pulumiArch}.tar.gz",
          sha256Url: "https://github.com/pulumi/pulumi/releases/download/v{version}/pulumi-{version}-checksums.txt",
          version: VERSIONS.pulumi,
          member: "pulumi/pulumi",
          as: "pulumi",
        },
      ],
    },
    build: {
      workspace: { folder: "engine" },
      package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      binary: "pulumi",
      variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${VERSIONS.pulumi}` },
    },
  },
  {
    tool: "pulumi-resource-kubernetes",
    version: VERSIONS.kubernetesProvider,
    builtRemark: `pulumi-resource-kubernetes is built from commit f47bc2d6f199, about ${VERSIONS.kubernetesProvider}; its SDK is newer`,
    download: {
      files: [
        {
          url: "https://github.com/pulumi/pulumi-kubernetes/releases/download/v{version}/pulumi-resource-kubernetes-v{version}-{os}-{arch}.tar.gz",
          sha256Url: "https://github.com/pulumi/pulumi-kubernetes/releases/download/v{version}/pulumi-kubernetes_{version}_checksums.txt",
          version: VERSIONS.kubernetesProvider,
          member: "pulumi-resource-kubernetes",
          as: "pulumi-resource-kubernetes",
        },
      ],
    },
    build: {
      workspace: { folder: "kubernetes-provider", borrowed: [providerFile("schema.json"), providerFile("terraform-mapping.json")] },
      package: ".",
      binary: "kubernetes-provider",
      variables: { "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version": VERSIONS.kubernetesProvider },
    },
  },
  {
    tool: "kube",
    version: VERSIONS.kubernetes,
    download: {
      files: [
        kubernetesFile("kube-apiserver"),
        kubernetesFile("kube-controller-manager"),
        kubernetesFile("kube-scheduler"),
        {
          url: "https://github.com/etcd-io/etcd/releases/download/v{version}/etcd-v{version}-{os}-{arch}.tar.gz",
          sha256Url: "https://github.com/etcd-io/etcd/releases/download/v{version}/SHA256SUMS",
          version: VERSIONS.etcd,
          member: "etcd-v{version}-{os}-{arch}/etcd",
          as: "etcd",
        },
      ],
      script: KUBE_SCRIPT,
    },
    build: { workspace: CONTROL_PLANE, package: "./kube", binary: "kube", variables: COMPONENT_VERSION },
  },
  {
    tool: "kwok",
    version: VERSIONS.kwok,
    probe: { args: ["--version"], version: /version v?(\d+\.\d+\.\d+\S*)/ },
    download: {
      files: [
        {
          url: "https://github.com/kubernetes-sigs/kwok/releases/download/v{version}/kwok-{os}-{arch}",
          sha256Url: "https://github.com/kubernetes-sigs/kwok/releases/download/v{version}/kwok-{os}-{arch}.sha256",
          version: VERSIONS.kwok,
          as: "kwok",
        },
      ],
    },
    build: { workspace: CONTROL_PLANE, package: "sigs.k8s.io/kwok/cmd/kwok", binary: "kwok", variables: COMPONENT_VERSION },
  },
  fluxController("source-controller", VERSIONS.sourceController),
  fluxController("kustomize-controller", VERSIONS.kustomizeController),
  fluxController("helm-controller", VERSIONS.helmController),
  fluxController("notification-controller", VERSIONS.notificationController),
  {
    tool: "flux-operator",
    version: VERSIONS.fluxOperator,
    build: {
      workspace: {
        folder: "flux-operator",
        copyOf: {
          module: "github.com/controlplaneio-fluxcd/flux-operator",
          version: `v${VERSIONS.fluxOperator}`,
          sum: "h1:7fbGeGRzp7sEwfg7jjc3a3bJvMYTAgPv+hl5qf9SBxo=",
        },
        replace: {
          "github.com/google/go-containerregistry/pkg/authn/kubernetes":
            "github.com/google/go-containerregistry/pkg/authn/kubernetes@v0.0.0-20250225234217-098045d5e61f",
        },
        placeholders: { "web/dist/index.html": "The lab does not serve the operator's web page.\n" },
      },
      package: "./cmd/operator",
      binary: "operator",
      variables: { "main.VERSION": `v${VERSIONS.fluxOperator}` },
    },
  },
  {
    tool: "actionlint",
    version: VERSIONS.actionlint,
    presence: "asked",
    probe: { args: ["-version"], version: /^v?(\d+\.\d+\.\d+\S*)/ },
    download: {
      files: [
        {
          url: "https://github.com/rhysd/actionlint/releases/download/v{version}/actionlint_{version}_{os}_{arch}.tar.gz",
          sha256Url: "https://github.com/rhysd/actionlint/releases/download/v{version}/actionlint_{version}_checksums.txt",
          version: VERSIONS.actionlint,
          member: "actionlint",
          as: "actionlint",
        },
      ],
    },
    build: {
      workspace: { folder: "actionlint" },
      package: "github.com/rhysd/actionlint/cmd/actionlint",
      binary: "actionlint",
      variables: {},
    },
  },
  {
    tool: "kubectl",
    version: VERSIONS.kubernetes,
    presence: "asked",
    probe: { args: ["version", "--client"], version: /Client Version: v?(\d+\.\d+\.\d+\S*)/ },
    download: { files: [kubernetesFile("kubectl")] },
    build: { workspace: { folder: "kubectl" }, package: ".", binary: "kubectl", variables: COMPONENT_VERSION },
  },
  {
    tool: "gitleaks",
    version: VERSIONS.gitleaks,
    presence: "asked",
    probe: { args: ["version"], version: /^v?(\d+\.\d+\.\d+\S*)/ },
    download: {
      files: [
        {
          url: "https://github.com/gitleaks/gitleaks/releases/download/v{version}/gitleaks_{version}_{os}_{pulumiArch}.tar.gz",
          sha256Url: "https://github.com/gitleaks/gitleaks/releases/download/v{version}/gitleaks_{version}_checksums.txt",
          version: VERSIONS.gitleaks,
          member: "gitleaks",
          as: "gitleaks",
        },
      ],
    },
    build: {
      workspace: { folder: "gitleaks" },
      package: "github.com/zricethezav/gitleaks/v8",
      binary: "gitleaks",
      variables: { "github.com/zricethezav/gitleaks/v8/version.Version": VERSIONS.gitleaks },
    },
  },
  {
    tool: "promtool",
    version: VERSIONS.prometheus,
    presence: "asked",
    probe: { args: ["--version"], version: /version v?(\d+\.\d+\.\d+\S*)/ },
    download: {
      files: [
        {
          url: "https://github.com/prometheus/prometheus/releases/download/v{version}/prometheus-{version}.{os}-{arch}.tar.gz",
          sha256Url: "https://github.com/prometheus/prometheus/releases/download/v{version}/sha256sums.txt",
          version: VERSIONS.prometheus,
          member: "prometheus-{version}.{os}-{arch}/promtool",
          as: "promtool",
        },
      ],
    },
    build: {
      // Its module's version is v0.<major><minor, two digits>.<patch>.
      workspace: { folder: "promtool" },
      package: "github.com/prometheus/prometheus/cmd/promtool",
      binary: "promtool",
      variables: { "github.com/prometheus/common/version.Version": VERSIONS.prometheus },
      // No rule is judged by asking a cloud for its machines, whose SDKs are most of what would be compiled.
      tags: ["remove_all_sd"],
    },
  },
];
