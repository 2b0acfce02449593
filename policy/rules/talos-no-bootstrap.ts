import { defineRule } from "../rule";
import { TALOS_BOOTSTRAP } from "../types";

/** Etcd is bootstrapped by a gate, which can tell that it was done already. */
export const talosNoBootstrap = defineRule({
  id: "talos-no-bootstrap",
  says: "No `talos.machine.Bootstrap`: a gate bootstraps etcd.",
  reason: "When its answer is lost it can never be made again: the provider retries `already exists` for ten minutes and fails.",
  level: "mandatory",
  types: [TALOS_BOOTSTRAP],
  resource: () => ["use the gate of components/talos/gates.ts"],
});
