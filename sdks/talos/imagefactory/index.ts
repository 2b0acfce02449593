// Generated from schema.json by generate.ts. Change those, never this file.
import * as pulumi from "@pulumi/pulumi";
import * as utilities from "../utilities";
import { Schematic } from "./schematic";

export * from "./schematic";
export * from "./get-extensions-versions";
export * from "./get-overlays-versions";
export * from "./get-urls";
export * from "./get-versions";

const rehydration = {
  version: utilities.getVersion(),
  construct: (name: string, type: string, urn: string): pulumi.Resource => {
    switch (type) {
      case "talos:imageFactory/schematic:Schematic":
        return new Schematic(name, undefined, { urn });
      default:
        throw new Error(`unknown resource type ${type}`);
    }
  },
};
pulumi.runtime.registerResourceModule("talos", "imageFactory/schematic", rehydration);
