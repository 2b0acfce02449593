import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../../config/user-error";
import { program } from "./program";

/** Nothing is made at import. A mistake of the user is shown as its message alone, once, without a stack trace. */
export = (): Promise<pulumi.Inputs> =>
  program().catch((error: unknown) => {
    throw error instanceof UserError ? new pulumi.RunError(error.message) : error;
  });
