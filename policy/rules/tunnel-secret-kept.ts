import { isSecretAt } from "../resource";
import { defineRule } from "../rule";
import { TUNNEL, TUNNELS } from "../types";

/** The API never returns the secret. */
export const tunnelSecretKept = defineRule({
  id: "tunnel-secret-kept",
  says: "The tunnel is configured at Cloudflare, and its secret is a secret that no later run changes.",
  reason:
    "A difference read back after an import rotates the secret under running connectors (cloudflare/terraform-provider-cloudflare#5450).",
  level: "mandatory",
  knownLater: [{ value: `${TUNNEL} tunnelSecret`, instead: "the mark of a secret, which is there before the value" }],
  types: TUNNELS,
  resource: (resource) => [
    ...(resource.props["configSrc"] === "cloudflare" ? [] : ["configSrc is not cloudflare"]),
    ...(resource.options.ignoreChanges.includes("tunnelSecret") ? [] : ["ignoreChanges has no tunnelSecret"]),
    ...(resource.props["tunnelSecret"] === undefined || isSecretAt(resource, "tunnelSecret") ? [] : ["tunnelSecret is no secret"]),
  ],
});
