import { AI_GATEWAY_APP } from "../ai/extension";
import type { OptionProblem } from "../kit/app";
import type { EnvoyGatewayOptions } from "./options";

/** Names of listeners that every Gateway has, or may get for a domain or a host. */
const TAKEN_NAMES = /^(?:http|https-.*|grpc-.*)$/;

/** What the schema of Envoy Gateway's options cannot say. */
export function gatewayProblems(options: EnvoyGatewayOptions, enabled: ReadonlySet<string>): readonly OptionProblem[] {
  return [
    ...mergedProblems(options, enabled),
    ...quicProblems(options),
    ...portProblems(options),
    ...nameProblems(options),
    ...hostProblems(options),
  ];
}

/** HTTP/3 connections are shared between hosts as those of HTTP/2 are, and cannot be kept apart. */
function quicProblems({ merged, http3 }: EnvoyGatewayOptions): readonly OptionProblem[] {
  const message = "browsers share an HTTP/3 connection between hosts, and merged gateways do not know each other's";
  return merged && http3 ? [{ path: ["http3"], message, fix: "take http3 out, or merged" }] : [];
}

/** The AI gateway finds its proxies by the Gateway that they are for, and merged ones are for none (internal/controller/gateway_mutator.go, v1.0.0). */
function mergedProblems({ merged }: EnvoyGatewayOptions, enabled: ReadonlySet<string>): readonly OptionProblem[] {
  if (!merged || !enabled.has(AI_GATEWAY_APP)) return [];
  const message = `${AI_GATEWAY_APP} puts its filter beside the proxies of a Gateway, and merged gateways have none of their own`;
  return [{ path: ["merged"], message, fix: `take merged out, or ${AI_GATEWAY_APP}` }];
}

/** A Gateway takes no two listeners of one name, and each port once. */
function portProblems(options: EnvoyGatewayOptions): readonly OptionProblem[] {
  const grpc = options.grpcPort === 80 || options.grpcPort === 443;
  const clash = {
    path: ["grpcPort"],
    message: `port ${options.grpcPort} is HTTP's own`,
    fix: "choose another port; 443 serves gRPC anyway",
  };
  const taken = new Set<string>(
    [80, 443, ...(options.grpcPort === undefined ? [] : [options.grpcPort])].flatMap((port) => [`external:${port}`, `internal:${port}`]),
  );
  const twice = options.tcp.flatMap(({ gateway, port }, index) => {
    const key = `${options.merged ? "external" : gateway}:${port}`;
    const known = taken.has(key);
    taken.add(key);
    return known ? [{ path: ["tcp", index, "port"], message: `port ${port} of the gateway is taken`, fix: "choose another port" }] : [];
  });
  return grpc ? [clash, ...twice] : twice;
}

/** Names are the listeners' and the routes', so they are told apart over all Gateways. */
function nameProblems({ tcp, passthrough }: EnvoyGatewayOptions): readonly OptionProblem[] {
  const all = [
    ...tcp.map(({ name }, index) => ({ name, path: ["tcp", index, "name"] })),
    ...passthrough.map(({ name }, index) => ({ name, path: ["passthrough", index, "name"] })),
  ];
  return all
    .filter(({ name }, index) => TAKEN_NAMES.test(name) || all.findIndex((each) => each.name === name) < index)
    .map(({ name, path }) => ({ path, message: `a listener is called ${name} already`, fix: "choose another name" }));
}

function hostProblems({ passthrough }: EnvoyGatewayOptions): readonly OptionProblem[] {
  return passthrough.flatMap(({ host }, index) =>
    passthrough.findIndex((each) => each.host === host) < index
      ? [{ path: ["passthrough", index, "host"], message: `${host} is handed on already`, fix: "hand each host on once" }]
      : [],
  );
}
