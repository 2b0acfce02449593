import type { KubeObject } from "./objects";

/**
 * An object of a kind that a library has the type of: `typed<IDeployment>({ ... })`. Only the types of
 * `kubernetes-models` and its siblings are used, so nothing of them is loaded at run time.
 */
export function typed<Model extends { readonly apiVersion: string; readonly kind: string }>(
  object: Model & { readonly metadata: { readonly name: string; readonly namespace?: string } },
): KubeObject {
  return object as KubeObject & Model; // the models' interfaces have no index signature, which is all that differs
}
