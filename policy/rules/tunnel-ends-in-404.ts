import { defineRule } from "../rule";
import { TUNNEL_CONFIGS } from "../types";
import { at, listAt, textAt } from "../values";

/** What no rule names is not there. */
export const tunnelEndsIn404 = defineRule({
  id: "tunnel-ends-in-404",
  says: "The tunnel's last rule answers 404, and only the last rule is without a host.",
  reason: "A last rule that leads somewhere answers every name that anyone points at the tunnel.",
  level: "mandatory",
  types: TUNNEL_CONFIGS,
  resource: ({ props }) => {
    const ingresses = listAt(props, "config", "ingresses");
    const last = ingresses.at(-1);
    return [
      ...(last !== undefined &&
      textAt(last, "service") === "http_status:404" &&
      textAt(last, "hostname") === "" &&
      at(last, "path") === undefined
        ? []
        : ["the last rule is not http_status:404 for every host"]),
      ...(ingresses.slice(0, -1).some((rule) => textAt(rule, "hostname") === "") ? ["a rule before the last one has no hostname"] : []),
    ];
  },
});
