import { formatAddress, parseAddress } from "../cidr";
import {
  compareVersions,
  CILIUM,
  inMinors,
  minorOf,
  OLDEST_CONTRACT,
  parseVersion,
  TALOS_KUBERNETES,
  type Version,
} from "../compatibility";
import { nearest } from "../nearest";
import type { Path } from "../path";
import { problem } from "../problem";
import type { Candidate } from "../candidate";
import { repeated, type Rule } from "./rule";

const KINDS = ["versions", "installed"] as const;

/** The pairs of versions that are written, parsed. */
function pairs({ written }: Candidate): readonly { readonly path: Path; readonly talos?: Version; readonly kubernetes?: Version }[] {
  return KINDS.flatMap((kind) => {
    const pair = written.cluster?.[kind];
    if (pair === undefined) return [];
    return [{ path: ["cluster", kind], talos: parseVersion(pair.talos ?? ""), kubernetes: parseVersion(pair.kubernetes ?? "") }];
  });
}

function newest(): string {
  return Object.keys(TALOS_KUBERNETES).at(-1) ?? "";
}

export const clusterRules: readonly Rule[] = [
  {
    id: "cluster.domains-unique",
    says: "Each domain is named once.",
    check: ({ written }) =>
      repeated(
        (written.cluster?.domains ?? []).map((domain, index) => ({ domain, index })),
        ({ domain }) => domain,
      ).map(({ item, earlier }) =>
        problem("cluster.domains-unique", ["cluster", "domains", item.index], "is named twice", "remove one of them", [
          ["cluster", "domains", earlier.index],
        ]),
      ),
  },
  {
    id: "cluster.endpoint",
    says: "The endpoint is the VIP, a DNS name or, with one control plane, that node's address; with several control planes and no VIP it must be given.",
    check: ({ written, network, nodes, controlPlanes, endpoint, broken }) => {
      const path: Path = ["cluster", "endpoint"];
      const given = written.cluster?.endpoint;
      if (broken(path) || broken(["network", "vip"]) || nodes.some(({ role, address }) => role === undefined || address.ipv4 === undefined))
        return [];
      if (given === undefined) {
        if (endpoint !== undefined || controlPlanes.length < 2) return [];
        return [
          problem(
            "cluster.endpoint",
            path,
            "is missing, and there is no VIP",
            "set network.vip, or a DNS name that points at every control plane",
            [["network", "vip"], ["nodes"]],
          ),
        ];
      }
      const address = parseAddress(given);
      if (address === undefined) {
        const named = given.includes(".")
          ? []
          : [problem("cluster.endpoint", path, "is a bare name, which clients elsewhere do not resolve", "write the whole DNS name")];
        return named;
      }
      const allowed = [network.vip?.value, controlPlanes.length === 1 ? controlPlanes[0]?.address.ipv4?.value : undefined].flatMap(
        (each) => (each === undefined ? [] : [formatAddress(each)]),
      );
      if (allowed.includes(formatAddress(address))) return [];
      const fix = allowed.length > 0 ? `write ${allowed.join(" or ")}, or a DNS name` : "set network.vip to it, or write a DNS name";
      return [problem("cluster.endpoint", path, "is an address that no control plane answers at", fix, [["network", "vip"], ["nodes"]])];
    },
  },
  {
    id: "cluster.schedulable",
    says: "There is a node that workloads may run on.",
    check: ({ written, nodes }) =>
      written.cluster?.scheduleOnControlPlanes === false && nodes.length > 0 && nodes.every(({ role }) => role === "controlplane")
        ? [
            problem(
              "cluster.schedulable",
              ["cluster", "scheduleOnControlPlanes"],
              "leaves no node for workloads, since there are no workers",
              "set it to true, or add a worker",
              [["nodes"]],
            ),
          ]
        : [],
  },
];

