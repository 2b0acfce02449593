/** Answers in the protocol's messages. */
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import type { ChangeKind, CheckProblem, DiffResult } from "./adapter";
import { parsePath } from "./diff";
import { encode, type Decoded } from "./values";

const KINDS: Readonly<Record<ChangeKind, rpc.PropertyDiff.Kind>> = {
  add: rpc.PropertyDiff.Kind.ADD,
  "add-replace": rpc.PropertyDiff.Kind.ADD_REPLACE,
  delete: rpc.PropertyDiff.Kind.DELETE,
  "delete-replace": rpc.PropertyDiff.Kind.DELETE_REPLACE,
  update: rpc.PropertyDiff.Kind.UPDATE,
  "update-replace": rpc.PropertyDiff.Kind.UPDATE_REPLACE,
};

/** A diff's answer, always detailed. */
export function diffResponse(diff: DiffResult): rpc.DiffResponse {
  const response = new rpc.DiffResponse();
  response.setChanges(diff.changes ? rpc.DiffResponse.DiffChanges.DIFF_SOME : rpc.DiffResponse.DiffChanges.DIFF_NONE);
  response.setReplacesList([...diff.replaces]);
  response.setDeletebeforereplace(diff.deleteBeforeReplace === "yes");
  response.setHasdetaileddiff(true);
  const paths = Object.keys(diff.detailed);
  response.setDiffsList([...new Set(paths.map((path) => String(parsePath(path)[0])))]);
  for (const [path, kind] of Object.entries(diff.detailed)) {
    const property = new rpc.PropertyDiff();
    property.setKind(KINDS[kind]);
    property.setInputdiff(true);
    response.getDetaileddiffMap().set(path, property);
  }
  return response;
}

/** A check's answer. The engine prints the value of a refused property, secret or not, so a secret one is named in the reason only. */
export function checkResponse(inputs: Decoded, problems: readonly CheckProblem[], given: Decoded): rpc.CheckResponse {
  const secret = new Set(given.secrets.map((path) => path[0]));
  const isSecret = ({ property }: CheckProblem): boolean => secret.has(parsePath(property)[0] ?? "");
  const response = new rpc.CheckResponse();
  response.setInputs(encode(inputs));
  response.setFailuresList(problems.map((problem) => toFailure(isSecret(problem) ? { ...problem, property: "" } : problem)));
  return response;
}

/** A problem as the engine takes it. */
export function toFailure({ property, reason }: CheckProblem): rpc.CheckFailure {
  const failure = new rpc.CheckFailure();
  failure.setProperty(property);
  failure.setReason(reason);
  return failure;
}
