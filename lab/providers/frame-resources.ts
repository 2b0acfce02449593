/** The part of the protocol that is about resources. */
import { status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import {
  AdapterError,
  PartialFailure,
  UNKNOWN,
  type CallContext,
  type Inputs,
  type ProviderAdapter,
  type ResourceAdapter,
} from "./adapter";
import { keepIgnored } from "./diff";
import { PartialOutcome, unary, type CallSubject, type FrameParts } from "./frame-calls";
import { checkResponse, diffResponse } from "./frame-messages";
import { checkAgainst } from "./property-table-check";
import { decode, encode, secretPaths, type Decoded } from "./values";

/** Handlers of Check, Diff, Create, Read, Update and Delete. */
export function resourceHandlers(parts: FrameParts): UntypedServiceImplementation {
  const resourceOf = (urn: string): ResourceAdapter => findResource(parts.adapter, typeOf(urn));
  return {
    check: unary(parts, "Check", about, async (request: rpc.CheckRequest, context) =>
      check(resourceOf(request.getUrn()), request, context),
    ),
    diff: unary(parts, "Diff", about, async (request: rpc.DiffRequest, context) => diff(resourceOf(request.getUrn()), request, context)),
    create: unary(parts, "Create", aboutChange, async (request: rpc.CreateRequest, context) =>
      create(resourceOf(request.getUrn()), request, context),
    ),
    read: unary(parts, "Read", about, async (request: rpc.ReadRequest, context) => read(resourceOf(request.getUrn()), request, context)),
    update: unary(parts, "Update", aboutChange, async (request: rpc.UpdateRequest, context) =>
      update(resourceOf(request.getUrn()), request, context),
    ),
    delete: unary(parts, "Delete", aboutDeletion, async (request: rpc.DeleteRequest, context) => {
      await resourceOf(request.getUrn()).delete(request.getId(), decode(request.getProperties()).value, context);
      return new Empty();
    }),
  };
}

/** The type token in a URN, `urn:pulumi:stack::project::parent$type::name`. */
function typeOf(urn: string): string {
  const qualified = urn.split("::")[2] ?? "";
  return qualified.slice(qualified.lastIndexOf("$") + 1);
}

const about = (request: { getUrn(): string }): Partial<CallSubject> => ({ urn: request.getUrn(), type: typeOf(request.getUrn()) });
const aboutDeletion = (request: rpc.DeleteRequest): Partial<CallSubject> => ({ ...about(request), timeoutSeconds: request.getTimeout() });
const aboutChange = (request: rpc.CreateRequest | rpc.UpdateRequest): Partial<CallSubject> => ({
  ...about(request),
  mode: request.getPreview() ? "preview" : "apply",
  timeoutSeconds: request.getTimeout(),
});

function findResource(adapter: ProviderAdapter, type: string): ResourceAdapter {
  const resource = adapter.resources[type];
  if (resource !== undefined) return resource;
  const known = Object.keys(adapter.resources).sort().join(", ");
  throw new AdapterError(
    `the stand-in for the ${adapter.name} provider does not know the resource type ${type}; it knows ${known}`,
    status.NOT_FOUND,
  );
}

async function check(resource: ResourceAdapter, request: rpc.CheckRequest, context: CallContext): Promise<rpc.CheckResponse> {
  const olds = request.getOlds();
  const news = decode(request.getNews());
  const failures = checkAgainst(resource.inputs, news.value);
  const checked = failures.length === 0 ? await resource.check?.(news.value, olds && decode(olds).value, context) : undefined;
  const inputs = checked?.inputs ?? news.value;
  const problems = [...failures, ...(checked?.failures ?? [])];
  return checkResponse({ value: inputs, secrets: secretPaths(inputs, [], [news]) }, problems, news);
}

async function diff(resource: ResourceAdapter, request: rpc.DiffRequest, context: CallContext): Promise<rpc.DiffResponse> {
  const state = decode(request.getOlds()).value;
  const oldInputs = request.hasOldInputs() ? decode(request.getOldInputs()).value : inputsIn(resource, state);
  const newInputs = keepIgnored(oldInputs, decode(request.getNews()).value, request.getIgnorechangesList());
  return diffResponse(await resource.diff(request.getId(), oldInputs, state, newInputs, context));
}

async function create(resource: ResourceAdapter, request: rpc.CreateRequest, context: CallContext): Promise<rpc.CreateResponse> {
  const inputs = decode(request.getProperties());
  const response = new rpc.CreateResponse();
  if (request.getPreview()) {
    response.setProperties(
      outputs(resource, resource.planned?.(inputs.value, context) ?? plannedOutputs(resource, inputs.value), [inputs]),
    );
    return response;
  }
  const { id, state } = await keepPartial(resource, inputs, resource.create(inputs.value, context));
  response.setId(id);
  response.setProperties(outputs(resource, state, [inputs]));
  return response;
}

async function read(resource: ResourceAdapter, request: rpc.ReadRequest, context: CallContext): Promise<rpc.ReadResponse> {
  const [state, inputs] = [decode(request.getProperties()), decode(request.getInputs())];
  const found =
    resource.read === undefined ? { id: request.getId(), state: state.value } : await resource.read(request.getId(), state.value, context);
  const response = new rpc.ReadResponse();
  if (found === undefined) return response;
  const isImport = Object.keys(inputs.value).length === 0;
  const current = ("inputs" in found ? found.inputs : undefined) ?? (isImport ? inputsIn(resource, found.state) : inputs.value);
  response.setId(found.id);
  response.setProperties(outputs(resource, found.state, [state, inputs]));
  response.setInputs(encode({ value: current, secrets: secretPaths(current, resource.inputs.secretOutputs ?? [], [state, inputs]) }));
  return response;
}

async function update(resource: ResourceAdapter, request: rpc.UpdateRequest, context: CallContext): Promise<rpc.UpdateResponse> {
  const [state, news] = [decode(request.getOlds()), decode(request.getNews())];
  const id = request.getId();
  const response = new rpc.UpdateResponse();
  if (request.getPreview()) {
    const planned = resource.plannedUpdate?.(id, state.value, news.value, context) ?? plannedUpdate(resource, state.value, news.value);
    response.setProperties(outputs(resource, planned, [state, news]));
    return response;
  }
  if (resource.update === undefined) throw new AdapterError("this resource cannot be changed in place", status.UNIMPLEMENTED);
  const updated = await keepPartial(resource, news, resource.update(id, state.value, news.value, context));
  response.setProperties(outputs(resource, updated.state, [state, news]));
  return response;
}

const outputs = (resource: ResourceAdapter, value: Inputs, sources: readonly Decoded[]): Struct =>
  encode({ value, secrets: secretPaths(value, resource.inputs.secretOutputs ?? [], sources) });

function plannedOutputs(resource: ResourceAdapter, inputs: Inputs): Inputs {
  const unknown = (resource.inputs.computed ?? []).map((name) => [name, UNKNOWN]);
  return { ...Object.fromEntries(unknown), ...inputs };
}

/** What stays of the old state: all but inputs that are no longer given and that the provider does not fill in itself. */
function plannedUpdate(resource: ResourceAdapter, state: Inputs, inputs: Inputs): Inputs {
  const computed = new Set(resource.inputs.computed ?? []);
  const kept = Object.entries(state).filter(([name]) => computed.has(name) || !(name in resource.inputs.properties));
  return { ...Object.fromEntries(kept), ...inputs };
}

function inputsIn(resource: ResourceAdapter, state: Inputs): Inputs {
  return Object.fromEntries(Object.entries(state).filter(([name]) => name in resource.inputs.properties));
}

async function keepPartial<Result>(resource: ResourceAdapter, inputs: Decoded, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof PartialFailure ? new PartialOutcome(error, resource.inputs.secretOutputs ?? [], inputs) : error;
  }
}
