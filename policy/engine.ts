/**
 * What the engine tells a policy pack and @pulumi/policy 1.21 keeps from its rules: which values are secret, what a value
 * that is not known yet is instead of an exception, and the stack's configuration. Each request is read here first.
 */
import { Server, type UntypedHandleCall } from "@grpc/grpc-js";
import type { AnalyzeRequest, AnalyzerStackConfigureRequest, AnalyzeStackRequest } from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { AsyncLocalStorage } from "node:async_hooks";
import { type Resource, UNKNOWN, withoutMarks } from "./resource";

/** The stack that is judged, as its program sees it. */
export interface JudgedStack {
  readonly project: string;
  readonly stack: string;
  /** Full key -> text, secrets in clear. */
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

const current = new AsyncLocalStorage<readonly Resource[]>();

/** What the request that is being answered is about: one resource, or all of a stack. @throws Error outside a request */
export function judged(): readonly Resource[] {
  const resources = current.getStore();
  if (resources === undefined) throw new Error("the engine's request was not read: this pack does not fit its @pulumi/policy");
  return resources;
}

type Handler = (call: { readonly request: unknown }, answer: unknown) => unknown;
/** What of a request a handler here reads. */
type Sent = AnalyzeRequest | ReturnType<AnalyzeStackRequest["getResourcesList"]>[number];

/** Reads the requests to every server that is made from here on. `configured` hears of the stack before any resource comes. */
export function readRequests(configured: (stack: JudgedStack) => void): void {
  const { addService } = Server.prototype;
  const inputs = new Map<string, Resource>();
  Server.prototype.addService = function (service, handlers) {
    const wrap = (name: string, read: (request: never, handle: () => unknown) => unknown): UntypedHandleCall => {
      const handler = handlers[name] as unknown as Handler; // the service definition is what types it
      const wrapped: Handler = (call, answer) => read(call.request as never, () => handler(call, answer));
      return wrapped as unknown as UntypedHandleCall;
    };
    addService.call(this, service, {
      ...handlers,
      configureStack: wrap("configureStack", (request: AnalyzerStackConfigureRequest, handle) => {
        configured(stackOf(request));
        return handle();
      }),
      remediate: wrap("remediate", (request: AnalyzeRequest, handle) => current.run([resourceOf(request)], handle)),
      analyze: wrap("analyze", (request: AnalyzeRequest, handle) => {
        const resource = taken(request);
        inputs.set(resource.urn, resource);
        return current.run([resource], handle);
      }),
      analyzeStack: wrap("analyzeStack", (request: AnalyzeStackRequest, handle) => {
        const made = request.getResourcesList().map(taken);
        return current.run(
          made.map((each) => withInputs(each, inputs.get(each.urn))),
          handle,
        );
      }),
    });
  };
}

function stackOf(request: AnalyzerStackConfigureRequest): JudgedStack {
  return {
    project: request.getProject(),
    stack: request.getStack(),
    config: Object.fromEntries(request.getConfigMap().toArray()),
    secretKeys: request.getConfigSecretKeysList(),
  };
}

/** Outputs with the inputs over them: a provider may leave out of a preview what it was told, a Helm release even its name. */
function withInputs(made: Resource, asked: Resource | undefined): Resource {
  if (asked === undefined) return made;
  const known = Object.entries(asked.props).filter(([key, value]) => value !== UNKNOWN || !(key in made.props));
  return { ...made, props: { ...made.props, ...Object.fromEntries(known) }, secrets: [...made.secrets, ...asked.secrets] };
}

/** The resource, taken out of its request: @pulumi/policy would decode its properties once more for every rule. */
function taken(request: Sent): Resource {
  const resource = resourceOf(request);
  request.setProperties(new Struct());
  request.setProvider(undefined);
  return resource;
}

function resourceOf(request: Sent): Resource {
  const options = request.getOptions();
  const provider = request.getProvider()?.getName();
  return {
    type: request.getType(),
    name: request.getName(),
    urn: request.getUrn(),
    ...withoutMarks(request.getProperties()?.toJavaScript()),
    options: {
      protect: options?.getProtect() ?? false,
      ignoreChanges: options?.getIgnorechangesList() ?? [],
      ...(options?.getDeletebeforereplacedefined() === true ? { deleteBeforeReplace: options.getDeletebeforereplace() } : {}),
      additionalSecretOutputs: options?.getAdditionalsecretoutputsList() ?? [],
    },
    ...(provider === undefined ? {} : { provider }),
  };
}
