import * as pulumi from "@pulumi/pulumi";
import * as runtime from "@pulumi/pulumi/runtime";
import type { MadeFrom } from "../components/talos/kept-images";

/**
 * Which image each machine was made from, as the last run of this very stack put into its outputs; empty before the first.
 * Reads the state backend, which the engine holds open anyway; no provider is asked.
 */
export async function previousImages(): Promise<MadeFrom> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  // Not a StackReference: that is a resource, and every refresh after an `up` would change it.
  const answer = (await runtime.invoke("pulumi:pulumi:readStackOutputs", { name })) as {
    readonly outputs?: { readonly madeFrom?: MadeFrom };
  }; // the engine's own function; `cluster` alone writes `madeFrom`
  return answer.outputs?.madeFrom ?? {};
}
