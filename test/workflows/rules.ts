/** Rules over workflow files, each of which a fault in workflows.test.ts breaks. */
import { isRecord } from "../../config/path";
import { at } from "../../policy/values";

/** A workflow file, as text and parsed. */
export interface Workflow {
  readonly name: string;
  readonly text: string;
  readonly content: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

interface Job extends Fields {
  readonly id: string;
}

/** What a job must do to be given a permission. */
const NEEDS: Readonly<Record<string, { readonly why: string; readonly uses: (job: Job) => boolean }>> = {
  "contents: read": {
    why: "checks the repository out",
    uses: (job) => steps(job).some(({ uses }) => text(uses).startsWith("actions/checkout@")),
  },
  "pull-requests: write": {
    why: "writes a comment on a pull request",
    uses: (job) => runs(job).some((run) => /gh api .*--method (POST|PATCH)/.test(run)),
  },
  "issues: write": { why: "opens and closes an issue", uses: (job) => runs(job).some((run) => /gh issue (create|edit|close)/.test(run)) },
};

/** Commits of actions, each read from the action's own repository under its tag. */
const ACTIONS: Readonly<Record<string, string>> = {
  "actions/checkout@d23441a48e516b6c34aea4fa41551a30e30af803": "v6.1.0",
  "actions/setup-go@924ae3a1cded613372ab5595356fb5720e22ba16": "v6.5.0",
  "actions/setup-node@249970729cb0ef3589644e2896645e5dc5ba9c38": "v6.5.0",
};

/** A rule: what is wrong with a workflow, in words; empty when nothing is. */
export type Rule = (workflow: Workflow) => readonly string[];

/** Every rule by its name. */
export const RULES: Readonly<Record<string, Rule>> = {
  "gives nothing to a workflow as a whole": ({ content }) =>
    JSON.stringify(fields(content)["permissions"]) === "{}" ? [] : ["permissions of the workflow are not {}"],
  "ends a step with the first command that fails": ({ content }) =>
    at(content, "defaults", "run", "shell") === "bash" ? [] : ["a failure within a pipe is passed over"],
  "gives a job what it uses, and nothing else": (workflow) => jobs(workflow).flatMap(permissionFaults),
  "pins every action by a commit that is known, its version beside it": pinFaults,
  "shows a secret to single steps only, by their environment": secretFaults,
  "holds no secret in plain": ({ text: whole }) =>
    [...whole.matchAll(PLAIN)].map(([found]) => `looks like a secret: ${found.slice(0, 6)}…`),
  "never runs a stranger's code with rights of its own": ({ content }) =>
    Object.keys(triggers(content)).filter((name) => ["pull_request_target", "workflow_run"].includes(name)),
  "lets no text of a stranger into a shell": (workflow) =>
    jobs(workflow).flatMap((job) =>
      runs(job).flatMap((run) => [...run.matchAll(/\$\{\{.*?\}\}/g)].map(([found]) => `${job.id} writes ${found} into a shell`)),
    ),
  "gives a job that sees secrets only to code of this repository": strangers,
  "gives every job a time to end": (workflow) =>
    jobs(workflow)
      .filter((job) => typeof job["timeout-minutes"] !== "number")
      .map(({ id }) => `${id} may run for hours`),
  "leaves no token in a checkout": (workflow) =>
    jobs(workflow).flatMap((job) =>
      steps(job)
        .filter(({ uses, with: given }) => text(uses).startsWith("actions/checkout@") && fields(given)["persist-credentials"] !== false)
        .map(() => `${job.id} keeps its token`),
    ),
  "runs on a named image, or on the runner of the settings": (workflow) =>
    jobs(workflow)
      .filter((job) => !/^ubuntu-\d|^\$\{\{ vars\.HEARTH_RUNNER( \|\| 'ubuntu-\d\d\.\d\d')? \}\}$/.test(text(job["runs-on"])))
      .map(({ id }) => `${id} runs on something floating`),
};

/** Forms of keys that providers hand out, and long texts that only a machine makes. */
const PLAIN =
  /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|AKIA[0-9A-Z]{16}|pul-[0-9a-f]{40}|AGE-SECRET-KEY-\w+|eyJ[\w-]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY)|(?:password|passphrase|token|secret)["']?\s*[:=]\s*["']?(?!\$)[A-Za-z0-9+/_-]{12,}/gi;

function permissionFaults(job: Job): readonly string[] {
  const given = fields(job["permissions"]);
  if (!isRecord(job["permissions"])) return [`${job.id} says nothing of its permissions`];
  const wanted = Object.keys(NEEDS).filter((permission) => NEEDS[permission]?.uses(job));
  const has = Object.entries(given).map(([scope, level]) => `${scope}: ${String(level)}`);
  return [
    ...has.filter((permission) => !wanted.includes(permission)).map((permission) => `${job.id} has ${permission}, and does not use it`),
    ...wanted
      .filter((permission) => !has.includes(permission))
      .map((permission) => `${job.id} ${NEEDS[permission]?.why ?? ""} without ${permission}`),
  ];
}

function pinFaults({ text: whole }: Workflow): readonly string[] {
  return [...whole.matchAll(/^\s*-?\s*uses:\s*(\S+)(?:\s+#\s*(\S+))?/gm)].flatMap(([, action = "", version]) => {
    if (!/@[0-9a-f]{40}$/.test(action)) return [`${action} floats`];
    if (ACTIONS[action] === undefined) return [`${action} is a commit that nobody checked`];
    return ACTIONS[action] === version ? [] : [`${action} is ${ACTIONS[action] ?? ""}, not ${version ?? "said"}`];
  });
}

function secretFaults(workflow: Workflow): readonly string[] {
  const inSteps = jobs(workflow).flatMap((job) => steps(job).flatMap(({ env }) => Object.values(fields(env)).map(text)));
  const allowed = inSteps.filter((value) => /^\$\{\{ secrets\.\w+ \}\}$/.test(value)).length;
  const all = [...workflow.text.matchAll(/secrets\.\w+|secrets\[|toJSON\(secrets/gi)].length;
  return all === allowed ? [] : [`${all - allowed} uses of a secret outside of a step's environment`];
}

/** In a pull request a secret is only for branches of the repository itself. */
function strangers(workflow: Workflow): readonly string[] {
  if (!("pull_request" in triggers(workflow.content))) return [];
  const sees = (job: Job): boolean => /secrets\.|github\.token/.test(JSON.stringify(job));
  return jobs(workflow)
    .filter((job) => sees(job) && !text(job["if"]).includes("github.event.pull_request.head.repo.full_name == github.repository"))
    .map(({ id }) => `${id} sees a secret in a pull request of a fork`);
}

function triggers(content: unknown): Fields {
  return fields(fields(content)["on"]);
}

function jobs({ content }: Workflow): readonly Job[] {
  return Object.entries(fields(fields(content)["jobs"])).map(([id, job]) => ({ ...fields(job), id }));
}

function steps(job: Fields): readonly Fields[] {
  return Array.isArray(job["steps"]) ? job["steps"].filter(isRecord) : [];
}

function runs(job: Fields): readonly string[] {
  return steps(job).flatMap(({ run }) => (typeof run === "string" ? [run] : []));
}

function fields(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
