import { createHash } from "node:crypto";
import { message } from "./protobuf";

/** What a running node says about itself. */
export interface NodeAnswers {
  readonly hostname: string;
  /** Without a leading v. */
  readonly talosVersion: string;
  /** Running Kubernetes, without a leading v: the kubelet's tag. */
  readonly kubernetesVersion: string;
  readonly platform: string;
  /** Absent: not a member of etcd. */
  readonly etcd?: { readonly members: number; readonly leader: string };
  readonly services: readonly { readonly id: string; readonly health: "healthy" | "unhealthy" }[];
}

/** common.Metadata { string hostname = 1 } */
const metadata = (hostname: string): Buffer => message([1, hostname]);

/** VersionResponse { repeated Version messages = 1 { metadata = 1, VersionInfo version = 2 { tag = 1, os = 5, arch = 6 }, PlatformInfo platform = 3 { name = 1, mode = 2 } } } */
export function versionResponse({ hostname, talosVersion, platform }: NodeAnswers): Buffer {
  const version = message([1, `v${talosVersion}`], [5, "linux"], [6, "amd64"]);
  return message([1, message([1, metadata(hostname)], [2, version], [3, message([1, platform], [2, "cloud"])])]);
}

/** EtcdStatusResponse { repeated EtcdStatus messages = 1 { metadata = 1, EtcdMemberStatus member_status = 2 { protocol_version = 1, leader = 4, member_id = 10, storage_version = 11 } } } */
export function etcdStatusResponse({ hostname }: NodeAnswers, leader: string): Buffer {
  const status = message([1, "3.6.8"], [4, memberId(leader)], [10, memberId(hostname)], [11, "3.6.0"]);
  return message([1, message([1, metadata(hostname)], [2, status])]);
}

/** ServiceListResponse { repeated ServiceList messages = 1 { metadata = 1, repeated ServiceInfo services = 2 { id = 1, state = 2, ServiceHealth health = 4 { unknown = 1, healthy = 2 } } } } */
export function serviceListResponse({ hostname, services }: NodeAnswers): Buffer {
  const infos = services.map(
    ({ id, health }) =>
      [2, message([1, id], [2, health === "healthy" ? "Running" : "Waiting"], [4, message([2, health === "healthy" ? 1 : 0])])] as const,
  );
  return message([1, message([1, metadata(hostname)], ...infos)]);
}

/**
 * What COSI's `State.Get` answers for the resource `KubeletSpecs.kubernetes.talos.dev/kubelet`:
 * GetResponse { Resource resource = 1 { Spec spec = 2 { string yaml_spec = 2 } } }. The real one has it in protobuf, too.
 */
export function kubeletSpecResponse({ kubernetesVersion }: NodeAnswers): Buffer {
  return message([1, message([2, message([2, `image: ghcr.io/siderolabs/kubelet:v${kubernetesVersion}\n`])])]);
}

/** A 64-bit member id, the same for the same name. */
function memberId(name: string): bigint {
  return createHash("sha256").update(name).digest().readBigUInt64BE() >> 1n;
}
