/** Adapter for a DNS record. */
import type { CloudflareWorld } from "../world/cloudflare";
import { isProxiable, type DnsRecord, type DnsRecordFields } from "../world/cloudflare-dns";
import type { CheckProblem, Inputs, ResourceAdapter } from "./adapter";
import { clientOf, importId, optionalText, request, textOf, unlessGone } from "./cloudflare-request";
import { dnsRecord } from "./cloudflare-tables";
import { genericDiff } from "./diff";
import { isObject } from "./values";

const TYPES = "A AAAA CAA CERT CNAME DNSKEY DS HTTPS LOC MX NAPTR NS OPENPGPKEY PTR SMIMEA SRV SSHFP SVCB TLSA TXT URI".split(" ");

/** `DnsRecord`: only another zone makes another record, everything else is changed in place. */
export function dnsRecordAdapter(world: CloudflareWorld): ResourceAdapter {
  return {
    inputs: dnsRecord,
    check: (inputs) => ({ inputs, failures: problems(inputs) }),
    diff: (_id, oldInputs, _state, newInputs) => genericDiff(comparable(oldInputs), comparable(newInputs), { replaceOn: ["zoneId"] }),
    create: async (inputs, ctx) => {
      const made = await request(world.createRecord(clientOf(ctx), textOf(inputs, "zoneId"), fieldsOf(inputs)));
      return { id: made.id, state: stateOf(made, inputs) };
    },
    read: async (id, state, ctx) => {
      const isImport = Object.keys(state).length === 0;
      const [zoneId, recordId] = isImport ? importId(id, "<zone_id>/<dns_record_id>") : [textOf(state, "zoneId"), id];
      const found = await request(unlessGone(world.getRecord(clientOf(ctx), zoneId, recordId)));
      return found === undefined ? undefined : { id: found.id, state: stateOf(found, state), inputs: inputsOf(found, state) };
    },
    update: async (id, _oldState, newInputs, ctx) => {
      const updated = await request(world.updateRecord(clientOf(ctx), textOf(newInputs, "zoneId"), id, fieldsOf(newInputs)));
      return { state: stateOf(updated, newInputs) };
    },
    delete: (id, state, ctx) => request(world.deleteRecord(clientOf(ctx), textOf(state, "zoneId"), id)),
  };
}

function problems(inputs: Inputs): readonly CheckProblem[] {
  const found: CheckProblem[] = [];
  if (typeof inputs["type"] === "string" && !TYPES.includes(inputs["type"].toUpperCase())) {
    found.push({ property: "type", reason: `type must be one of ${TYPES.join(", ")}` });
  }
  if (inputs["proxied"] === true && typeof inputs["ttl"] === "number" && inputs["ttl"] !== 1) {
    found.push({ property: "ttl", reason: "ttl must be set to 1 when `proxied` is true" });
  }
  return found;
}

/** Defaults filled in and spellings made equal: writing them differently changes nothing. */
function comparable(inputs: Inputs): Inputs {
  const lower = (value: unknown): unknown => (typeof value === "string" ? value.toLowerCase().replace(/\.$/, "") : value);
  const content = inputs["type"] === "CNAME" ? lower(inputs["content"]) : inputs["content"];
  return { proxied: false, ...inputs, name: lower(inputs["name"]), ...(content === undefined ? {} : { content }) };
}

function fieldsOf(inputs: Inputs): DnsRecordFields {
  const content = optionalText(inputs, "content");
  const comment = optionalText(inputs, "comment");
  return {
    name: textOf(inputs, "name"),
    type: textOf(inputs, "type").toUpperCase(),
    ttl: Number(inputs["ttl"]),
    proxied: inputs["proxied"] === true,
    ...(content === undefined ? {} : { content }),
    ...(comment === undefined ? {} : { comment }),
    ...(inputs["priority"] === undefined ? {} : { priority: Number(inputs["priority"]) }),
    ...(Array.isArray(inputs["tags"]) ? { tags: inputs["tags"].map(String) } : {}),
    ...(isObject(inputs["settings"]) ? { settings: inputs["settings"] } : {}),
    ...(isObject(inputs["data"]) ? { data: inputs["data"] } : {}),
  };
}

/** The name stays as it was given: the real provider hides that the account completes it. */
function stateOf(record: DnsRecord, given: Inputs): Inputs {
  return {
    ...inputsOf(record, given),
    createdOn: record.createdOn,
    meta: "{}",
    modifiedOn: record.modifiedOn,
    proxiable: isProxiable(record.type),
    proxied: record.proxied ?? false,
    settings: record.settings ?? {},
    tags: record.tags ?? [],
  };
}

function inputsOf(record: DnsRecord, given: Inputs): Inputs {
  const { id: _id, createdOn: _createdOn, modifiedOn: _modifiedOn, name, ...fields } = record;
  const short = typeof given["name"] === "string" && (given["name"] === "@" || name.startsWith(`${given["name"].toLowerCase()}.`));
  const kept = ["includeShadowMetadata", "privateRouting"].filter((property) => given[property] !== undefined);
  return { ...fields, name: short ? given["name"] : name, ...Object.fromEntries(kept.map((property) => [property, given[property]])) };
}
