/**
 * Answers of which nothing is to be said. @pulumi/policy takes as long for them as for any other, and a stack in which all
 * is well is asked about two times for each resource, one after the other, before the engine goes on.
 */
import type { MethodDefinition } from "@grpc/grpc-js";
import type { Resource } from "./resource";
import { resourceIn } from "./wire";

export type Answer<Response> = (error: unknown, response?: Response) => void;

/** A method of a service: how its messages are read and written, and what answers it. */
export interface Method<Request, Response> {
  readonly definition: MethodDefinition<Request, Response>;
  readonly handle: (call: { readonly request: Request }, answer: Answer<Response>) => unknown;
}

export interface Silence<Response> {
  /** Hears of the resource before anybody is asked about it. */
  readonly asked: (resource: Resource) => void;
  /** Whether no rule has anything to say of it. What this throws is left to the method, which comes across it again. */
  readonly isQuiet: (resource: Resource) => boolean;
  /** Whether an answer says nothing. */
  readonly isSilent: (response: Response) => boolean;
}

/** A method that may answer with bytes. */
export interface QuickMethod<Response> extends Method<Buffer, Response | Buffer> {
  /** Drops what it remembers: to be called when levels of rules change. */
  readonly forget: () => void;
}

/**
 * A method about one resource that answers at once where nothing is to be said: with its own words of the first time that it
 * said nothing of a resource of this type. They name the rules that are for other types, and depend on nothing else.
 */
export function quick<Response>(method: Method<Buffer, Response>, { asked, isQuiet, isSilent }: Silence<Response>): QuickMethod<Response> {
  const { responseSerialize } = method.definition;
  const silences = new Map<string, Buffer>();
  return {
    definition: {
      ...method.definition,
      responseSerialize: (response) => (Buffer.isBuffer(response) ? response : responseSerialize(response)),
    },
    handle: (call, answer) => {
      const resource = resourceIn(call.request);
      asked(resource);
      const silence = silences.get(resource.type);
      if (silence !== undefined && holds(() => isQuiet(resource))) return answer(null, silence);
      return method.handle(call, (error, response) => {
        if (response !== undefined && isSilent(response)) silences.set(resource.type, responseSerialize(response));
        answer(error, response);
      });
    },
    forget: () => silences.clear(),
  };
}

function holds(condition: () => boolean): boolean {
  try {
    return condition();
  } catch {
    return false;
  }
}
