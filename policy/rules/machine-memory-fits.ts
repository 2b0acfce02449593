import { z } from "zod";
import { hostsOf, isOn, machinesOf } from "../machines";
import { defineRule } from "../rule";
import { at } from "../values";

/** Hosts have what they have. */
export const machineMemoryFits = defineRule({
  id: "machine-memory-fits",
  says: "The machines on a host have no more memory together than the host, less what it keeps for itself.",
  reason: "Without a balloon Proxmox starts every machine but the last, and the kernel then ends one of them.",
  level: "mandatory",
  config: z.strictObject({ reserveMiB: z.int().min(0).max(1_048_576).default(0).describe("MiB of each host that no machine may have.") }),
  stack: (resources, { settings }, { reserveMiB }) => {
    if (settings === undefined) return [];
    return hostsOf(settings).flatMap((host) => {
      const here = machinesOf(resources).filter((machine) => isOn(host, machine));
      const wanted = here.map(({ props }) => sizeOf(at(props, "memory", "dedicated"))).reduce((sum, size) => sum + size, 0);
      const room = host.memoryMiB - reserveMiB;
      if (wanted <= room) return [];
      return [
        {
          message: `host ${host.name} has ${room} MiB for machines, and ${here.map(({ name }) => name).join(", ")} want ${wanted}`,
          urn: here[0]?.urn,
        },
      ];
    });
  },
});

/** MiB; Proxmox gives 512 where nothing is said. What is not known yet fits nowhere. */
function sizeOf(dedicated: unknown): number {
  if (dedicated === undefined) return 512;
  return typeof dedicated === "number" ? dedicated : Number.POSITIVE_INFINITY;
}
