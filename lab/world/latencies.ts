/** How long things take in the real world, in seconds. One file, so that a lab's timing is one table. */

/** Seconds, as on a small home server with SSDs and a 100 Mbit line. */
export interface Latencies {
  /** One answer of an HTTP or gRPC API on the same network. */
  readonly apiCall: number;
  /** An image of the factory (about 100 MiB, made on demand) into a datastore. */
  readonly download: number;
  /** A machine with its disks, the image imported into one of them. */
  readonly createMachine: number;
  readonly startMachine: number;
  readonly stopMachine: number;
  /** Graceful, through the guest. */
  readonly shutdownMachine: number;
  readonly deleteMachine: number;
  /** Live migration to another host. */
  readonly migrateMachine: number;
  /** Power on until Talos' API answers, in maintenance or with a config. */
  readonly boot: number;
  /** From an accepted config until the installer asks for the reboot. */
  readonly install: number;
  /** Firmware and kernel again. */
  readonly reboot: number;
  /** Wiping the system partitions. */
  readonly reset: number;
  /** Image pull and start of the first etcd member. */
  readonly etcdBootstrap: number;
  /** Another control plane joins etcd as a learner and is promoted. */
  readonly etcdJoin: number;
  /** The VIP is taken over, gratuitous ARP included. */
  readonly vipTakeover: number;
  /** A kubelet pulls its image, gets its certificate and registers. */
  readonly registerNode: number;
}

/** What a home lab sees. */
export const REAL_LATENCIES: Latencies = {
  apiCall: 0.05,
  download: 60,
  createMachine: 20,
  startMachine: 2,
  stopMachine: 3,
  shutdownMachine: 15,
  deleteMachine: 3,
  migrateMachine: 30,
  boot: 25,
  install: 30,
  reboot: 30,
  reset: 20,
  etcdBootstrap: 20,
  etcdJoin: 15,
  vipTakeover: 2,
  registerNode: 10,
};

/** The lab runs twenty times faster than a home by default; 0 takes every wait away (unit tests). */
export const DEFAULT_SCALE = 1 / 20;
