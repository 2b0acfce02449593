import { defineRule } from "../rule";
import { DNS_RECORDS } from "../types";
import { textAt } from "../values";

/** A record elsewhere takes a name from somebody else. */
export const recordInZone = defineRule({
  id: "record-in-zone",
  says: "A record's full name lies in a domain of the cluster, and its zone is that domain's.",
  reason: "A short or foreign name makes a record in whatever zone the token may write.",
  level: "mandatory",
  types: DNS_RECORDS,
  resource: ({ props }, { settings }) => {
    if (settings === undefined) return [];
    const name = textAt(props, "name");
    // The longest domain wins: one may lie within another.
    const [domain] = settings.cluster.domains
      .filter((each) => name === each || name.endsWith(`.${each}`))
      .sort((a, b) => b.length - a.length);
    if (domain === undefined) return [`${name} lies in no domain of the cluster`];
    return settings.cloudflare?.zones[domain] === props["zoneId"] ? [] : [`${name} is made in another zone than ${domain}'s`];
  },
});
