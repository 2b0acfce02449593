/** What the resources of the Keycloak stand-in share: they compare what was asked for with what was read, as a bridged provider does. */
import type { CallContext, CheckProblem, DiffResult, Inputs, ResourceAdapter } from "./adapter";
import { genericDiff } from "./diff";
import { KeycloakApi } from "./keycloak-api";
import type { PropertyTable } from "./property-table";
import { isObject } from "./values";

/** One resource type of the realm. */
export interface RealmResource {
  readonly table: PropertyTable;
  /** Inputs that the stand-in knows; any other is refused. */
  readonly known: readonly string[];
  /** What a missing input means. */
  readonly defaults?: Inputs;
  /** Inputs that Keycloak fills in while they are missing. */
  readonly filled?: readonly string[];
  /** Inputs that count when it is made and never again. */
  readonly once?: readonly string[];
  readonly replaceOn: readonly string[];
  /** Problems beyond the table. */
  check?(inputs: Inputs): readonly CheckProblem[];
  /** The id, in the form that `pulumi import` takes, as properties; undefined when there is no such form. */
  place?(importId: string): { readonly id: string; readonly at: Inputs } | undefined;
  /** Makes it, and says its id. */
  create(inputs: Inputs, api: KeycloakApi): Promise<string>;
  /** Everything that Keycloak says of it; undefined when it is gone. `at` says at least where it is. */
  find(id: string, at: Inputs, api: KeycloakApi): Promise<Inputs | undefined>;
  update(id: string, old: Inputs, inputs: Inputs, api: KeycloakApi): Promise<void>;
  delete(id: string, state: Inputs, api: KeycloakApi): Promise<void>;
}

/** The adapter of such a resource. */
export function realmResource(resource: RealmResource): ResourceAdapter {
  const { table, defaults = {}, known, once = [] } = resource;
  const full = (inputs: Inputs): Inputs => ({ ...defaults, ...inputs });
  const found = async (id: string, at: Inputs, api: KeycloakApi): Promise<Inputs | undefined> => {
    const outputs = await resource.find(id, at, api);
    return outputs && { ...pick(at, once), ...sorted(outputs) };
  };
  const mustFind = async (id: string, inputs: Inputs, api: KeycloakApi): Promise<Inputs> => {
    const state = await found(id, inputs, api);
    if (state === undefined) throw new Error(`${id} is gone right after it was written`);
    return state;
  };
  return {
    inputs: table,
    check: (inputs) => ({ inputs, failures: [...refused(inputs, known), ...(resource.check?.(inputs) ?? [])] }),
    diff: (_id, _oldInputs, state, inputs) => difference(resource, state, inputs),
    create: async (inputs, ctx) => {
      const api = new KeycloakApi(ctx);
      const id = await resource.create(full(inputs), api);
      return { id, state: await mustFind(id, full(inputs), api) };
    },
    read: async (given, state, ctx) => {
      const imported = Object.keys(state).length === 0 ? resource.place?.(given) : undefined;
      const { id, at } = imported ?? { id: given, at: state };
      const current = await found(id, full(at), new KeycloakApi(ctx));
      return current && { id, state: current, inputs: inputsOf(resource, current) };
    },
    update: async (id, state, inputs, ctx) => {
      const api = new KeycloakApi(ctx);
      const kept = pick(state, [...(resource.filled ?? []), ...once]);
      await resource.update(id, state, { ...kept, ...full(inputs) }, api);
      return { state: await mustFind(id, { ...kept, ...full(inputs) }, api) };
    },
    delete: async (id, state, ctx: CallContext) => resource.delete(id, state, new KeycloakApi(ctx)),
  };
}

/** State against inputs: a missing input is its default, and means nothing where Keycloak fills it in. */
function difference({ known, defaults = {}, filled = [], once = [], replaceOn }: RealmResource, state: Inputs, inputs: Inputs): DiffResult {
  const compared = known.filter((name) => !once.includes(name) && !(filled.includes(name) && inputs[name] === undefined));
  const side = (values: Inputs): Inputs => withoutEmpty(sorted(pick({ ...defaults, ...values }, compared)));
  return genericDiff(side(state), side(inputs), { replaceOn });
}

/** What somebody would have written to get this. */
function inputsOf({ known, filled = [], table }: RealmResource, state: Inputs): Inputs {
  const secret = table.secretOutputs ?? [];
  return withoutEmpty(
    pick(
      state,
      known.filter((name) => !(filled.includes(name) && secret.includes(name))),
    ),
  );
}

function refused(inputs: Inputs, known: readonly string[]): readonly CheckProblem[] {
  return Object.keys(inputs)
    .filter((name) => !known.includes(name))
    .map((property) => ({ property, reason: `${property} is not in the lab` }));
}

const pick = (values: Inputs, names: readonly string[]): Inputs =>
  Object.fromEntries(names.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]] as const])));

/** Every list of the provider is a set: its order means nothing. */
const sorted = (values: Inputs): Inputs =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      Array.isArray(value) ? [...value].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)) : value,
    ]),
  );

const keyOf = (item: unknown): string => (typeof item === "symbol" ? "" : JSON.stringify(item));

/** To the provider an empty text, list or map is none. */
const withoutEmpty = (values: Inputs): Inputs => Object.fromEntries(Object.entries(values).filter(([, value]) => !isEmpty(value)));

const isEmpty = (value: unknown): boolean =>
  value === "" || (Array.isArray(value) && value.length === 0) || (isObject(value) && Object.keys(value).length === 0);

/** A text among inputs; empty when it is absent. */
export const textOf = (inputs: Inputs, name: string): string => {
  const value = inputs[name];
  return typeof value === "string" ? value : "";
};

/** A list of texts; empty when it is absent. */
export const textsOf = (inputs: Inputs, name: string): readonly string[] => {
  const value = inputs[name];
  return Array.isArray(value) ? value.map(String) : [];
};

/** The base path of the realm that these properties name. */
export const realmPath = (inputs: Inputs): string => `/realms/${textOf(inputs, "realmId")}`;

/** `realm/id`, the import format of most types. */
export const realmAndId = (importId: string): { readonly id: string; readonly at: Inputs } => {
  const [realmId = "", id = ""] = importId.split("/");
  return { id, at: { realmId } };
};
