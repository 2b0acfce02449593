/** The part of the protocol that is about functions. */
import { status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { AdapterError, type FunctionAdapter, type ProviderAdapter } from "./adapter";
import { unary, type CallSubject, type FrameParts } from "./frame-calls";
import { toFailure } from "./frame-messages";
import { checkAgainst } from "./property-table-check";
import { decode, encode, hasUnknown, secretPaths } from "./values";

/** Handler of Invoke. */
export function functionHandlers(parts: FrameParts): UntypedServiceImplementation {
  return {
    invoke: unary(parts, "Invoke", about, async (request: rpc.InvokeRequest, context) => {
      const adapter = findFunction(parts.adapter, request.getTok());
      const args = decode(request.getArgs());
      const response = new rpc.InvokeResponse();
      const failures = checkAgainst(adapter.inputs, args.value);
      response.setFailuresList(failures.map(toFailure));
      if (failures.length > 0) return response;
      if (hasUnknown(args.value)) throw new AdapterError(`${request.getTok()} was called with unknown arguments`, status.INVALID_ARGUMENT);
      const result = await adapter.invoke(args.value, context);
      response.setReturn(encode({ value: result, secrets: secretPaths(result, adapter.secretOutputs ?? [], [args]) }));
      return response;
    }),
  };
}

const about = (request: rpc.InvokeRequest): Partial<CallSubject> => ({
  type: request.getTok(),
  mode: request.getPreview() ? "preview" : "apply",
});

function findFunction(adapter: ProviderAdapter, token: string): FunctionAdapter {
  const found = adapter.functions[token];
  if (found !== undefined) return found;
  const known = Object.keys(adapter.functions).sort().join(", ") || "none";
  throw new AdapterError(
    `the stand-in for the ${adapter.name} provider does not know the function ${token}; it knows ${known}`,
    status.NOT_FOUND,
  );
}
