/**
 * What the engine tells a policy pack and @pulumi/policy 1.21 keeps from its rules: which values are secret, what a value
 * that is not known yet is instead of an exception, and the stack's configuration. Each request is read here first.
 */
import { type MethodDefinition, Server, type UntypedHandleCall } from "@grpc/grpc-js";
import {
  AnalyzeRequest,
  AnalyzerResourceOptions,
  type AnalyzeResponse,
  type AnalyzerStackConfigureRequest,
  AnalyzeStackRequest,
  type ConfigureAnalyzerRequest,
  type RemediateResponse,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { inFirstPause } from "./idle";
import { type Resource, UNKNOWN } from "./resource";
import { type Method, quick } from "./silence";
import { resourcesIn } from "./wire";

/** The stack that is judged, as its program sees it. */
export interface JudgedStack {
  readonly project: string;
  readonly stack: string;
  /** Full key -> text, secrets in clear. */
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

/** Who judges. */
export interface Judge {
  /** Hears of the stack, before any resource comes. */
  readonly configured: (stack: JudgedStack) => void;
  /** Hears of the rules' options, by rule: the last that the engine says before the program runs. */
  readonly chosen: (options: ReadonlyMap<string, unknown>) => void;
  /** Gets ready for what the engine will ask; called while it waits for its program. */
  readonly prepare: () => void;
  /** Types of resources that are likely to come. */
  readonly types: readonly string[];
  /** Whether no rule has anything to say of a resource, whatever the rules' levels are. */
  readonly isFine: (resource: Resource) => boolean;
  /** Whether no rule has anything to put right in it. */
  readonly isRight: (resource: Resource) => boolean;
}

/** By URN, as last asked about: the engine goes on with a resource only when it has the answers. */
const asked = new Map<string, Resource>();
let made: readonly Resource[] = [];

/** The resource that the engine asks about. @throws Error for one that it did not */
export function judged(urn: string): Resource {
  const resource = asked.get(urn);
  if (resource === undefined) throw new Error("the engine's request was not read: this pack does not fit its @pulumi/policy");
  return resource;
}

/** All resources of the stack, once the engine asks about it whole. */
export function judgedStack(): readonly Resource[] {
  return made;
}

/** Reads the requests to every server that is made from here on. */
export function readRequests(judge: Judge): void {
  const { addService } = Server.prototype;
  Server.prototype.addService = function (service, handlers) {
    const methodOf = <Request, Response>(name: string): Method<Request, Response> => ({
      definition: service[name] as MethodDefinition<Request, Response>,
      handle: handlers[name] as unknown as Method<Request, Response>["handle"], // the service definition is what types it
    });
    const note = (resource: Resource): void => {
      asked.set(resource.urn, resource);
      pause();
    };
    const remediate = quick(
      fromBytes(methodOf<AnalyzeRequest, RemediateResponse>("remediate"), (bytes, decode) => decode(bytes)),
      { asked: note, isQuiet: judge.isRight, isSilent: (response) => response.getRemediationsList().length === 0 },
    );
    // Rules have the resource from here: @pulumi/policy would decode its properties once more for each of them.
    const analyze = quick(
      fromBytes(methodOf<AnalyzeRequest, AnalyzeResponse>("analyze"), (bytes, decode) =>
        decode(bytes).setProperties(new Struct()).setProvider(undefined),
      ),
      { asked: note, isQuiet: judge.isFine, isSilent: (response) => response.getDiagnosticsList().length === 0 },
    );
    const analyzeStack = fromBytes(methodOf<AnalyzeStackRequest, AnalyzeResponse>("analyzeStack"), (bytes) => {
      made = resourcesIn(bytes).map((each) => withInputs(each, asked.get(each.urn)));
      return new AnalyzeStackRequest();
    });
    const configureStack = heard(methodOf<AnalyzerStackConfigureRequest, unknown>("configureStack"), (request) =>
      judge.configured(stackOf(request)),
    );
    const configure = heard(methodOf<ConfigureAnalyzerRequest, unknown>("configure"), (request) => {
      for (const { forget } of [remediate, analyze]) forget();
      judge.chosen(optionsOf(request));
      pause();
    });
    const pause = inFirstPause(async () => {
      judge.prepare();
      // The first question about a type takes ten times as long as the next: here nobody waits for the answer.
      for (const request of judge.types.map(questionAbout))
        for (const { handle } of [remediate, analyze]) await handle({ request }, () => undefined);
    });
    const methods = Object.entries({ remediate, analyze, analyzeStack, configureStack, configure });
    addService.call(
      this,
      { ...service, ...Object.fromEntries(methods.map(([name, { definition }]) => [name, definition])) },
      { ...handlers, ...Object.fromEntries(methods.map(([name, { handle }]) => [name, handle as unknown as UntypedHandleCall])) },
    );
  };
}

/** The bytes of a request about a resource that is not there. */
function questionAbout(type: string): Buffer {
  const request = new AnalyzeRequest().setType(type).setProperties(new Struct()).setOptions(new AnalyzerResourceOptions());
  return Buffer.from(request.serializeBinary());
}

/** The method, asked with the bytes of its request. */
function fromBytes<Request, Response>(
  { definition, handle }: Method<Request, Response>,
  read: (bytes: Buffer, decode: (bytes: Buffer) => Request) => Request,
): Method<Buffer, Response> {
  const pass = (bytes: Buffer): Buffer => bytes;
  return {
    definition: { ...definition, requestSerialize: pass, requestDeserialize: pass },
    handle: ({ request }, answer) => handle({ request: read(request, definition.requestDeserialize) }, answer),
  };
}

/** The method, whose requests are heard before it answers them. */
function heard<Request, Response>(
  { definition, handle }: Method<Request, Response>,
  hear: (request: Request) => void,
): Method<Request, Response> {
  return {
    definition,
    handle: (call, answer) => {
      hear(call.request);
      return handle(call, answer);
    },
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

function optionsOf(request: ConfigureAnalyzerRequest): ReadonlyMap<string, unknown> {
  const options = new Map<string, unknown>();
  request.getPolicyconfigMap().forEach((config, rule) => options.set(rule, config.getProperties()?.toJavaScript()));
  return options;
}

/** Outputs with the inputs over them: a provider may leave out of a preview what it was told, a Helm release even its name. */
function withInputs(made: Resource, asked: Resource | undefined): Resource {
  if (asked === undefined) return made;
  const known = Object.entries(asked.props).filter(([key, value]) => value !== UNKNOWN || !(key in made.props));
  return { ...made, props: { ...made.props, ...Object.fromEntries(known) }, secrets: [...made.secrets, ...asked.secrets] };
}
