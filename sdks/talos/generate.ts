/**
 * Writes this SDK from `schema.json` and `descriptions.ts`: `npx tsx sdks/talos/generate.ts`.
 * A test holds the committed files against what this makes.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as prettier from "prettier";
import { parse } from "yaml";
import { propertyDescriptions, typeDescriptions } from "./descriptions";

interface TypeSpec {
  readonly type?: "string" | "boolean" | "integer" | "number" | "array";
  readonly items?: TypeSpec;
  readonly $ref?: string;
  readonly secret?: boolean;
}

type Properties = Readonly<Record<string, TypeSpec>>;

interface ObjectSpec {
  readonly properties: Properties;
  readonly required: readonly string[];
}

interface ResourceSpec extends ObjectSpec {
  readonly inputProperties: Properties;
  readonly requiredInputs: readonly string[];
}

interface Schema {
  readonly types: Readonly<Record<string, ObjectSpec>>;
  readonly provider: { readonly inputProperties: Properties };
  readonly resources: Readonly<Record<string, ResourceSpec>>;
  readonly functions: Readonly<Record<string, { readonly inputs: ObjectSpec; readonly outputs: ObjectSpec }>>;
}

/** How a type is written: with inputs inside, as a plain argument of a function, or as a result. */
type Form = "input" | "plain" | "output";

const header = "// Generated from schema.json by generate.ts. Change those, never this file.\n";
const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const kebab = (text: string): string => text.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replace(/^-/, "");
const doc = (text: string): string => `/** ${text} */\n`;
const list = (names: readonly string[]): string => `[${names.map((name) => JSON.stringify(name)).join(", ")}]`;

interface Token {
  /** Module as the schema writes it, `imageFactory`. */
  readonly module: string;
  /** Folder and namespace, lower case as in the official SDK, `imagefactory`. */
  readonly namespace: string;
  readonly name: string;
}

function parseToken(token: string): Token {
  const [, path = "", name = ""] = token.split(":");
  const module = path.split("/")[0] ?? "";
  return { module, namespace: module.toLowerCase(), name };
}

