import type * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { gate } from "../../../components/gates/gate";
import { isAbsent, type KubernetesClient } from "../../../components/gates/kubernetes-api";
import { resolved } from "../../../components/secret";
import { UserError } from "../../../config/user-error";

/**
 * Holds a namespace back that is there already, whoever made it: the provider took over what it found, without a word,
 * until pulumi-kubernetes#4278 of April 2026, and would delete it with the tenant.
 */
export function namespaceIsFree(namespace: string, kubeconfig: pulumi.Output<string>): pulumi.ResourceHook {
  const passes = async (): Promise<void> => {
    const sight = await isAbsent(`/api/v1/namespaces/${namespace}`, clientOf(await resolved(kubeconfig)));
    if (sight.ready) return;
    const fix = "choose another name, or take it over with `pulumi config set existing adopt` for one up";
    throw new UserError(`namespace ${namespace} cannot be made: ${sight.state}; ${fix}`);
  };
  return gate("namespace-is-free", passes, namespace);
}

/** The parts of a kubeconfig that one cluster and one user are logged in by, as Talos writes it. */
interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: { readonly server: string; readonly "certificate-authority-data": string } }[];
  readonly users: readonly { readonly user: { readonly "client-certificate-data": string; readonly "client-key-data": string } }[];
}

function clientOf(text: string): KubernetesClient {
  const { clusters, users } = parse(text) as Kubeconfig; // a cluster stack hands out nothing else
  const [cluster, user] = [clusters[0]?.cluster, users[0]?.user];
  if (cluster === undefined || user === undefined) throw new Error("the cluster's kubeconfig names no cluster");
  return {
    host: cluster.server,
    caCertificate: cluster["certificate-authority-data"],
    clientCertificate: user["client-certificate-data"],
    clientKey: user["client-key-data"],
  };
}
