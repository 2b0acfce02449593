import type { Rule } from "../rule";
import { controlPlanesOdd } from "./control-planes-odd";
import { controlPlanesSpread } from "./control-planes-spread";
import { imageDownloadOnce } from "./image-download-once";
import { imagesPinned } from "./images-pinned";
import { kubernetesPlainObjects } from "./kubernetes-plain-objects";
import { kubernetesProviderSafe } from "./kubernetes-provider-safe";
import { machineAgentNoWait } from "./machine-agent-no-wait";
import { machineClassSupported } from "./machine-class-supported";
import { machineEnds } from "./machine-ends";
import { machineFirmware } from "./machine-firmware";
import { machineIdentityFixed } from "./machine-identity-fixed";
import { machineIdentityUnique } from "./machine-identity-unique";
import { machineImageIgnored } from "./machine-image-ignored";
import { machineMemoryFits } from "./machine-memory-fits";
import { machineNoBalloon } from "./machine-no-balloon";
import { machineNoClone } from "./machine-no-clone";
import { machineNoFileId } from "./machine-no-file-id";
import { machineNoReboot } from "./machine-no-reboot";
import { machinePciByMapping } from "./machine-pci-by-mapping";
import { machineProtected } from "./machine-protected";
import { machineTagsSorted } from "./machine-tags-sorted";
import { machineTokenOnly } from "./machine-token-only";
import { namedNotNumbered } from "./named-not-numbered";
import { namespacePodSecurity } from "./namespace-pod-security";
import { noClusterAdmin } from "./no-cluster-admin";
import { noOpenWorld } from "./no-open-world";
import { noSecretInClear } from "./no-secret-in-clear";
import { oneOwner } from "./one-owner";
import { podsUnprivileged } from "./pods-unprivileged";
import { proxmoxByToken } from "./proxmox-by-token";
import { proxmoxLeastRights } from "./proxmox-least-rights";
import { recordInZone } from "./record-in-zone";
import { recordProxied } from "./record-proxied";
import { secretIsSecret } from "./secret-is-secret";
import { secretOutputs } from "./secret-outputs";
import { talosApplyAuto } from "./talos-apply-auto";
import { talosContractPinned } from "./talos-contract-pinned";
import { talosDestroyExplicit } from "./talos-destroy-explicit";
import { talosEndpointNode } from "./talos-endpoint-node";
import { talosInstalledVersion } from "./talos-installed-version";
import { talosNoBootstrap } from "./talos-no-bootstrap";
import { talosNoManifests } from "./talos-no-manifests";
import { talosPodSecurityKept } from "./talos-pod-security-kept";
import { talosSchedulingSaid } from "./talos-scheduling-said";
import { talosSecretsGuarded } from "./talos-secrets-guarded";
import { tunnelEndsIn404 } from "./tunnel-ends-in-404";
import { tunnelPublicHost } from "./tunnel-public-host";
import { tunnelSecretKept } from "./tunnel-secret-kept";

/** Every rule of the pack, in the order in which its table shows them: machines, Proxmox, Talos, edge, cluster, stack. */
export const RULES: readonly Rule[] = [
  machineNoFileId,
  machineClassSupported,
  machineNoClone,
  machineFirmware,
  machineIdentityFixed,
  machineIdentityUnique,
  controlPlanesOdd,
  controlPlanesSpread,
  machineMemoryFits,
  machinePciByMapping,
  machineTokenOnly,
  machineNoBalloon,
  machineTagsSorted,
  machineEnds,
  machineNoReboot,
  machineAgentNoWait,
  machineProtected,
  machineImageIgnored,
  imageDownloadOnce,
  proxmoxByToken,
  proxmoxLeastRights,
  talosSecretsGuarded,
  talosContractPinned,
  talosInstalledVersion,
  talosEndpointNode,
  talosApplyAuto,
  talosDestroyExplicit,
  talosNoBootstrap,
  talosSchedulingSaid,
  talosPodSecurityKept,
  talosNoManifests,
  tunnelEndsIn404,
  tunnelPublicHost,
  tunnelSecretKept,
  recordProxied,
  recordInZone,
  kubernetesProviderSafe,
  kubernetesPlainObjects,
  secretIsSecret,
  noSecretInClear,
  namespacePodSecurity,
  imagesPinned,
  podsUnprivileged,
  noClusterAdmin,
  oneOwner,
  noOpenWorld,
  secretOutputs,
  namedNotNumbered,
];