/** The schema writes references both as `#/types/` and as `#types/`. */
const refToken = (ref: string): string => ref.replace(/^#\/?types\//, "");

function propertyDoc(owner: string, name: string): string {
  const text = propertyDescriptions[`${owner}.${name}`] ?? propertyDescriptions[name];
  if (text === undefined) throw new Error(`descriptions.ts says nothing about ${owner}.${name}`);
  return doc(text);
}

function typeDoc(key: string): string {
  const text = typeDescriptions[key];
  if (text === undefined) throw new Error(`descriptions.ts says nothing about ${key}`);
  return doc(text);
}

class Generator {
  private readonly used = { input: new Set<string>(), plain: new Set<string>(), output: new Set<string>() };

  constructor(private readonly schema: Schema) {
    for (const resource of Object.values(schema.resources)) {
      this.visit(resource.inputProperties, "input");
      this.visit(resource.properties, "input");
      this.visit(resource.properties, "output");
    }
    for (const { inputs, outputs } of Object.values(schema.functions)) {
      this.visit(inputs.properties, "input");
      this.visit(inputs.properties, "plain");
      this.visit(outputs.properties, "output");
    }
  }

  /** Every file of the SDK: path relative to `sdks/talos` -> unformatted source. */
  files(): Map<string, string> {
    const files = new Map<string, string>();
    const exported = new Map<string, { file: string; resource?: { name: string; token: string } }[]>();
    const add = (token: string, kind: "resource" | "function", source: string): void => {
      const { namespace, name } = parseToken(token);
      const file = kebab(name);
      files.set(`${namespace}/${file}.ts`, source);
      exported.set(namespace, [...(exported.get(namespace) ?? []), kind === "resource" ? { file, resource: { name, token } } : { file }]);
    };
    for (const [token, spec] of Object.entries(this.schema.resources)) add(token, "resource", this.resource(token, spec));
    for (const [token, spec] of Object.entries(this.schema.functions)) add(token, "function", this.invoke(token, spec));
    for (const [namespace, entries] of exported) files.set(`${namespace}/index.ts`, this.moduleIndex(entries));
    files.set("types/input.ts", this.inputTypes());
    files.set("types/output.ts", this.types(["output"]));
    files.set("types/index.ts", 'import * as input from "./input";\nimport * as output from "./output";\n\nexport { input, output };\n');
    files.set("provider.ts", this.provider());
    files.set("index.ts", this.index([...exported.keys()].sort()));
    return files;
  }

  private visit(properties: Properties, form: Form): void {
    for (const spec of Object.values(properties)) {
      const ref = spec.$ref ?? spec.items?.$ref;
      if (ref === undefined || this.used[form].has(refToken(ref))) continue;
      this.used[form].add(refToken(ref));
      this.visit(this.object(refToken(ref)).properties, form);
    }
  }

  private object(token: string): ObjectSpec {
    const spec = this.schema.types[token];
    if (spec === undefined) throw new Error(`the schema refers to ${token}, which it does not define`);
    return spec;
  }

  private holdsSecret(spec: TypeSpec): boolean {
    if (spec.secret === true) return true;
    if (spec.items !== undefined) return this.holdsSecret(spec.items);
    return spec.$ref !== undefined && Object.values(this.object(refToken(spec.$ref)).properties).some((inner) => this.holdsSecret(inner));
  }

  private secretsOf(properties: Properties): string[] {
    return Object.entries(properties)
      .filter(([, spec]) => this.holdsSecret(spec))
      .map(([name]) => name);
  }

  /** A type that functions take has two forms; the one with inputs inside is then called `...Args`, as in official SDKs. */
  private typeName(token: string, form: Form): string {
    const name = upperFirst(parseToken(token).name);
    return form === "input" && this.used.plain.has(token) ? `${name}Args` : name;
  }

  private write(spec: TypeSpec, form: Form, local?: string): string {
    if (spec.$ref !== undefined) {
      const token = refToken(spec.$ref);
      const root = local ?? (form === "output" ? "outputs" : "inputs");
      return `${root}${root === "" ? "" : "."}${parseToken(token).namespace}.${this.typeName(token, form)}`;
    }
    if (spec.type === "array" && spec.items !== undefined) {
      const item = this.write(spec.items, form, local);
      return form === "input" ? `pulumi.Input<${item}>[]` : `${item}[]`;
    }
    return spec.type === "integer" ? "number" : (spec.type ?? "unknown");
  }

  private field(owner: string, name: string, spec: TypeSpec, form: Form, required: boolean, local?: string): string {
    const type = this.write(spec, form, local);
    const prefix = form === "output" ? "readonly " : "";
    return `${propertyDoc(owner, name)}${prefix}${name}${required ? "" : "?"}: ${form === "input" ? `pulumi.Input<${type}>` : type};`;
  }

  private fields(owner: string, properties: Properties, required: readonly string[], form: Form, local?: string): string {
    return Object.entries(properties)
      .map(([name, spec]) => this.field(owner, name, spec, form, required.includes(name), local))
      .join("\n");
  }

  private types(forms: readonly Form[]): string {
    const byNamespace = new Map<string, string[]>();
    for (const token of Object.keys(this.schema.types).sort()) {
      for (const form of forms.filter((candidate) => this.used[candidate].has(token))) {
        const { namespace } = parseToken(token);
        const spec = this.object(token);
        const name = this.typeName(token, form);
        const text = `${doc(this.objectDoc(token, form))}export interface ${name} {\n${this.fields(name, spec.properties, spec.required, form, "")}\n}`;
        byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), text]);
      }
    }
    return [...byNamespace].map(([namespace, texts]) => `export namespace ${namespace} {\n${texts.join("\n\n")}\n}`).join("\n\n") + "\n";
  }

  private inputTypes(): string {
    return `import * as pulumi from "@pulumi/pulumi";\n\n${this.types(["plain", "input"])}`;
  }

  private objectDoc(token: string, form: Form): string {
    const words = kebab(parseToken(token).name.replace(/^get/, "").replace(/Wo$/, "WriteOnly").replace(/(\d)s/g, "$1-s")).replaceAll(
      "-",
      " ",
    );
    return `${upperFirst(words)}${form === "plain" ? ", with plain values" : form === "input" ? ", with inputs" : ", as it comes back"}.`;
  }

  private imports(body: string): string {
    const lines = ['import * as pulumi from "@pulumi/pulumi";'];
    if (body.includes("inputs.")) lines.push('import type * as inputs from "../types/input";');
    if (body.includes("outputs.")) lines.push('import type * as outputs from "../types/output";');
    lines.push('import * as utilities from "../utilities";');
    return `${lines.join("\n")}\n\n`;
  }

  private resource(token: string, spec: ResourceSpec): string {
    const { name } = parseToken(token);
    const all = { ...spec.properties, ...spec.inputProperties };
    const outputs = Object.entries(spec.properties)
      .map(([property, type]) => {
        const written = this.write(type, "output");
        return `${propertyDoc(name, property)}declare readonly ${property}: pulumi.Output<${written}${spec.required.includes(property) ? "" : " | undefined"}>;`;
      })
      .join("\n");
    const optional = spec.requiredInputs.length === 0 ? "?" : "";
    const body = `const shape: utilities.ResourceShape = {
  inputs: ${list(Object.keys(spec.inputProperties))},
  required: ${list(spec.requiredInputs)},
  outputs: ${list(Object.keys(spec.properties))},
  secrets: ${list(this.secretsOf(all))},
};

${typeDoc(name)}export class ${name} extends pulumi.CustomResource {
/** @internal */
static readonly __pulumiType = "${token}";

/** The existing resource with this id, with what is known of its state. */
static get(name: string, id: pulumi.Input<pulumi.ID>, state?: ${name}State, opts?: pulumi.CustomResourceOptions): ${name} {
  return new ${name}(name, state, { ...opts, id });
}

/** Whether a value is such a resource, also when several copies of the SDK are loaded. */
static override isInstance(value: unknown): value is ${name} {
  return typeof value === "object" && value !== null && "__pulumiType" in value && value.__pulumiType === ${name}.__pulumiType;
}

${outputs}

constructor(name: string, args${optional}: ${name}Args, opts?: pulumi.CustomResourceOptions);
/** A resource that exists already: use \`${name}.get\`. */
constructor(name: string, state: ${name}State | undefined, opts: utilities.ExistingResourceOptions);
constructor(name: string, argsOrState?: ${name}Args | ${name}State, opts?: pulumi.CustomResourceOptions) {
  super(${name}.__pulumiType, name, utilities.resourceInputs(argsOrState, opts, shape), utilities.resourceOptions(opts, ${list(this.secretsOf(spec.properties))}));
}
}

/** What is known of an existing ${name}. */
export interface ${name}State {
${this.fields(name, spec.properties, [], "input")}
}

/** What a ${name} is made from. */
export interface ${name}Args {
${this.fields(name, spec.inputProperties, spec.requiredInputs, "input")}
}
`;
    return this.imports(body) + body;
  }

  private invoke(token: string, spec: { readonly inputs: ObjectSpec; readonly outputs: ObjectSpec }): string {
    const { module, name } = parseToken(token);
    const upper = upperFirst(name);
    const names = list(Object.keys(spec.inputs.properties));
    const fallback = spec.inputs.required.length === 0 ? " = {}" : "";
    const call = (kind: "invoke" | "invokeOutput"): string =>
      `pulumi.runtime.${kind}${kind === "invokeOutput" ? `<${upper}Result>` : ""}("${token}", utilities.invokeArguments(args, argumentNames), utilities.invokeOptions(opts))`;
    const secret = this.secretsOf(spec.outputs.properties).length > 0;
    const body = `const argumentNames = ${names};

${typeDoc(`${module}.${name}`)}export function ${name}(args: ${upper}Args${fallback}, opts?: pulumi.InvokeOptions): Promise<${upper}Result> {
  return ${call("invoke")};
}

${doc(`\`${name}\` for arguments that are not known yet.${secret ? " The whole result is secret." : ""}`)}export function ${name}Output(args: ${upper}OutputArgs${fallback}, opts?: pulumi.InvokeOutputOptions): pulumi.Output<${upper}Result> {
  return ${secret ? `pulumi.secret(${call("invokeOutput")})` : call("invokeOutput")};
}

