/**
 * Stand-in for the random provider: cryptographically random values that live in the state only, as the real one's do.
 * It has no world and calls none. Left out: `bcryptHash` of RandomPassword, and the types that Hearth does not use.
 */
import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { AdapterError, UNKNOWN, type CheckProblem, type Inputs, type ProviderAdapter, type ResourceAdapter } from "./adapter";
import { genericDiff } from "./diff";
import { flag, mapOf, number, required, text, type PropertyTable } from "./property-table";

/** The random provider, without any world. */
export function randomProvider(): ProviderAdapter {
  return {
    name: "random",
    version: "4.21.2",
    configInputs: { properties: {} },
    resources: {
      "random:index/randomPassword:RandomPassword": characters(["result"]),
      "random:index/randomString:RandomString": characters([]),
      "random:index/randomBytes:RandomBytes": bytes,
      "random:index/randomId:RandomId": identifier,
      "random:index/randomUuid:RandomUuid": uuid,
    },
    functions: {},
  };
}

const keepers = mapOf(text);

/** Every input decides what is drawn, so every change draws anew. `resolve` fills in defaults: writing one down changes nothing. */
function drawn(spec: {
  readonly inputs: PropertyTable;
  readonly resolve: (inputs: Inputs) => Inputs;
  readonly problems: (resolved: Inputs) => readonly CheckProblem[];
  readonly draw: (resolved: Inputs) => { readonly id: string; readonly outputs: Inputs };
  /** What an imported value is: the id that the user gives holds it. */
  readonly importFrom: (given: string) => { readonly id: string; readonly outputs: Inputs };
}): ResourceAdapter {
  const resolve = (inputs: Inputs): Inputs => ({ ...spec.resolve(inputs), keepers: inputs["keepers"] ?? {} });
  const stateOf = (inputs: Inputs, outputs: Inputs): Inputs => ({ ...spec.resolve(inputs), ...outputs });
  return {
    inputs: spec.inputs,
    check: (inputs) => ({ inputs, failures: spec.problems(spec.resolve(inputs)) }),
    diff: (_id, oldInputs, _state, newInputs) =>
      genericDiff(resolve(oldInputs), resolve(newInputs), { replaceOn: Object.keys(spec.inputs.properties) }),
    planned: (inputs) => ({ ...spec.resolve(inputs), ...Object.fromEntries((spec.inputs.computed ?? []).map((name) => [name, UNKNOWN])) }),
    create: async (inputs) => {
      const { id, outputs } = spec.draw(spec.resolve(inputs));
      return { id, state: stateOf(inputs, outputs) };
    },
    read: async (id, state) => {
      if (Object.keys(state).length > 0) return { id, state };
      const imported = spec.importFrom(id);
      return { id: imported.id, state: imported.outputs };
    },
    delete: async () => {},
  };
}

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const DIGITS = "0123456789";
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

function characters(secretOutputs: readonly string[]): ResourceAdapter {
  return drawn({
    inputs: {
      properties: {
        keepers,
        length: required(number),
        lower: flag,
        minLower: number,
        minNumeric: number,
        minSpecial: number,
        minUpper: number,
        number: flag,
        numeric: flag,
        overrideSpecial: text,
        special: flag,
        upper: flag,
      },
      secretOutputs,
      computed: ["result"],
    },
    resolve: (inputs) => {
      const numeric = inputs["numeric"] ?? inputs["number"] ?? true;
      const minima = { minLower: 0, minNumeric: 0, minSpecial: 0, minUpper: 0 };
      return { lower: true, upper: true, special: true, ...minima, ...inputs, numeric, number: numeric };
    },
    problems: characterProblems,
    draw: (resolved) => {
      const result = drawCharacters(resolved);
      return { id: secretOutputs.length > 0 ? "none" : result, outputs: { result } };
    },
    importFrom: (given) => ({ id: secretOutputs.length > 0 ? "none" : given, outputs: { result: given, length: given.length } }),
  });
}

interface CharacterClass {
  readonly name: string;
  readonly minimum: string;
  readonly alphabet: string;
}

function classes(resolved: Inputs): readonly CharacterClass[] {
  const special =
    typeof resolved["overrideSpecial"] === "string" && resolved["overrideSpecial"] !== "" ? resolved["overrideSpecial"] : SPECIAL;
  return [
    { name: "lower", minimum: "minLower", alphabet: LOWER },
    { name: "upper", minimum: "minUpper", alphabet: UPPER },
    { name: "numeric", minimum: "minNumeric", alphabet: DIGITS },
    { name: "special", minimum: "minSpecial", alphabet: special },
  ];
}

