import * as pulumi from "@pulumi/pulumi";
import * as runtime from "@pulumi/pulumi/runtime";
import type { MadeFrom } from "../components/talos/kept-images";

/** What the last run of this very stack put into its outputs; empty before the first. Reads the state backend, which the engine holds open anyway; no provider is asked. */
export async function previousOutputs(): Promise<Readonly<Record<string, unknown>>> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  // Not a StackReference: that is a resource, and every refresh after an `up` would change it.
  const answer = (await runtime.invoke("pulumi:pulumi:readStackOutputs", { name })) as {
    readonly outputs?: Readonly<Record<string, unknown>>;
  }; // the engine's own function
  return answer.outputs ?? {};
}

/** Which image each machine was made from, as the last run said. */
export async function previousImages(): Promise<MadeFrom> {
  const { madeFrom } = await previousOutputs();
  return (madeFrom as MadeFrom | undefined) ?? {}; // `cluster` alone writes it
}
