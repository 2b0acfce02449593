import * as pulumi from "@pulumi/pulumi";
import type { MadeFrom } from "../components/talos/kept-images";

/**
 * Which image each machine was made from, as the last run of this very stack put into its outputs; empty before the first.
 * Reads the state backend, which the engine holds open anyway; no provider is asked.
 */
export async function previousImages(): Promise<MadeFrom> {
  const self = new pulumi.StackReference("previous-run", { name: `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}` });
  const { value } = await self.getOutputDetails("madeFrom");
  return (value ?? {}) as MadeFrom; // written by `cluster` only
}
