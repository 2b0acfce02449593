/** What a stack file in `test/fixtures/stacks` must lead to, written down apart from the code that plans it. */

/** One node, as the world and the cluster must show it. */
export interface ShapeNode {
  readonly role: "controlplane" | "worker";
  readonly host: string;
  /** InternalIP addresses of the Node object, IPv4 first. */
  readonly addresses: readonly string[];
  /** Labels of the Node object that the settings or the lack of workers lead to. */
  readonly labels?: Readonly<Record<string, string>>;
  /** `key=value:Effect`; a taint without a value is `key:Effect`. */
  readonly taints?: readonly string[];
}

/** One shape of a cluster. */
export interface Shape {
  /** Name of the stack, of the cluster and of the tunnel. */
  readonly stack: string;
  readonly nodes: Readonly<Record<string, ShapeNode>>;
  /** Absent: the endpoint is the first control plane's own address. */
  readonly vip?: string;
  readonly edge: "tunnel" | "none";
  /** Hosts that fetch an image, one entry per download, sorted. */
  readonly downloads: readonly string[];
  /** Number of distinct customizations. */
  readonly schematics: number;
  /** CIDRs of the load-balancer pool. */
  readonly pool: readonly string[];
  readonly announcedBy: "l2" | "bgp";
}

/** Names of the nodes of a role, sorted. */
export function namesOf(shape: Shape, role: ShapeNode["role"]): readonly string[] {
  return Object.keys(shape.nodes)
    .filter((name) => shape.nodes[name]?.role === role)
    .sort();
}
