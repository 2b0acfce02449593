import type { Provider } from "../kit/provider";
import { NETWORK_POLICIES_APP } from "../names";
import { flowsOf } from "../network/flows";
import { policiesOf } from "../network/policy";

/** The policies of each app, beside the app, while `network-policies` is on; its own default deny comes after all of them. */
export const networkPolicy: Provider = {
  name: "network policies",
  needs: () => [],
  provide: (app, platform) => {
    if (!platform.enabled.has(NETWORK_POLICIES_APP)) return {};
    if (app.name === NETWORK_POLICIES_APP) return { dependsOn: platform.apps.map(({ name }) => name).filter((name) => name !== app.name) };
    return { first: policiesOf(app, flowsOf(app, platform)) };
  },
};
