/** Stand-in for the Proxmox VE provider: the resources that Hearth's road or its tests touch, on the world's hosts. */
import type { World } from "../world/world";
import type { CheckProblem, Inputs, ProviderAdapter } from "./adapter";
import { aclAdapter, roleAdapter, userAdapter, userTokenAdapter } from "./proxmoxve-access";
import { haResourceAdapter, haRuleAdapter, poolAdapter } from "./proxmoxve-cluster";
import { downloadAdapter } from "./proxmoxve-download";
import { configuration } from "./proxmoxve-tables";
import { vmAdapter } from "./proxmoxve-vm";

/** The provider, over a world. Like the real one it does not dial before the first resource is touched. */
export function proxmoxveProvider(world: World): ProviderAdapter {
  return {
    name: "proxmoxve",
    version: "8.6.0",
    configInputs: configuration,
    checkConfig: (inputs) => ({ inputs, failures: configProblems(inputs) }),
    resources: {
      "proxmoxve:index/vmLegacy:VmLegacy": vmAdapter(world),
      "proxmoxve:download/file:File": downloadAdapter(world),
      "proxmoxve:index/haresource:Haresource": haResourceAdapter(world),
      "proxmoxve:index/harule:Harule": haRuleAdapter(world),
      "proxmoxve:index/poolLegacy:PoolLegacy": poolAdapter(world),
      "proxmoxve:index/roleLegacy:RoleLegacy": roleAdapter(world),
      "proxmoxve:index/userLegacy:UserLegacy": userAdapter(world),
      "proxmoxve:user/token:Token": userTokenAdapter(world),
      "proxmoxve:index/acl:Acl": aclAdapter(world),
    },
    functions: {},
  };
}

function configProblems(inputs: Inputs): readonly CheckProblem[] {
  const { endpoint, apiToken } = inputs;
  const found: CheckProblem[] = [];
  if (typeof endpoint === "string" && !/^https?:\/\/[^/]+/.test(endpoint))
    found.push({ property: "endpoint", reason: "endpoint must be a URL such as https://pve1.example.com:8006/" });
  if (typeof apiToken === "string" && !/^\S+@\w+!\S+=([a-zA-Z0-9-]+)$/.test(apiToken)) {
    found.push({ property: "apiToken", reason: "must be a valid API token, e.g. 'USER@REALM!TOKENID=UUID'" });
  }
  return found;
}
