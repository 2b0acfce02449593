import type { Candidate, CandidateHost, CandidateNode } from "../candidate";
import { suggestion } from "../nearest";
import type { Path } from "../path";
import { labelProblem } from "../node-labels";
import { problem, type Problem } from "../problem";
import { repeated, type Rule } from "./rule";

function hostOf({ proxmox }: Candidate, node: CandidateNode): CandidateHost | undefined {
  return proxmox.find(({ name }) => name === node.proxmox?.value)?.hosts.find(({ name }) => name === node.host?.value);
}

/** Nodes by the host that they are on, where that host is declared. */
function byHost(candidate: Candidate): readonly { readonly host: CandidateHost; readonly nodes: readonly CandidateNode[] }[] {
  const hosts = candidate.proxmox.flatMap((each) => each.hosts);
  return hosts.map((host) => ({ host, nodes: candidate.nodes.filter((node) => hostOf(candidate, node) === host) }));
}

/** What Talos asks for at least: docs.siderolabs.com, system requirements. */
const LEAST = { controlplane: { cores: 2, memoryMiB: 2048, diskGiB: 10 }, worker: { cores: 1, memoryMiB: 1024, diskGiB: 10 } } as const;

export const placementRules: readonly Rule[] = [
  {
    id: "nodes.control-planes-odd",
    says: "The number of control planes is odd, 1 included.",
    check: ({ controlPlanes, nodes, written }) => {
      if (controlPlanes.length % 2 === 1 || written.nodes === undefined || nodes.some(({ role }) => role === undefined)) return [];
      const message =
        controlPlanes.length === 0
          ? "has no control plane"
          : `has ${controlPlanes.length} control planes: etcd survives no more failures with them than with ${controlPlanes.length - 1}`;
      return [
        problem(
          "nodes.control-planes-odd",
          ["nodes"],
          message,
          "make it 1, 3 or 5",
          controlPlanes.map((node) => [...node.path, "role"]),
        ),
      ];
    },
  },
  {
    id: "nodes.proxmox-declared",
    says: "There is a Proxmox cluster or host, and a node names one of `proxmox`; where there are several it must.",
    check: ({ nodes, proxmox, written, broken }) => {
      const names = proxmox.map(({ name }) => name);
      if (names.length === 0 && (written.proxmox === undefined || broken(["proxmox"]))) return [];
      if (names.length === 0) return [problem("nodes.proxmox-declared", ["proxmox"], "names no Proxmox cluster or host", "add one")];
      return nodes.flatMap(({ path, proxmox: named }) => {
        if (named === undefined)
          return [
            problem(
              "nodes.proxmox-declared",
              [...path, "proxmox"],
              "is missing, and there are several",
              `write one of ${names.join(", ")}`,
              [["proxmox"]],
            ),
          ];
        if (names.includes(named.value)) return [];
        return [problem("nodes.proxmox-declared", named.path, "is not one of `proxmox`", suggestion(named.value, names), [["proxmox"]])];
      });
    },
  },
  {
    id: "nodes.host-declared",
    says: "A node's host is one of the hosts of its Proxmox cluster.",
    check: (candidate) =>
      candidate.nodes.flatMap((node) => {
        const owner = candidate.proxmox.find(({ name }) => name === node.proxmox?.value);
        if (owner === undefined || node.host === undefined || hostOf(candidate, node) !== undefined) return [];
        if (owner.hosts.length === 0 && candidate.broken([...owner.path, "hosts"])) return [];
        const names = owner.hosts.map(({ name }) => name);
        return [
          problem("nodes.host-declared", node.host.path, `is not a host of proxmox.${owner.name}`, suggestion(node.host.value, names), [
            [...owner.path, "hosts"],
            [...node.path, "proxmox"],
          ]),
        ];
      }),
  },
  {
    id: "nodes.datastore-declared",
    says: "A disk's datastore is declared for the node's host: its diskDatastore, one of its datastores, or a shared one.",
    check: (candidate) =>
      candidate.nodes.flatMap((node) => {
        const host = hostOf(candidate, node);
        const declared: readonly Path[] =
          host === undefined
            ? []
            : [
                [...host.path.slice(0, 2), "sharedDatastores"],
                [...host.path, "datastores"],
              ];
        if (host === undefined || declared.some(candidate.broken)) return [];
        return [node.systemDisk, ...node.dataDisks].flatMap(({ datastore }) =>
          datastore === undefined || host.datastores.includes(datastore.value)
            ? []
            : [
                problem(
                  "nodes.datastore-declared",
                  datastore.path,
                  `is not a datastore of host ${host.name}`,
                  `${suggestion(datastore.value, host.datastores)} Or declare it in ${host.path.join(".")}.datastores`,
                  [...declared, [...host.path, "diskDatastore"], [...node.path, "host"]],
                ),
              ],
        );
      }),
  },
  {
    id: "nodes.fits-host",
    says: "A node has no more cores than its host, and the memory of all nodes on a host, with its reserve, is no more than the host has.",
    check: (candidate) =>
      byHost(candidate).flatMap(({ host, nodes }) => {
        const problems: Problem[] = nodes
          .filter((node) => host.cores !== undefined && node.cores.value > host.cores)
          .map((node) =>
            problem(
              "nodes.fits-host",
              node.cores.path,
              `node ${node.name} has ${node.cores.value} cores, host ${host.name} only ${host.cores}`,
              "give it fewer, or place it elsewhere",
              [
                [...host.path, "cores"],
                [...node.path, "host"],
              ],
            ),
          );
        const asked = nodes.reduce((sum, node) => sum + node.memoryMiB.value, 0);
        if (host.memoryMiB === undefined || nodes.length === 0 || asked + host.reservedMemoryMiB <= host.memoryMiB) return problems;
        const names = nodes.map(({ name }) => name).join(", ");
        const related: Path[] = [
          [...host.path, "reservedMemoryMiB"],
          ...nodes.flatMap((node) => [node.memoryMiB.path, [...node.path, "host"], [...node.path, "memoryMiB"]]),
        ];
        const message = `${names} ask for ${asked} MiB and ${host.reservedMemoryMiB} MiB are reserved, but the host has ${host.memoryMiB}`;
        return [
          ...problems,
          problem("nodes.fits-host", [...host.path, "memoryMiB"], message, "give the nodes less, or spread them", related),
        ];
      }),
  },
  {
    id: "nodes.least",
    says: "A node has what Talos needs: control planes 2 cores and 2048 MiB, workers 1 core and 1024 MiB, and a system disk of 10 GiB.",
    check: ({ nodes }) =>
      nodes.flatMap((node) => {
        if (node.role === undefined) return [];
        const least = LEAST[node.role];
        const fields = [
          { at: node.cores.path, has: node.cores.value, needs: least.cores, unit: "cores" },
          { at: node.memoryMiB.path, has: node.memoryMiB.value, needs: least.memoryMiB, unit: "MiB of memory" },
          { at: node.systemDisk.path, has: node.systemDisk.sizeGiB, needs: least.diskGiB, unit: "GiB of system disk" },
        ];
        return fields
          .filter(({ has, needs }) => has < needs)
          .map(({ at, has, needs, unit }) =>
            problem("nodes.least", at, `node ${node.name} has ${has} ${unit}, Talos needs ${needs}`, `give it ${needs} or more`, [
              [...node.path, "role"],
            ]),
          );
      }),
  },
];