export const versionRules: readonly Rule[] = [
  {
    id: "versions.talos-known",
    says: `Talos is of a minor that this Hearth knows (${Object.keys(TALOS_KUBERNETES).join(", ")}).`,
    check: (candidate) =>
      pairs(candidate).flatMap(({ path, talos }) => {
        if (talos === undefined || TALOS_KUBERNETES[minorOf(talos)] !== undefined) return [];
        const fix = `use ${nearest(minorOf(talos), Object.keys(TALOS_KUBERNETES)) ?? newest()}.x, or a Hearth that knows Talos ${minorOf(talos)}`;
        return [problem("versions.talos-known", [...path, "talos"], "is of a Talos minor that this Hearth does not know", fix)];
      }),
  },
  {
    id: "versions.kubernetes-for-talos",
    says: "Kubernetes is of a minor that this Talos runs.",
    check: (candidate) =>
      pairs(candidate).flatMap(({ path, talos, kubernetes }) => {
        const range = talos && TALOS_KUBERNETES[minorOf(talos)];
        if (talos === undefined || range === undefined || kubernetes === undefined || inMinors(kubernetes, range)) return [];
        return [
          problem(
            "versions.kubernetes-for-talos",
            [...path, "kubernetes"],
            `does not run on Talos ${minorOf(talos)}`,
            `use 1.${range[0]} to 1.${range[1]}, or another Talos`,
            [[...path, "talos"]],
          ),
        ];
      }),
  },
  {
    id: "versions.kubernetes-for-cilium",
    says: `Kubernetes is of a minor that Cilium ${CILIUM.version} is tested with (1.${CILIUM.kubernetes[0]} to 1.${CILIUM.kubernetes[1]}).`,
    check: (candidate) =>
      pairs(candidate).flatMap(({ path, kubernetes }) =>
        kubernetes === undefined || inMinors(kubernetes, CILIUM.kubernetes)
          ? []
          : [
              problem(
                "versions.kubernetes-for-cilium",
                [...path, "kubernetes"],
                `is not tested with Cilium ${CILIUM.version}`,
                `use 1.${CILIUM.kubernetes[0]} to 1.${CILIUM.kubernetes[1]}`,
              ),
            ],
      ),
  },
  {
    id: "versions.installed-first",
    says: "What is installed is not newer than what is wanted.",
    check: (candidate) => {
      const [wanted, installed] = KINDS.map((kind) => pairs(candidate).find(({ path }) => path[1] === kind));
      return (["talos", "kubernetes"] as const).flatMap((what) => {
        const [goal, fact] = [wanted?.[what], installed?.[what]];
        if (goal === undefined || fact === undefined || compareVersions(fact, goal) <= 0) return [];
        return [
          problem(
            "versions.installed-first",
            ["cluster", "installed", what],
            "is newer than what `versions` asks for",
            "raise `versions` first: going back is not supported",
            [["cluster", "versions", what]],
          ),
        ];
      });
    },
  },
  {
    id: "versions.contract",
    says: `The contract is not older than ${OLDEST_CONTRACT} and not newer than the installed Talos.`,
    check: (candidate) => {
      const contract = parseVersion(`${(candidate.written.cluster?.contract ?? "").slice(1)}.0`);
      const oldest = parseVersion(`${OLDEST_CONTRACT.slice(1)}.0`);
      const path: Path = ["cluster", "contract"];
      if (contract === undefined || oldest === undefined) return [];
      if (compareVersions(contract, oldest) < 0)
        return [
          problem(
            "versions.contract",
            path,
            `is older than ${OLDEST_CONTRACT}, the oldest that Hearth writes configs for`,
            `use ${OLDEST_CONTRACT} or later`,
          ),
        ];
      return pairs(candidate)
        .filter(({ talos }) => talos !== undefined && compareVersions({ ...talos, patch: 0 }, contract) < 0)
        .slice(0, 1)
        .map((pair) =>
          problem("versions.contract", path, "is newer than Talos itself", "use the minor that the cluster was born with", [
            [...pair.path, "talos"],
          ]),
        );
    },
  },
];