const count = (inputs: Inputs, name: string): number => (typeof inputs[name] === "number" ? inputs[name] : 0);

function characterProblems(resolved: Inputs): readonly CheckProblem[] {
  const all = classes(resolved);
  const sum = all.reduce((total, { minimum }) => total + count(resolved, minimum), 0);
  const problems = [...positive(resolved, "length"), ...all.flatMap(({ minimum }) => whole(resolved, minimum))];
  if (typeof resolved["length"] === "number" && resolved["length"] < sum) {
    problems.push({ property: "length", reason: `length must be at least ${sum}, the sum of the minimum counts` });
  }
  if (all.every(({ name }) => resolved[name] === false)) {
    problems.push({ property: "length", reason: "at least one of lower, upper, numeric and special must be true" });
  }
  return problems;
}

/** The minimum of each class, the rest from all that are allowed, in random order. */
function drawCharacters(resolved: Inputs): string {
  const all = classes(resolved);
  const allowed = all.map(({ name, alphabet }) => (resolved[name] === true ? alphabet : "")).join("");
  const least = all.flatMap(({ minimum, alphabet }) => pick(alphabet, count(resolved, minimum)));
  return shuffle([...least, ...pick(allowed, count(resolved, "length") - least.length)]).join("");
}

const pick = (alphabet: string, times: number): string[] =>
  Array.from({ length: times }, () => alphabet.charAt(randomInt(alphabet.length)));

function shuffle(items: readonly string[]): readonly string[] {
  const left = [...items];
  return items.flatMap(() => left.splice(randomInt(left.length), 1));
}

const bytes: ResourceAdapter = drawn({
  inputs: { properties: { keepers, length: required(number) }, secretOutputs: ["base64", "hex"], computed: ["base64", "hex"] },
  resolve: (inputs) => inputs,
  problems: (resolved) => positive(resolved, "length"),
  draw: (resolved) => ({ id: "none", outputs: byteForms(randomBytes(count(resolved, "length"))) }),
  importFrom: (given) => {
    const imported = Buffer.from(given, "base64");
    return { id: "none", outputs: { length: imported.length, ...byteForms(imported) } };
  },
});

const byteForms = (drawnBytes: Buffer): Inputs => ({ base64: drawnBytes.toString("base64"), hex: drawnBytes.toString("hex") });

const identifier: ResourceAdapter = drawn({
  inputs: {
    properties: { byteLength: required(number), keepers, prefix: text },
    computed: ["b64Std", "b64Url", "dec", "hex"],
  },
  resolve: (inputs) => inputs,
  problems: (resolved) => positive(resolved, "byteLength"),
  draw: (resolved) => identifierForms(randomBytes(count(resolved, "byteLength")), String(resolved["prefix"] ?? "")),
  importFrom: (given) => {
    const [encoded = "", prefix = ""] = given.split(",").reverse();
    const imported = Buffer.from(encoded, "base64url");
    const { id, outputs } = identifierForms(imported, prefix);
    return { id, outputs: { byteLength: imported.length, ...(prefix === "" ? {} : { prefix }), ...outputs } };
  },
});

function identifierForms(drawnBytes: Buffer, prefix: string): { id: string; outputs: Inputs } {
  const hex = drawnBytes.toString("hex");
  const forms = {
    b64Std: drawnBytes.toString("base64"),
    b64Url: drawnBytes.toString("base64url"),
    dec: BigInt(`0x${hex}`).toString(),
    hex,
  };
  const outputs = Object.fromEntries(Object.entries(forms).map(([name, form]) => [name, `${prefix}${form}`]));
  return { id: forms.b64Url, outputs };
}

const uuid: ResourceAdapter = drawn({
  inputs: { properties: { keepers }, computed: ["result"] },
  resolve: (inputs) => inputs,
  problems: () => [],
  draw: () => {
    const result = randomUUID();
    return { id: result, outputs: { result } };
  },
  importFrom: (given) => {
    if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(given)) return { id: given, outputs: { result: given } };
    throw new AdapterError(`${JSON.stringify(given)} is no UUID`);
  },
});

function whole(inputs: Inputs, name: string): CheckProblem[] {
  const value = inputs[name];
  const good = typeof value !== "number" || (Number.isInteger(value) && value >= 0);
  return good ? [] : [{ property: name, reason: `${name} must be a whole number, 0 or more` }];
}

function positive(inputs: Inputs, name: string): CheckProblem[] {
  const value = inputs[name];
  const good = typeof value !== "number" || (Number.isInteger(value) && value >= 1);
  return good ? [] : [{ property: name, reason: `${name} must be a whole number, 1 or more` }];
}
