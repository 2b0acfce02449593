import { z } from "zod";
import { defineRule } from "../rule";
import { ACL, ROLE } from "../types";
import { textAt, textsAt } from "../values";

/** Privileges that lead to all others, or to the hosts. */
const FORBIDDEN =
  /^(Permissions\.Modify|Realm\.|User\.Modify|Sys\.(Modify|Console|PowerMgmt|Incoming)|VM\.Monitor|VM\.GuestAgent\.Unrestricted)/;
const WHOLE_ROLES = ["Administrator", "PVEAdmin", "PVESysAdmin", "PVEUserAdmin"];

/** What an app may do in Proxmox. */
export const proxmoxLeastRights = defineRule({
  id: "proxmox-least-rights",
  says: "A role has no privilege that leads to others or to the hosts, and no rule is for the whole of Proxmox.",
  reason: "The token lies in the cluster: whoever reads that Secret has these rights on the hosts.",
  level: "mandatory",
  types: [ROLE, ACL],
  config: z.strictObject({
    wholeTree: z.array(z.string()).default([]).describe("Users, such as `backup@pve`, that may have a rule on `/`."),
  }),
  resource: ({ props }, _context, { wholeTree }) => [
    ...textsAt(props, "privileges")
      .filter((privilege) => FORBIDDEN.test(privilege))
      .map((privilege) => `the privilege ${privilege} leads to others`),
    ...(WHOLE_ROLES.includes(textAt(props, "roleId")) ? [`the role ${textAt(props, "roleId")} is an administrator's`] : []),
    ...(props["path"] === "/" && !wholeTree.includes(textAt(props, "userId")) ? ["the rule is for the whole of Proxmox: name a path"] : []),
  ],
});