export const identityRules: readonly Rule[] = [
  {
    id: "nodes.vm-id-unique",
    says: "VM ids are unique per Proxmox cluster.",
    check: ({ nodes }) =>
      repeated(nodes, ({ proxmox, vmId }) =>
        proxmox === undefined || vmId === undefined ? undefined : `${proxmox.value} ${vmId.value}`,
      ).map(({ item, earlier }) => {
        // blame the one that the user wrote
        const [blamed, other] = item.vmId?.path.at(-1) === "vmId" ? [item, earlier] : [earlier, item];
        const at: Path = [...blamed.path, "vmId"];
        return problem(
          "nodes.vm-id-unique",
          at,
          `node ${blamed.name} has the VM id of ${other.name}, ${other.vmId?.value}`,
          "give it one of its own",
          [
            [...other.path, "vmId"],
            [...other.path, "address"],
            [...blamed.path, "address"],
            [...item.path, "proxmox"],
          ],
        );
      }),
  },
  {
    id: "nodes.mac-unique",
    says: "MAC addresses are unique.",
    check: ({ nodes }) =>
      repeated(nodes, ({ mac }) => mac?.value).map(({ item, earlier }) => {
        const [blamed, other] = item.mac?.path.at(-1) === "mac" ? [item, earlier] : [earlier, item];
        return problem(
          "nodes.mac-unique",
          [...blamed.path, "mac"],
          `node ${blamed.name} has the MAC address of ${other.name}`,
          "give it one of its own, or leave it out",
          [[...other.path, "mac"]],
        );
      }),
  },
  {
    id: "nodes.mac-usable",
    says: "A MAC address is one of a single interface: not multicast, not all zeros.",
    check: ({ nodes }) =>
      nodes.flatMap(({ name, mac }) => {
        if (mac === undefined) return [];
        const multicast = (Number.parseInt(mac.value.slice(0, 2), 16) & 1) === 1;
        if (!multicast && mac.value !== "00:00:00:00:00:00") return [];
        return [
          problem(
            "nodes.mac-usable",
            mac.path,
            `of node ${name} is ${multicast ? "a group's address" : "no address"}`,
            "make the second digit 2, 6, A or E, or leave it out",
          ),
        ];
      }),
  },
  {
    id: "nodes.pci-once",
    says: "A PCI mapping is passed to one node per host.",
    check: ({ nodes }) => {
      const uses = nodes.flatMap((node) =>
        node.pci.map((pci) => ({ ...pci, place: `${node.proxmox?.value} ${node.host?.value} ${pci.value}`, node })),
      );
      return repeated(uses, ({ place }) => place).map(({ item, earlier }) =>
        problem("nodes.pci-once", item.path, `is passed to ${earlier.node.name} already, on the same host`, "remove one of them", [
          earlier.path,
          [...item.node.path, "host"],
          [...earlier.node.path, "host"],
        ]),
      );
    },
  },
];

