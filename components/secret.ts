import * as pulumi from "@pulumi/pulumi";
import type { SecretValue } from "../config/secret-value";

/** A secret setting as a Pulumi secret: the only way by which its text leaves the settings. */
export function asSecret(value: SecretValue): pulumi.Output<string> {
  return pulumi.secret(value.reveal());
}

/** The plain value of an output whose resource is made; only where it is never kept: inside a gate, or of a stack reference, which the engine knows in a preview, too. */
export function resolved<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => void output.apply((value) => resolve(value as T))); // an unwrapped T, once known
}
