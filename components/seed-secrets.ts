import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { NamespaceSpec } from "../platform/plan";
import { podSecurityLabels } from "../platform/pod-security";
import type { SecretSource, SecretSpec } from "../platform/kit/secrets";
import { Phase } from "./component";
import { asSecret } from "./secret";
import { generated, generatedAgeIdentity } from "./secrets/generate";

export interface SeedSecretsArgs {
  readonly namespaces: readonly NamespaceSpec[];
  readonly secrets: readonly SecretSpec[];
  /** Token of the tunnel's connector; absent without an edge. */
  readonly tunnelToken?: pulumi.Output<string>;
  /** API tokens of the users that the program made in Proxmox, by `<cluster>/<user>`; only those that Secrets name. */
  readonly proxmoxTokens?: ReadonlyMap<string, ProxmoxToken>;
}

/** An API token of Proxmox, in the two parts that its clients want. */
export interface ProxmoxToken {
  /** `user@realm!name`. */
  readonly id: pulumi.Output<string>;
  readonly secret: pulumi.Output<string>;
}

/**
 * Makes every namespace of the platform and the Secrets that its apps name, from the settings or generated once.
 * Makes nothing that an app did not ask for. Namespaces stay when an app goes: they may hold data.
 */
export class SeedSecrets extends Phase {
  readonly namespaces: ReadonlyMap<string, kubernetes.core.v1.Namespace>;
  readonly secrets: readonly kubernetes.core.v1.Secret[];
  private age: pulumi.Output<string> | undefined;
  private readonly texts = new Map<string, pulumi.Output<string>>();
  private readonly shared = new Map<string, pulumi.Output<string>>();

  constructor(name: string, args: SeedSecretsArgs, options: pulumi.ComponentResourceOptions) {
    super("SeedSecrets", name, options);
    const { deletedWith } = options;
    this.namespaces = new Map(args.namespaces.map((plan) => [plan.name, this.makeNamespace(plan, deletedWith)]));
    this.secrets = args.secrets.map((spec) => this.makeSecret(spec, args, deletedWith));
    this.registerOutputs({});
  }

  /** Text of one key of a seeded Secret, as a secret. @throws Error when no app asked for it. */
  text(namespace: string, secret: string, key: string): pulumi.Output<string> {
    const text = this.texts.get(`${namespace}/${secret}/${key}`);
    if (text === undefined) throw new Error(`nothing seeds ${namespace}/${secret}, key ${key}`);
    return text;
  }

  private makeNamespace({ name, podSecurity }: NamespaceSpec, deletedWith: pulumi.Resource | undefined): kubernetes.core.v1.Namespace {
    return new kubernetes.core.v1.Namespace(
      `namespace/${name}`,
      { metadata: { name, ...(podSecurity === undefined ? {} : { labels: podSecurityLabels(podSecurity) }) } },
      this.child({ deletedWith, retainOnDelete: true }),
    );
  }

  private makeSecret(spec: SecretSpec, args: SeedSecretsArgs, deletedWith: pulumi.Resource | undefined): kubernetes.core.v1.Secret {
    const path = `${spec.namespace}/${spec.name}`;
    const namespace = this.namespaces.get(spec.namespace);
    const data = Object.entries(spec.data).map(([key, source]): [string, pulumi.Output<string>] => {
      const text = this.textOf(`${path}/${key}`, source, args);
      this.texts.set(`${path}/${key}`, text);
      return [key, text.apply((plain) => Buffer.from(plain).toString("base64"))];
    });
    return new kubernetes.core.v1.Secret(
      `secret/${path}`,
      {
        metadata: { name: spec.name, namespace: spec.namespace, ...(Object.keys(spec.labels).length === 0 ? {} : { labels: spec.labels }) },
        type: spec.type,
        data: pulumi.secret(Object.fromEntries(data)),
      },
      this.child({ deletedWith, dependsOn: namespace === undefined ? [] : [namespace] }),
    );
  }

  private textOf(name: string, source: SecretSource, args: SeedSecretsArgs): pulumi.Output<string> {
    switch (source.from) {
      case "given":
        return asSecret(source.value);
      case "generated":
        return source.shared === undefined ? generated(name, source, this.child()) : this.sharedText(source.shared, source);
      case "age-identity":
        return (this.age ??= generatedAgeIdentity("age-identity", this.child()));
      case "plain":
        return pulumi.output(source.value);
      case "joined":
        return pulumi.all(source.parts.map((part, index) => this.textOf(`${name}/${index}`, part, args))).apply((parts) => parts.join(""));
      case "tunnel-token":
        if (args.tunnelToken === undefined) throw new Error(`${name} asks for the tunnel's token, and there is no edge`); // a rule of config/
        return args.tunnelToken;
      case "proxmox-token": {
        const token = args.proxmoxTokens?.get(`${source.proxmox}/${source.user}`);
        if (token === undefined) throw new Error(`${name} asks for the token of ${source.user} in ${source.proxmox}, and nobody made it`);
        return token[source.part];
      }
    }
  }

  /** One text for every key that names the id. */
  private sharedText(id: string, source: Extract<SecretSource, { from: "generated" }>): pulumi.Output<string> {
    const known = this.shared.get(id) ?? generated(`shared/${id}`, source, this.child());
    this.shared.set(id, known);
    return known;
  }
}
