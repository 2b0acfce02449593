import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../config/user-error";
import { keepValuesOutOfDebugLog } from "./debug-log";

/** What a Pulumi project exports: nothing is made at import, and a mistake of the user is shown as its message alone, once, without a stack trace. */
export function asProgram(run: () => Promise<pulumi.Inputs>): () => Promise<pulumi.Inputs> {
  return () => {
    keepValuesOutOfDebugLog();
    return run().catch((error: unknown) => {
      throw error instanceof UserError ? new pulumi.RunError(error.message) : error;
    });
  };
}
