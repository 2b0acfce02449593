/** One unary call of the protocol: observation, cancellation, deadlines, and errors in the form that the engine shows. */
import { Metadata, status, type handleUnaryCall, type ServerUnaryCall, type StatusObject } from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { AdapterError, PartialFailure, type CallContext, type CallObserver, type EngineCall, type ProviderAdapter } from "./adapter";
import type { FrameSession } from "./frame-session";
import { encode, secretPaths, type Decoded } from "./values";

/** What every handler of one provider's server works with. */
export interface FrameParts {
  readonly adapter: ProviderAdapter;
  readonly session: FrameSession;
  readonly observer: CallObserver | undefined;
}

/** What a call is about. */
export interface CallSubject {
  readonly type: string;
  readonly urn: string;
  readonly mode: "preview" | "apply";
  /** 0: none. */
  readonly timeoutSeconds: number;
}

/** A creation or update that left something behind, with what the engine must know to wrap its secrets. */
export class PartialOutcome extends AdapterError {
  constructor(
    readonly failure: PartialFailure,
    readonly secretOutputs: readonly string[],
    readonly inputs: Decoded,
  ) {
    super(failure.message, status.UNKNOWN);
  }
}

/** Makes the handler of one method. `answer` gets the request, the context with this instance's configuration, and the peer. */
export function unary<Request, Response>(
  parts: FrameParts,
  method: string,
  describe: (request: Request) => Partial<CallSubject>,
  answer: (request: Request, context: CallContext, peer: string) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call: ServerUnaryCall<Request, Response>, callback) => {
    const subject: CallSubject = { type: "", urn: "", mode: "apply", timeoutSeconds: 0, ...describe(call.request) };
    const engineCall: EngineCall = { provider: parts.adapter.name, method, type: subject.type, urn: subject.urn, mode: subject.mode };
    parts.observer?.onCall(engineCall);
    const controller = parts.session.begin(call.getPeer());
    call.on("cancelled", () => controller.abort(new AdapterError("the engine cancelled the call", status.CANCELLED)));
    const work = async (): Promise<Response> => {
      const config = NEEDS_NO_CONFIG.has(method) ? {} : parts.session.config(call.getPeer());
      const { urn, mode, timeoutSeconds } = subject;
      return answer(call.request, { config, urn, mode, timeoutSeconds, signal: controller.signal }, call.getPeer());
    };
    withDeadline(work, controller, subject.timeoutSeconds)
      .finally(() => parts.session.end(controller))
      .then(
        (response) => callback(null, response),
        (error: unknown) => {
          parts.observer?.onFailure?.(engineCall, error instanceof PartialOutcome ? error.failure : error);
          callback(toStatus(error));
        },
      );
  };
}

const NEEDS_NO_CONFIG: ReadonlySet<string> = new Set(["CheckConfig", "DiffConfig", "Configure"]);

async function withDeadline<Result>(work: () => Promise<Result>, controller: AbortController, seconds: number): Promise<Result> {
  const deadline = seconds > 0 ? setTimeout(() => controller.abort(timedOut(seconds)), seconds * 1000) : undefined;
  const aborted = new Promise<never>((_, reject) => {
    controller.signal.addEventListener("abort", () => reject(controller.signal.reason), { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    clearTimeout(deadline);
  }
}

const timedOut = (seconds: number): AdapterError => new AdapterError(`timed out after ${seconds} s`, status.DEADLINE_EXCEEDED);

/** The message without a stack; a partial outcome carries its state in the details, where the engine looks for it. */
function toStatus(error: unknown): Partial<StatusObject> {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof PartialOutcome)) return { code: error instanceof AdapterError ? error.code : status.UNKNOWN, details: message };
  const { failure, secretOutputs, inputs } = error;
  const detail = new ErrorResourceInitFailed();
  detail.setId(failure.id);
  detail.setProperties(encode({ value: failure.state, secrets: secretPaths(failure.state, secretOutputs, [inputs]) }));
  detail.setReasonsList([message]);
  detail.setInputs(encode(inputs));
  const any = new Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const rich = new Status();
  rich.setCode(status.UNKNOWN);
  rich.setMessage(message);
  rich.addDetails(any);
  const metadata = new Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(rich.serializeBinary()));
  return { code: status.UNKNOWN, details: message, metadata };
}
