import { isSecretAt } from "../resource";
import { defineRule } from "../rule";
import { PROXMOX_PROVIDER } from "../types";

const FORBIDDEN = ["username", "password", "authTicket", "csrfPreventionToken", "otp", "ssh"];

/** A token can be taken back, and cannot log in to a shell. */
export const proxmoxByToken = defineRule({
  id: "proxmox-by-token",
  says: "Proxmox is talked to with an API token, a secret: no password, no SSH.",
  reason:
    "SSH as root on every host is what the provider asks for as soon as one field needs it (its documentation, When is SSH required).",
  level: "mandatory",
  types: [PROXMOX_PROVIDER],
  resource: (resource) => [
    ...FORBIDDEN.filter((field) => resource.props[field] !== undefined).map((field) => `${field} is set: use an API token alone`),
    ...(resource.props["apiToken"] === undefined ? ["apiToken is not set"] : []),
    ...(resource.props["apiToken"] !== undefined && !isSecretAt(resource, "apiToken") ? ["apiToken is no secret"] : []),
  ],
});
