/** One disk of a machine. Sizes are GiB. */
export interface VmDisk {
  readonly interface: string;
  readonly datastoreId: string;
  readonly size: number;
  readonly discard: "on";
  readonly ssd: true;
  readonly iothread: true;
  /** Image that the system disk is made from, once: `<datastore>:import/<file>`. */
  readonly importFrom?: string;
  /** What Talos finds a data disk by. */
  readonly serial?: string;
}

/** One family's address on the nocloud drive: `address` with prefix length. */
export interface VmAddress {
  readonly address: string;
  readonly gateway?: string;
}

/** What a machine is made of. */
export interface VmHardware {
  readonly machine: "q35";
  readonly bios: "ovmf";
  readonly scsiHardware: "virtio-scsi-single";
  readonly operatingSystem: { readonly type: "l26" };
  readonly cpu: { readonly type: "host"; readonly cores: number; readonly sockets: 1 };
  /** MiB. */
  readonly memory: { readonly dedicated: number; readonly floating: 0 };
  readonly serialDevices: { readonly device: "socket" }[];
  readonly agent: {
    readonly enabled: true;
    readonly timeout: string;
    readonly trim: true;
    readonly type: "virtio";
    readonly waitForIp: { readonly disabled: true };
  };
}

/** How a machine starts, changes and ends. Timeouts are seconds. */
export interface VmLifecycle {
  readonly started: true;
  readonly onBoot: true;
  readonly startup: { readonly order: number };
  readonly protection: boolean;
  readonly migrate: true;
  readonly rebootAfterUpdate: false;
  readonly stopOnDestroy: true;
  readonly purgeOnDestroy: true;
  readonly deleteUnreferencedDisksOnDestroy: true;
  readonly timeoutShutdownVm: number;
  readonly timeoutStopVm: number;
}

export interface VmNetworkDevice {
  readonly bridge: string;
  readonly model: "virtio";
  readonly macAddress: string;
  /** 1: that of the bridge. */
  readonly mtu: 1;
  readonly vlanId?: number;
}

/** The nocloud drive. */
export interface VmInitialization {
  readonly datastoreId: string;
  readonly interface: "ide2";
  readonly type: "nocloud";
  readonly dns: { readonly servers: string[] };
  readonly ipConfigs: { readonly ipv4: VmAddress; readonly ipv6?: VmAddress }[];
}

/** The arguments of one `VmLegacy`, all of them plain values. */
export interface VmArgs extends VmHardware, VmLifecycle {
  readonly nodeName: string;
  readonly vmId: number;
  readonly name: string;
  readonly description: string;
  readonly tags: string[];
  readonly poolId?: string;
  readonly bootOrders: string[];
  readonly efiDisk: { readonly datastoreId: string; readonly fileFormat: "raw"; readonly type: "4m"; readonly preEnrolledKeys: false };
  readonly tpmState?: { readonly datastoreId: string; readonly version: "v2.0" };
  readonly disks: VmDisk[];
  readonly networkDevices: VmNetworkDevice[];
  readonly initialization: VmInitialization;
  readonly hostpcis: { readonly device: string; readonly mapping: string; readonly pcie: true }[];
}
