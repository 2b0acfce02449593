import type { Settings } from "../config/settings";
import { identityFacts } from "./keycloak/identity";
import type { PlatformFacts } from "./kit/facts";
import { observabilityFacts } from "./observability/facts";
import { objectStores } from "./storage/object-stores";
import { defaultStorageClass } from "./storage/storage-classes";

/** What the platform offers with these settings. Unset options of the apps behind it count by their defaults. */
export function platformFacts(settings: Settings, enabled: ReadonlySet<string>): PlatformFacts {
  const workers = settings.nodes.filter(({ role }) => role === "worker" || settings.cluster.scheduleOnControlPlanes);
  return {
    domain: settings.cluster.domains[0] ?? "",
    identity: identityFacts(settings, enabled),
    ...objectStores(settings, enabled),
    ...defaultStorageClass(enabled),
    ...observabilityFacts(enabled),
    replicas: workers.length > 1 ? 2 : 1,
  };
}
