import { z } from "zod";
import { EXTERNAL_GATEWAY_URL } from "../../platform/names";
import { defineRule } from "../rule";
import { TUNNEL_CONFIGS } from "../types";
import { at, listAt, textAt } from "../values";

/** The gateway asks who calls; a service behind a rule of its own asks nobody. */
export const tunnelPublicHost = defineRule({
  id: "tunnel-public-host",
  says: "Public hosts lead to the external gateway, which protects them; any other has Cloudflare Access, or a reason to be open.",
  reason: "A rule straight to a Service passes by log-in, rate limits and logs of the gateway.",
  level: "mandatory",
  types: TUNNEL_CONFIGS,
  config: z.strictObject({
    open: z.record(z.string(), z.string().min(10)).default({}).describe("Host -> why it may be reached without the gateway."),
  }),
  resource: ({ props }, _context, { open }) =>
    listAt(props, "config", "ingresses")
      .filter((rule) => ![EXTERNAL_GATEWAY_URL].includes(textAt(rule, "service")) && !textAt(rule, "service").startsWith("http_status:"))
      .filter((rule) => at(rule, "originRequest", "access", "required") !== true)
      .map((rule) => textAt(rule, "hostname"))
      .filter((host) => !Object.hasOwn(open, host))
      .map((host) => `${host === "" ? "every host" : host} leads past the external gateway without a reason`),
});
