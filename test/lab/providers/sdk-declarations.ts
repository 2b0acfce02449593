/** Reads a typed SDK's declarations, so that property tables can be held against them. Syntax only: no type checker, hence fast. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";
import {
  anything,
  flag,
  listOf,
  mapOf,
  number,
  objectOf,
  text,
  type Properties,
  type Property,
} from "../../../lab/providers/property-table";

/** What an SDK declares for one resource or function. */
export interface Declared {
  readonly inputs: Properties;
  /** Output properties of a resource; empty for a function. */
  readonly outputs: readonly string[];
  /** Properties that the SDK marks secret. */
  readonly secretOutputs: readonly string[];
}

/** One SDK on disk. */
export class SdkDeclarations {
  private readonly files = new Map<string, ts.SourceFile>();

  /**
   * @param root folder of the package
   * @param spelling how file names are written: as in the token, or in kebab case
   */
  constructor(
    private readonly root: string,
    private readonly spelling: "camel" | "kebab" = "camel",
  ) {}

  /** Inputs of the provider itself. */
  provider(): Properties {
    return this.members(this.source("provider"), "ProviderArgs") ?? {};
  }

  /** What is declared for a type token such as `random:index/randomId:RandomId`. Throws when the SDK has no such file. */
  resource(token: string): Declared {
    const { file, name } = this.locate(token);
    const source = this.source(file);
    const declaration = source.statements.find(
      (node): node is ts.ClassDeclaration => ts.isClassDeclaration(node) && node.name?.text === name,
    );
    if (declaration === undefined) throw new Error(`${file} declares no class ${name}`);
    const properties = declaration.members.filter(ts.isPropertyDeclaration).filter((member) => !isStatic(member));
    return {
      inputs: this.members(source, `${name}Args`) ?? {},
      outputs: properties.map((member) => member.name.getText(source)),
      secretOutputs: this.secretOutputs(file),
    };
  }

  /** What is declared for a function token such as `cloudflare:index/getZone:getZone`. */
  function(token: string): Declared {
    const { file, name } = this.locate(token);
    const args = `${name.charAt(0).toUpperCase()}${name.slice(1)}Args`;
    return { inputs: this.members(this.source(file), args) ?? {}, outputs: [], secretOutputs: [] };
  }

  private locate(token: string): { file: string; name: string } {
    const [, module = "", name = ""] = token.split(":");
    const path = module.replace(/^index\//, "").split("/");
    const last = path.pop() ?? "";
    const folder = this.spelling === "kebab" ? path.map((part) => part.toLowerCase()) : path;
    return { file: [...folder, this.spelling === "kebab" ? kebab(last) : last].join("/"), name };
  }

  private path(file: string, endings: readonly string[]): string {
    const found = endings.map((ending) => join(this.root, `${file}${ending}`)).find(existsSync);
    if (found === undefined) throw new Error(`${this.root} has no ${file}`);
    return found;
  }

  private source(file: string): ts.SourceFile {
    const known = this.files.get(file);
    if (known !== undefined) return known;
    const path = this.path(file, [".d.ts", ".ts"]);
    const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2022, true);
    this.files.set(file, source);
    return source;
  }

  private secretOutputs(file: string): readonly string[] {
    const code = readFileSync(this.path(file, [".js", ".ts"]), "utf8");
    const list = /additionalSecretOutputs: (\[[^\]]*\])/.exec(code)?.[1] ?? /^\s+secrets: (\[[^\]]*\])/m.exec(code)?.[1] ?? "[]";
    return [...list.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? "");
  }

  private members(source: ts.SourceFile, name: string): Properties | undefined {
    const declaration = source.statements.filter(ts.isInterfaceDeclaration).find((node) => node.name.text === name);
    return declaration === undefined ? undefined : this.properties(declaration);
  }

  private properties(declaration: ts.InterfaceDeclaration): Properties {
    const members = declaration.members.filter(ts.isPropertySignature);
    return Object.fromEntries(
      members.map((member) => {
        if (member.type === undefined) throw new Error(`${member.getText()} has no type`);
        const isRequired = member.questionToken === undefined;
        return [member.name.getText().replace(/^"|"$/g, ""), { ...this.property(member.type), required: isRequired }];
      }),
    );
  }

  private property(node: ts.TypeNode): Property {
    switch (node.kind) {
      case ts.SyntaxKind.StringKeyword:
        return text;
      case ts.SyntaxKind.NumberKeyword:
        return number;
      case ts.SyntaxKind.BooleanKeyword:
        return flag;
      case ts.SyntaxKind.AnyKeyword:
        return anything;
    }
    if (ts.isParenthesizedTypeNode(node)) return this.property(node.type);
    if (ts.isTypeOperatorNode(node)) return this.property(node.type);
    if (ts.isArrayTypeNode(node)) return listOf(this.property(node.elementType));
    if (ts.isUnionTypeNode(node)) return this.union(node);
    if (ts.isTypeLiteralNode(node)) return this.map(node);
    if (ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal)) return text;
    if (ts.isTypeReferenceNode(node)) return this.reference(node);
    throw new Error(`a type that no table can say: ${node.getText()}`);
  }

  private union(node: ts.UnionTypeNode): Property {
    const defined = node.types.filter((type) => type.kind !== ts.SyntaxKind.UndefinedKeyword).map((type) => this.property(type));
    const kinds = new Set(defined.map(({ type }) => type.kind));
    if (kinds.size !== 1 || defined[0] === undefined) throw new Error(`a union that no table can say: ${node.getText()}`);
    return defined[0];
  }

  private map(node: ts.TypeLiteralNode): Property {
    const index = node.members.find(ts.isIndexSignatureDeclaration);
    if (index === undefined) throw new Error(`an anonymous object: ${node.getText()}`);
    return mapOf(this.property(index.type));
  }

  /** `pulumi.Input<T>` is T; `inputs.a.B` is an interface of `types/input`. */
  private reference(node: ts.TypeReferenceNode): Property {
    const [space = "", ...path] = node.typeName.getText().split(".");
    if (space === "pulumi" || space === "Record" || space === "ReadonlyArray") {
      const inner = node.typeArguments?.[node.typeArguments.length - 1];
      if (inner === undefined) throw new Error(`no argument: ${node.getText()}`);
      return space === "Record" ? mapOf(this.property(inner)) : space === "pulumi" ? this.property(inner) : listOf(this.property(inner));
    }
    const types = this.source("types/input");
    const isInside = node.getSourceFile() === types;
    if (space !== "inputs" && !isInside) throw new Error(`a type from elsewhere: ${node.getText()}`);
    return objectOf(this.properties(findInterface(types.statements, space === "inputs" ? path : [space, ...path])));
  }
}

function findInterface(statements: readonly ts.Statement[], path: readonly string[]): ts.InterfaceDeclaration {
  const [name = "", ...rest] = path;
  const inSpace = statements.filter(ts.isModuleDeclaration).filter((node) => node.name.text === name);
  const bodies = inSpace.flatMap(({ body }) => (body !== undefined && ts.isModuleBlock(body) ? [...body.statements] : []));
  if (rest.length > 0) return findInterface(bodies, rest);
  const found = statements.filter(ts.isInterfaceDeclaration).find((node) => node.name.text === name);
  if (found === undefined) throw new Error(`types/input declares no ${name}`);
  return found;
}

const isStatic = (member: ts.PropertyDeclaration): boolean =>
  member.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.StaticKeyword) ?? false;

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
