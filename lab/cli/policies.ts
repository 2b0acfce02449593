import type { EngineEvent } from "@pulumi/pulumi/automation";
import { join } from "node:path";
import { UserError } from "../../config";
import { PROJECT } from "../home";
import type { Session } from "../session";

/** The policy pack as a program of its own: the lab's engine has no host for Node. */
export const POLICY_PACK = join(PROJECT, "policy/analyzer");

/**
 * A preview with the policy pack, before anything is made: an `up` alone would find out when it is half done. `hear` gets
 * every event. @throws UserError when a rule is broken; what else fails a preview is thrown as it is.
 */
export async function holdToPolicies({ stack }: Pick<Session, "stack">, hear: (event: EngineEvent) => void): Promise<void> {
  const broken = new Set<string>();
  const onEvent = (event: EngineEvent): void => {
    if (event.policyEvent?.enforcementLevel === "mandatory") broken.add(event.policyEvent.policyName);
    hear(event);
  };
  try {
    await stack.preview({ onEvent, policyPacks: [POLICY_PACK] });
  } catch (error) {
    if (broken.size === 0) throw error;
    throw new UserError(`the policy pack refuses this stack, and nothing was made: ${[...broken].join(", ")}`);
  }
}

/** What the pack says, in one line: rule, resource, and what is wrong; undefined for any other event. */
export function policyLine({ policyEvent }: EngineEvent): string | undefined {
  if (policyEvent === undefined) return undefined;
  const { policyName, message, resourceUrn = "" } = policyEvent;
  // The first line is the rule's own text, which docs/policy.md has.
  const [rule = "", ...wrong] = message
    .replace(/<\{%[^%]*%\}>/g, "")
    .trim()
    .split("\n");
  return `${policyName}: ${resourceUrn.split("::").at(-1) ?? ""}: ${wrong.length === 0 ? rule : wrong.join(" ")}`;
}
