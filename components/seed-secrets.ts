import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { NamespaceSpec } from "../platform/plan";
import type { SecretSource, SecretSpec } from "../platform/kit/secrets";
import { Phase } from "./component";
import { asSecret } from "./secret";
import { generated, generatedAgeIdentity } from "./secrets/generate";

export interface SeedSecretsArgs {
  readonly namespaces: readonly NamespaceSpec[];
  readonly secrets: readonly SecretSpec[];
  /** Token of the tunnel's connector; absent without an edge. */
  readonly tunnelToken?: pulumi.Output<string>;
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
      { metadata: { name: spec.name, namespace: spec.namespace }, type: spec.type, data: pulumi.secret(Object.fromEntries(data)) },
      this.child({ deletedWith, dependsOn: namespace === undefined ? [] : [namespace] }),
    );
  }

  private textOf(name: string, source: SecretSource, { tunnelToken }: SeedSecretsArgs): pulumi.Output<string> {
    switch (source.from) {
      case "given":
        return asSecret(source.value);
      case "generated":
        return generated(name, source, this.child());
      case "age-identity":
        return (this.age ??= generatedAgeIdentity("age-identity", this.child()));
      case "plain":
        return pulumi.output(source.value);
      case "tunnel-token":
        if (tunnelToken === undefined) throw new Error(`${name} asks for the tunnel's token, and there is no edge`); // a rule of config/
        return tunnelToken;
    }
  }
}

/** Labels of Pod Security admission: what is enforced is also what is warned about. */
function podSecurityLabels(level: string): Record<string, string> {
  return Object.fromEntries(["enforce", "audit", "warn"].map((mode) => [`pod-security.kubernetes.io/${mode}`, level]));
}
