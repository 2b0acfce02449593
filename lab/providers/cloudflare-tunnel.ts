/** Adapters for a tunnel and its remotely kept configuration. */
import type { CloudflareWorld } from "../world/cloudflare";
import type { ConfigSource, Tunnel, TunnelConfiguration } from "../world/cloudflare-tunnel";
import type { IngressRule } from "../world/cloudflare-ingress";
import type { CheckProblem, Inputs, ResourceAdapter } from "./adapter";
import { clientOf, importId, optionalText, request, textOf, unlessGone } from "./cloudflare-request";
import { tunnel, tunnelConfig } from "./cloudflare-tables";
import { genericDiff } from "./diff";
import { isObject } from "./values";

/** `ZeroTrustTunnelCloudflared`: account and `configSrc` cannot be changed in place, name and secret can. */
export function tunnelAdapter(world: CloudflareWorld): ResourceAdapter {
  const withDefaults = (inputs: Inputs): Inputs => ({ configSrc: "local", ...inputs });
  return {
    inputs: tunnel,
    check: (inputs) => ({ inputs, failures: sourceProblems("configSrc", inputs) }),
    diff: (_id, oldInputs, _state, newInputs) =>
      genericDiff(withDefaults(oldInputs), withDefaults(newInputs), { replaceOn: ["accountId", "configSrc"] }),
    create: async (inputs, ctx) => {
      const accountId = textOf(inputs, "accountId");
      const tunnelSecret = optionalText(inputs, "tunnelSecret");
      const fields = { name: textOf(inputs, "name"), configSrc: sourceOf(inputs), ...(tunnelSecret === undefined ? {} : { tunnelSecret }) };
      const made = await request(world.createTunnel(clientOf(ctx), accountId, fields));
      return { id: made.id, state: tunnelState(accountId, made, tunnelSecret) };
    },
    read: async (id, state, ctx) => {
      const isImport = Object.keys(state).length === 0;
      const [accountId, tunnelId] = isImport ? importId(id, "<account_id>/<tunnel_id>") : [textOf(state, "accountId"), id];
      const found = await request(unlessGone(world.getTunnel(clientOf(ctx), accountId, tunnelId)));
      if (found === undefined) return undefined;
      const secret = optionalText(state, "tunnelSecret");
      const kept = secret === undefined ? {} : { tunnelSecret: secret };
      const inputs = { accountId, name: found.name, configSrc: found.configSrc, ...kept };
      return { id: found.id, state: tunnelState(accountId, found, secret), inputs };
    },
    update: async (id, oldState, newInputs, ctx) => {
      const accountId = textOf(newInputs, "accountId");
      const tunnelSecret = optionalText(newInputs, "tunnelSecret");
      const changed = tunnelSecret !== undefined && tunnelSecret !== oldState["tunnelSecret"];
      const fields = { name: textOf(newInputs, "name"), ...(changed ? { tunnelSecret } : {}) };
      const updated = await request(world.updateTunnel(clientOf(ctx), accountId, id, fields));
      return { state: tunnelState(accountId, updated, tunnelSecret) };
    },
    delete: (id, state, ctx) => request(world.deleteTunnel(clientOf(ctx), textOf(state, "accountId"), id)),
  };
}

/** `ZeroTrustTunnelCloudflaredConfig`: the configuration is put whole; deleting it asks nothing of the account, which has no such request. */
export function tunnelConfigAdapter(world: CloudflareWorld): ResourceAdapter {
  const put: NonNullable<ResourceAdapter["update"]> = async (_id, _old, inputs, ctx) => {
    const [accountId, tunnelId] = [textOf(inputs, "accountId"), textOf(inputs, "tunnelId")];
    const made = await request(world.putConfiguration(clientOf(ctx), accountId, tunnelId, toWorld(inputs["config"])));
    return {
      state: { ...configState(accountId, tunnelId, made), ...(inputs["config"] === undefined ? {} : { config: inputs["config"] }) },
    };
  };
  return {
    inputs: tunnelConfig,
    check: (inputs) => ({ inputs, failures: sourceProblems("source", inputs) }),
    // `source` is computed when it is not given: writing down what it is changes nothing.
    diff: (_id, oldInputs, _state, newInputs) =>
      genericDiff({ source: "cloudflare", ...oldInputs }, { source: "cloudflare", ...newInputs }, { replaceOn: ["accountId", "tunnelId"] }),
    create: async (inputs, ctx) => ({ id: textOf(inputs, "tunnelId"), ...(await put("", {}, inputs, ctx)) }),
    read: async (id, state, ctx) => {
      const isImport = Object.keys(state).length === 0;
      const [accountId, tunnelId] = isImport ? importId(id, "<account_id>/<tunnel_id>") : [textOf(state, "accountId"), id];
      const found = await request(unlessGone(world.getConfiguration(clientOf(ctx), accountId, tunnelId)));
      if (found === undefined) return undefined;
      const current = configState(accountId, tunnelId, found);
      return { id: tunnelId, state: current, inputs: { accountId, tunnelId, config: current["config"], source: current["source"] } };
    },
    update: put,
    delete: async () => {},
  };
}

function tunnelState(accountId: string, found: Tunnel, tunnelSecret: string | undefined): Inputs {
  const connected = found.connections.length > 0;
  return {
    accountId,
    accountTag: accountId,
    configSrc: found.configSrc,
    connections: found.connections.map(({ id, connector, openedAt }) => ({ id, uuid: id, clientId: connector, openedAt })),
    connsActiveAt: connected ? found.connections[0]?.openedAt : undefined,
    createdAt: found.createdAt,
    metadata: "{}",
    name: found.name,
    remoteConfig: found.configSrc === "cloudflare",
    status: connected ? "healthy" : found.everConnected === "yes" ? "down" : "inactive",
    tunType: "cfd_tunnel",
    tunnelSecret,
  };
}

function configState(accountId: string, tunnelId: string, found: TunnelConfiguration): Inputs {
  const { ingress, originRequest } = found.config;
  const config = { ingresses: ingress, ...(originRequest === undefined ? {} : { originRequest }) };
  return { accountId, tunnelId, config, source: "cloudflare", version: found.version, createdAt: found.createdAt };
}

/** The SDK says `ingresses`, the API `ingress`. */
function toWorld(config: unknown): TunnelConfiguration["config"] {
  const given = isObject(config) ? config : {};
  const rules = Array.isArray(given["ingresses"]) ? given["ingresses"].filter(isObject) : [];
  const originRequest = isObject(given["originRequest"]) ? { originRequest: given["originRequest"] } : {};
  return { ingress: rules.map(toRule), ...originRequest };
}

function toRule(rule: Inputs): IngressRule {
  const given = { hostname: optionalText(rule, "hostname"), path: optionalText(rule, "path") };
  return {
    ...(given.hostname === undefined ? {} : { hostname: given.hostname }),
    ...(given.path === undefined ? {} : { path: given.path }),
    ...(isObject(rule["originRequest"]) ? { originRequest: rule["originRequest"] } : {}),
    service: textOf(rule, "service"),
  };
}

const sourceOf = (inputs: Inputs): ConfigSource => (inputs["configSrc"] === "cloudflare" ? "cloudflare" : "local");

function sourceProblems(property: string, inputs: Inputs): readonly CheckProblem[] {
  const value = inputs[property];
  const good = typeof value !== "string" || ["local", "cloudflare"].includes(value);
  return good ? [] : [{ property, reason: `${property} must be "local" or "cloudflare"` }];
}
