import { z } from "zod";
import { defineRule } from "../rule";
import { ACLS, ROLE } from "../types";
import { findings, listAt, textAt, textsAt } from "../values";

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
  types: [ROLE, ...ACLS],
  config: z.strictObject({
    wholeTree: z.array(z.string()).default([]).describe("Users, such as `backup@pve`, that may have a rule on `/`."),
  }),
  resource: ({ props }, _context, { wholeTree }) => [
    ...textsAt(props, "privileges")
      .filter((privilege) => FORBIDDEN.test(privilege))
      .map((privilege) => `the privilege ${privilege} leads to others`),
    ...[props, ...listAt(props, "acls")].flatMap((acl) =>
      findings(
        [WHOLE_ROLES.includes(textAt(acl, "roleId")), `the role ${textAt(acl, "roleId")} is an administrator's`],
        [textAt(acl, "path") === "/" && !wholeTree.includes(textAt(props, "userId")), "the rule is for the whole of Proxmox: name a path"],
      ),
    ),
  ],
});
