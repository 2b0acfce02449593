import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { asSecret } from "../../../components/secret";
import type { KubeObject } from "../../../platform/kit/objects";
import type { NamespacePlan, TenantPlan } from "../plan";
import type { FluxPlan, SecretEntry } from "../plan/flux";

export interface TenantArgs {
  /** Holds a namespace back that is somebody else's. Absent: what is there is taken over. */
  readonly free?: (namespace: string) => pulumi.ResourceHook;
}

/** Where an object's making may wait for others, and how long it lives. */
type Options = Pick<pulumi.CustomResourceOptions, "dependsOn" | "retainOnDelete">;

/**
 * Makes everything of one tenant: its namespaces with their fences, its service account with its rights, and what Flux
 * syncs as it. Makes nothing that the tenant itself runs. The fences stand before anybody has rights behind them, and
 * on the way down the rights go first.
 */
export class Tenant extends pulumi.ComponentResource {
  constructor(plan: TenantPlan, { free }: TenantArgs, options: pulumi.ComponentResourceOptions) {
    super("hearth:tenant:Tenant", plan.name, {}, options);
    const namespaces = new Map(plan.namespaces.map((each) => [each.name, this.makeNamespace(each, plan, free)]));
    const fences = plan.namespaces.flatMap((each) => this.makeFences(each, plan, namespaces.get(each.name)));
    const account = this.makeAccount(plan, namespaces.get(plan.home));
    const admission = this.makeAdmission(plan);
    const rights = plan.namespaces.flatMap((each) => this.makeRights(each, [account, admission, ...fences]));
    if (plan.gatewayPolicy !== undefined) this.makeCustom(`gateways/${plan.name}`, plan.gatewayPolicy, {});
    if (plan.flux !== undefined) this.makeFlux(plan, plan.flux, rights);
    this.registerOutputs({});
  }

  private makeNamespace(
    { name, namespace: { metadata } }: NamespacePlan,
    { data }: TenantPlan,
    free: TenantArgs["free"],
  ): kubernetes.core.v1.Namespace {
    const hooks = free === undefined ? {} : { hooks: { beforeCreate: [free(name)] } };
    return new kubernetes.core.v1.Namespace(`namespace/${name}`, { metadata }, this.child({ retainOnDelete: data === "keep", ...hooks }));
  }

  private makeFences(
    { name, quota, limits, policy }: NamespacePlan,
    { data }: TenantPlan,
    namespace: pulumi.Resource | undefined,
  ): readonly pulumi.Resource[] {
    // Who stays in a kept namespace stays fenced.
    const options = { dependsOn: after(namespace), retainOnDelete: data === "keep" };
    return [
      new kubernetes.core.v1.ResourceQuota(`quota/${name}`, fields(quota), this.child(options)),
      new kubernetes.core.v1.LimitRange(`limits/${name}`, fields(limits), this.child(options)),
      this.makeCustom(`network/${name}`, policy, options),
    ];
  }

  private makeAdmission({ name, data, admission: { policy, binding } }: TenantPlan): pulumi.Resource {
    const { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } = kubernetes.admissionregistration.v1;
    const options = { retainOnDelete: data === "keep" };
    const { metadata, spec } = binding;
    const made = new ValidatingAdmissionPolicy(`admission/${name}`, fields(policy), this.child(options));
    return new ValidatingAdmissionPolicyBinding(`admission/${name}`, { metadata, spec }, this.child({ ...options, dependsOn: [made] }));
  }

  private makeAccount({ name, account }: TenantPlan, namespace: pulumi.Resource | undefined): kubernetes.core.v1.ServiceAccount {
    return new kubernetes.core.v1.ServiceAccount(`account/${name}`, fields(account), this.child({ dependsOn: after(namespace) }));
  }

  private makeRights(
    { name, role, binding: { metadata, roleRef, subjects } }: NamespacePlan,
    dependsOn: readonly pulumi.Resource[],
  ): readonly pulumi.Resource[] {
    const made = new kubernetes.rbac.v1.Role(`role/${name}`, fields(role), this.child({ dependsOn: [...dependsOn] }));
    return [
      made,
      new kubernetes.rbac.v1.RoleBinding(`binding/${name}`, { metadata, roleRef, subjects }, this.child({ dependsOn: [made] })),
    ];
  }

  /** Nobody waits for them to be Ready: a mistake in the tenant's repository is the tenant's. */
  private makeFlux({ name }: TenantPlan, { credentials, source, sync }: FluxPlan, rights: readonly pulumi.Resource[]): void {
    const secret = credentials === undefined ? [] : [this.makeSecret(name, credentials, rights)];
    const made = this.makeCustom(`source/${name}`, source, { dependsOn: [...rights, ...secret] });
    this.makeCustom(`sync/${name}`, sync, { dependsOn: [...rights, made] });
  }

  private makeSecret(
    tenant: string,
    { name, namespace, data }: NonNullable<FluxPlan["credentials"]>,
    dependsOn: readonly pulumi.Resource[],
  ): pulumi.Resource {
    const encoded = Object.entries(data).map(
      ([key, entry]) => [key, textOf(entry).apply((text) => Buffer.from(text).toString("base64"))] as const,
    );
    return new kubernetes.core.v1.Secret(
      `credentials/${tenant}`,
      { metadata: { name, namespace }, type: "Opaque", data: pulumi.secret(Object.fromEntries(encoded)) },
      this.child({ dependsOn: [...dependsOn] }),
    );
  }

  private makeCustom(name: string, object: KubeObject, options: Options): pulumi.Resource {
    return new kubernetes.apiextensions.CustomResource(name, object, this.child(options));
  }

  private child<T extends Options>(options: T): T & { readonly parent: pulumi.Resource } {
    return { ...options, parent: this };
  }
}

function after(resource: pulumi.Resource | undefined): pulumi.Resource[] {
  return resource === undefined ? [] : [resource];
}

/** What a typed resource takes: it knows its own version and kind. */
function fields({ apiVersion: _apiVersion, kind: _kind, ...rest }: KubeObject): Omit<KubeObject, "apiVersion" | "kind"> {
  return rest;
}

function textOf(entry: SecretEntry): pulumi.Output<string> {
  return typeof entry === "string" ? pulumi.output(entry) : asSecret(entry);
}
