import { z } from "zod";
import { defineRule } from "../rule";
import { DNS_RECORDS } from "../types";
import { findings, textAt } from "../values";

/** The home's own address is nobody's to know. */
export const recordProxied = defineRule({
  id: "record-proxied",
  says: "Records are proxied, with a time to live of 1, and go before their replacement comes.",
  reason: "An unproxied record shows where the home is; a second record of one name is refused (pulumi/pulumi-cloudflare#268).",
  level: "mandatory",
  types: DNS_RECORDS,
  config: z.strictObject({
    unproxied: z.array(z.string()).default([]).describe("Full names that may be unproxied, such as a mail record's."),
  }),
  resource: ({ props, options }, _context, { unproxied }) =>
    unproxied.includes(textAt(props, "name"))
      ? []
      : findings(
          [props["proxied"] !== true, "it is not proxied"],
          [props["ttl"] !== 1, "ttl is not 1, which is the only one of a proxied record"],
          [options.deleteBeforeReplace !== true, "deleteBeforeReplace is not on"],
        ),
});
