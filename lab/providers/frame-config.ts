/** The part of the protocol that is about a provider instance: its configuration. */
import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Inputs } from "./adapter";
import { genericDiff } from "./diff";
import { unary, type FrameParts } from "./frame-calls";
import { checkResponse, diffResponse } from "./frame-messages";
import { checkAgainst } from "./property-table-check";
import type { PropertyTable } from "./property-table";
import { decode, type Decoded } from "./values";

/** What the engine itself puts among the configuration. */
const ENGINE_OWN: ReadonlySet<string> = new Set(["version", "pluginDownloadURL", "pluginChecksums", "parameterization", "__internal"]);

/** Handlers of CheckConfig, DiffConfig and Configure. */
export function configHandlers(parts: FrameParts): UntypedServiceImplementation {
  const { adapter, session } = parts;
  return {
    checkConfig: unary(parts, "CheckConfig", urnOf, async (request: rpc.CheckRequest, context) => {
      const news = readConfig(adapter.configInputs, request.getNews());
      const failures = checkAgainst(adapter.configInputs, news.value);
      const checked = failures.length === 0 ? await adapter.checkConfig?.(news.value, context) : undefined;
      const problems = [...failures, ...(checked?.failures ?? [])];
      return checkResponse(writeConfig(adapter.configInputs, checked?.inputs ?? news.value, news), problems, news);
    }),
    diffConfig: unary(parts, "DiffConfig", urnOf, async (request: rpc.DiffRequest) => {
      const before = readConfig(adapter.configInputs, request.getOldInputs() ?? request.getOlds());
      const after = readConfig(adapter.configInputs, request.getNews());
      return diffResponse(genericDiff(before.value, after.value));
    }),
    configure: unary(
      parts,
      "Configure",
      (request: rpc.ConfigureRequest) => ({ urn: request.getUrn() ?? "" }),
      async (request, context, peer) => {
        const config = readConfig(adapter.configInputs, request.getArgs()).value;
        await adapter.configure?.(config, { ...context, config });
        session.configure(peer, config);
        const response = new rpc.ConfigureResponse();
        response.setAcceptsecrets(true);
        response.setSupportspreview(true);
        response.setAcceptresources(false);
        response.setAcceptoutputs(false);
        response.setSupportsAutonamingConfiguration(false);
        return response;
      },
    ),
  };
}

const urnOf = (request: rpc.CheckRequest | rpc.DiffRequest): { urn: string } => ({ urn: request.getUrn() });

/** SDKs send every configuration value that is not text as its JSON. */
function readConfig(table: PropertyTable, struct: Struct | undefined): Decoded {
  const { value, secrets } = decode(struct);
  const own = Object.entries(value).filter(([name]) => !ENGINE_OWN.has(name));
  return { value: Object.fromEntries(own.map(([name, item]) => [name, isText(table, name) ? item : parsed(item)])), secrets };
}

function writeConfig(table: PropertyTable, config: Inputs, source: Decoded): Decoded {
  const entries = Object.entries(config).map(([name, item]) => [
    name,
    isText(table, name) || typeof item === "symbol" ? item : JSON.stringify(item),
  ]);
  return { value: Object.fromEntries(entries), secrets: source.secrets.map((path) => path.slice(0, 1)) };
}

const isText = (table: PropertyTable, name: string): boolean => (table.properties[name]?.type.kind ?? "string") === "string";

function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
