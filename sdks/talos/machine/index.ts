// Generated from schema.json by generate.ts. Change those, never this file.
import * as pulumi from "@pulumi/pulumi";
import * as utilities from "../utilities";
import { Bootstrap } from "./bootstrap";
import { ConfigurationApply } from "./configuration-apply";
import { Secrets } from "./secrets";

export * from "./bootstrap";
export * from "./configuration-apply";
export * from "./secrets";
export * from "./get-configuration";
export * from "./get-disks";

const rehydration = {
  version: utilities.getVersion(),
  construct: (name: string, type: string, urn: string): pulumi.Resource => {
    switch (type) {
      case "talos:machine/bootstrap:Bootstrap":
        return new Bootstrap(name, undefined, { urn });
      case "talos:machine/configurationApply:ConfigurationApply":
        return new ConfigurationApply(name, undefined, { urn });
      case "talos:machine/secrets:Secrets":
        return new Secrets(name, undefined, { urn });
      default:
        throw new Error(`unknown resource type ${type}`);
    }
  },
};
pulumi.runtime.registerResourceModule("talos", "machine/bootstrap", rehydration);
pulumi.runtime.registerResourceModule("talos", "machine/configurationApply", rehydration);
pulumi.runtime.registerResourceModule("talos", "machine/secrets", rehydration);
