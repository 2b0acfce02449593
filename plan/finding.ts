/** What the policy pack, or a rule of this folder, has against a change. */
export interface PolicyFinding {
  /** Name of the policy or rule. */
  readonly rule: string;
  /** `mandatory` keeps the change from going in. */
  readonly level: "mandatory" | "advisory";
  /** What it is about: a resource, a node, a setting. Never a secret value. */
  readonly subject: string;
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string;
}
