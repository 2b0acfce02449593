// Generated from schema.json by generate.ts. Change those, never this file.
import * as pulumi from "@pulumi/pulumi";
import * as utilities from "../utilities";
import { Kubeconfig } from "./kubeconfig";

export * from "./kubeconfig";
export * from "./get-health";
export * from "./get-kubeconfig";

const rehydration = {
  version: utilities.getVersion(),
  construct: (name: string, type: string, urn: string): pulumi.Resource => {
    switch (type) {
      case "talos:cluster/kubeconfig:Kubeconfig":
        return new Kubeconfig(name, undefined, { urn });
      default:
        throw new Error(`unknown resource type ${type}`);
    }
  },
};
pulumi.runtime.registerResourceModule("talos", "cluster/kubeconfig", rehydration);