/** Arguments of \`${name}\`. */
export interface ${upper}Args {
${this.fields(name, spec.inputs.properties, spec.inputs.required, "plain")}
}

/** Arguments of \`${name}Output\`. */
export interface ${upper}OutputArgs {
${this.fields(name, spec.inputs.properties, spec.inputs.required, "input")}
}

/** Result of \`${name}\`. */
export interface ${upper}Result {
${this.fields(name, spec.outputs.properties, spec.outputs.required, "output")}
}
`;
    return this.imports(body) + body;
  }

  private moduleIndex(entries: readonly { file: string; resource?: { name: string; token: string } }[]): string {
    const exportsText = entries.map(({ file }) => `export * from "./${file}";`).join("\n");
    const resources = entries.flatMap(({ file, resource }) => (resource === undefined ? [] : [{ file, ...resource }]));
    if (resources.length === 0) return `${exportsText}\n`;
    const imports = resources.map(({ file, name }) => `import { ${name} } from "./${file}";`).join("\n");
    const cases = resources.map(({ name, token }) => `case "${token}":\nreturn new ${name}(name, undefined, { urn });`).join("\n");
    const registered = resources
      .map(({ token }) => `pulumi.runtime.registerResourceModule("talos", "${token.split(":")[1]}", rehydration);`)
      .join("\n");
    return `import * as pulumi from "@pulumi/pulumi";
