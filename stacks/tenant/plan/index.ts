import type { KubeObject } from "../../../platform/kit/objects";
import type { NodeOutput } from "../../outputs";
import type { TenantSettings } from "../settings/settings";
import { type AdmissionPlan, admissionPlan } from "./admission";
import { limitsOf, namespaceOf, quotaOf } from "./fences";
import { type FluxPlan, fluxPlan } from "./flux";
import { gatewayPolicy, policiesOf } from "./network";
import { accountOf, type Binding, rightsIn } from "./rights";

/** One namespace of a tenant and what stands in it. */
export interface NamespacePlan {
  readonly name: string;
  readonly namespace: KubeObject;
  readonly quota: KubeObject;
  readonly limits: KubeObject;
  readonly policy: KubeObject;
  readonly role: KubeObject;
  readonly binding: Binding;
}

/** Every object of a tenant. */
export interface TenantPlan {
  readonly name: string;
  readonly home: string;
  /** Whether namespaces and their fences outlive their resources. */
  readonly data: "keep" | "delete";
  readonly namespaces: readonly NamespacePlan[];
  readonly admission: AdmissionPlan;
  readonly account: KubeObject;
  /** In the gateways' namespace; absent when they need not reach the tenant. */
  readonly gatewayPolicy?: KubeObject;
  readonly flux?: FluxPlan;
}

/** What will exist for a tenant. */
export function tenantPlan(tenant: TenantSettings, nodes: readonly NodeOutput[]): TenantPlan {
  const { name, home, data, git } = tenant;
  const policies = policiesOf(tenant, nodes);
  const fromGateways = gatewayPolicy(tenant);
  return {
    name,
    home,
    data,
    namespaces: tenant.namespaces.flatMap((each) => {
      const policy = policies.get(each.name);
      if (policy === undefined) return [];
      const fences = { namespace: namespaceOf(each, name), quota: quotaOf(each), limits: limitsOf(each), policy };
      return [{ name: each.name, ...fences, ...rightsIn(each.name, tenant) }];
    }),
    admission: admissionPlan(name),
    account: accountOf(tenant),
    ...(fromGateways === undefined ? {} : { gatewayPolicy: fromGateways }),
    ...(git === undefined ? {} : { flux: fluxPlan({ name, home, data }, git) }),
  };
}
