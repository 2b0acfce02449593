import type { KubeObject } from "../../../platform/kit/objects";
import { TENANT_LABEL } from "./fences";

/** What the API server refuses in a tenant's namespaces beside Pod Security and quotas. */
export interface AdmissionPlan {
  readonly policy: KubeObject;
  readonly binding: AdmissionBinding;
}

/** A ValidatingAdmissionPolicyBinding with what it says. */
interface AdmissionBinding extends KubeObject {
  readonly spec: {
    readonly policyName: string;
    readonly validationActions: string[];
    readonly matchResources: { readonly namespaceSelector: { readonly matchLabels: Readonly<Record<string, string>> } };
  };
}

/**
 * A Service with external IPs takes over what other namespaces send to these addresses (CVE-2020-8554), and neither a
 * right, a quota nor a network policy is about them.
 */
export function admissionPlan(tenant: string): AdmissionPlan {
  const metadata = { name: `tenant-${tenant}` };
  const apiVersion = "admissionregistration.k8s.io/v1";
  const services = { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: ["services"] };
  return {
    policy: {
      apiVersion,
      kind: "ValidatingAdmissionPolicy",
      metadata,
      spec: {
        failurePolicy: "Fail",
        matchConstraints: { resourceRules: [services] },
        validations: [
          {
            expression: "!has(object.spec.externalIPs) || size(object.spec.externalIPs) == 0",
            message: "a tenant's Service cannot have externalIPs: they would take over addresses that others call",
          },
        ],
      },
    },
    binding: {
      apiVersion,
      kind: "ValidatingAdmissionPolicyBinding",
      metadata,
      spec: {
        policyName: metadata.name,
        validationActions: ["Deny"],
        matchResources: { namespaceSelector: { matchLabels: { [TENANT_LABEL]: tenant } } },
      },
    },
  };
}
