import type { Need } from "../../kit/provider";
import type { Protection } from "../../kit/requests";
import { OAUTH2_PROXY } from "../../names";
import { api } from "./api";
import { browser } from "./browser";
import { proxy } from "./proxy";
import type { Protected, Protections } from "./target";

/** What stands before a route. Without a policy for `app`, where it would be a second log-in, and for `public`. */
export function protect(target: Protected): Protections {
  const { protection } = target.host;
  switch (protection.by) {
    case "browser":
      return browser(target);
    case "api":
      return api(target, protection.audience);
    case "proxy":
      return proxy(target);
    case "app":
    case "public":
      return { objects: [], grants: [] };
  }
}

/** App that a protection cannot do without. */
export function guardOf(protection: Protection): string | undefined {
  switch (protection.by) {
    case "browser":
    case "api":
      return "keycloak";
    case "proxy":
      return OAUTH2_PROXY.app;
    case "app":
    case "public":
      return undefined;
  }
}

/** The same as a need. */
export function protectionNeeds(host: string, protection: Protection): readonly Need[] {
  const guard = guardOf(protection);
  return guard === undefined ? [] : [{ oneOf: [guard], what: `protects ${host} by "${protection.by}"` }];
}
