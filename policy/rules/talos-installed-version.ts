import { compareVersions, parseVersion } from "../../config/compatibility";
import type { VersionPair } from "../../config/settings";
import { UNKNOWN } from "../resource";
import { defineRule } from "../rule";
import { kubernetesImagesIn, patchesOf } from "../talos";
import { TALOS_APPLY } from "../types";
import { textAt } from "../values";

/** Image of the kubelet in a machine config. */
const KUBELET = /image:\s*\S*\/kubelet:v(\d+\.\d+\.\d+)/;

/** The wanted versions are tuppr's alone. */
export const talosInstalledVersion = defineRule({
  id: "talos-installed-version",
  says: "Machine configs name the installed versions of Talos and Kubernetes, not the wanted ones.",
  reason:
    "A Kubernetes version in a machine config moves every node at once, past drain and order (siderolabs/terraform-provider-talos#350), and an installer image is no upgrade.",
  level: "mandatory",
  types: [TALOS_APPLY],
  knownLater: [
    {
      value: `${TALOS_APPLY} machineConfigurationInput`,
      instead: "`cluster.installed` and `cluster.versions`: installed is not ahead of wanted",
    },
  ],
  resource: (resource, { settings }) => {
    if (settings === undefined) return [];
    const { installed, versions } = settings.cluster;
    const patches = patchesOf(resource);
    const installers = patches.map((patch) => textAt(patch, "machine", "install", "image")).filter((image) => image !== "");
    return [
      ...installers
        .filter((image) => versionOf(image) !== `v${installed.talos}`)
        .map((image) => `the installer is ${versionOf(image)}, and cluster.installed.talos ${installed.talos}`),
      ...patches
        .flatMap(kubernetesImagesIn)
        .filter(({ image }) => versionOf(image) !== `v${installed.kubernetes}`)
        .map(({ where, image }) => `${where} is ${versionOf(image)}, and cluster.installed.kubernetes ${installed.kubernetes}`),
      ...kubernetesProblems(resource.props["machineConfigurationInput"], installed, versions),
    ];
  },
});

function kubernetesProblems(config: unknown, installed: VersionPair, wanted: VersionPair): readonly string[] {
  if (config === UNKNOWN) {
    return isAhead(installed.kubernetes, wanted.kubernetes)
      ? [`cluster.installed.kubernetes ${installed.kubernetes} is ahead of cluster.versions.kubernetes ${wanted.kubernetes}`]
      : [];
  }
  const kubelet = KUBELET.exec(String(config))?.[1];
  return kubelet === undefined || kubelet === installed.kubernetes
    ? []
    : [`the config runs Kubernetes ${kubelet}, and cluster.installed.kubernetes is ${installed.kubernetes}`];
}

/** Tag of an image, with or without a digest after it; what a message can say where there is none. */
function versionOf(image: string): string {
  return /:([\w.-]+)(@sha256:[0-9a-f]+)?$/.exec(image.slice(image.lastIndexOf("/") + 1))?.[1] ?? "without a version";
}

function isAhead(one: string, other: string): boolean {
  const [a, b] = [parseVersion(one), parseVersion(other)];
  return a !== undefined && b !== undefined && compareVersions(a, b) > 0;
}