import * as utilities from "../utilities";
${imports}

${exportsText}

const rehydration = {
  version: utilities.getVersion(),
  construct: (name: string, type: string, urn: string): pulumi.Resource => {
    switch (type) {
      ${cases}
      default:
        throw new Error(\`unknown resource type \${type}\`);
    }
  },
};
${registered}
`;
  }

  private provider(): string {
    const { inputProperties } = this.schema.provider;
    const outputs = Object.entries(inputProperties)
      .map(
        ([name, spec]) =>
          `${propertyDoc("Provider", name)}declare readonly ${name}: pulumi.Output<${this.write(spec, "output")} | undefined>;`,
      )
      .join("\n");
    return `import * as pulumi from "@pulumi/pulumi";
import * as utilities from "./utilities";

${typeDoc("Provider")}export class Provider extends pulumi.ProviderResource {
/** @internal */
static readonly __pulumiType = "talos";

/** Whether a value is such a provider, also when several copies of the SDK are loaded. */
static override isInstance(value: unknown): value is Provider {
  return typeof value === "object" && value !== null && "__pulumiType" in value && value.__pulumiType === "pulumi:providers:talos";
}

${outputs}

constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.ResourceOptions) {
  super(Provider.__pulumiType, name, utilities.invokeArguments(args, ${list(Object.keys(inputProperties))}), utilities.resourceOptions(opts, []));
}
}

/** Configuration of the provider. */
export interface ProviderArgs {
${this.fields("Provider", inputProperties, [], "input")}
}
`;
  }

  private index(namespaces: readonly string[]): string {
    const imports = namespaces.map((name) => `import * as ${name} from "./${name}";`).join("\n");
    return `import * as pulumi from "@pulumi/pulumi";
${imports}
import { Provider } from "./provider";
import * as types from "./types";
import * as utilities from "./utilities";

export * from "./provider";
export { ${[...namespaces, "types"].join(", ")} };

pulumi.runtime.registerResourcePackage("talos", {
  version: utilities.getVersion(),
  constructProvider: (name: string, type: string, urn: string): pulumi.ProviderResource => {
    if (type !== "pulumi:providers:talos") throw new Error(\`unknown provider type \${type}\`);
    return new Provider(name, undefined, { urn });
  },
});
`;
  }
}

/** Every generated file, formatted: path relative to `sdks/talos` -> content. */
export async function generatedFiles(): Promise<Map<string, string>> {
  const schema: Schema = parse(readFileSync(join(__dirname, "schema.json"), "utf8"));
  const formatted = new Map<string, string>();
  for (const [path, source] of new Generator(schema).files()) {
    const file = join(__dirname, path);
    const options = (await prettier.resolveConfig(file)) ?? { printWidth: 140 };
    formatted.set(path, await prettier.format(header + source, { ...options, filepath: file }));
  }
  return formatted;
}

async function main(): Promise<void> {
  for (const [path, content] of await generatedFiles()) {
    mkdirSync(dirname(join(__dirname, path)), { recursive: true });
    writeFileSync(join(__dirname, path), content);
  }
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