export const traitRules: readonly Rule[] = [
  {
    id: "nodes.label-allowed",
    says: "A label is one that the node can get: none that the kubelet sets itself, and on a worker none under kubernetes.io and k8s.io that NodeRestriction keeps from kubelets.",
    check: ({ nodes }) =>
      nodes.flatMap(({ name, role, labels }) =>
        labels.flatMap(({ key, path }) => {
          // whose role is not known, which is another problem, is asked what holds for both
          const reason = labelProblem(role ?? "controlplane", key);
          if (reason === undefined) return [];
          return [
            problem(
              "nodes.label-allowed",
              path,
              `is a label that node ${name} cannot get: ${reason}`,
              "use a domain of your own, or label the Node from the platform",
            ),
          ];
        }),
      ),
  },
  {
    id: "nodes.taint-unique",
    says: "A node has one taint per key and effect.",
    check: ({ nodes }) =>
      nodes.flatMap(({ taints }) =>
        repeated(taints, ({ value }) => `${value.key} ${value.effect}`).map(({ item, earlier }) =>
          problem("nodes.taint-unique", item.path, "repeats key and effect of another taint", "remove one of them", [earlier.path]),
        ),
      ),
  },
  {
    id: "nodes.encryption-sealed",
    says: "Disk encryption by TPM needs secure boot and a TPM: without them the key opens for any system.",
    check: ({ nodes }) =>
      nodes.flatMap(({ name, diskEncryption, secureBoot, tpm, encryptionPath, path }) => {
        if (diskEncryption !== "tpm" || (secureBoot && tpm)) return [];
        const lacks = [secureBoot ? [] : ["secureBoot"], tpm ? [] : ["tpm"]].flat();
        return [
          problem(
            "nodes.encryption-sealed",
            encryptionPath,
            `node ${name} lacks ${lacks.join(" and ")}`,
            `set ${lacks.join(" and ")} to true, or use node-id`,
            lacks.map((each) => [...path, each]),
          ),
        ];
      }),
  },
];
