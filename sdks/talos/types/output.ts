// Generated from schema.json by generate.ts. Change those, never this file.
export namespace client {
  /** Configuration client configuration, as it comes back. */
  export interface GetConfigurationClientConfiguration {
    /** Certificate authority, base64 PEM. */
    readonly caCertificate: string;
    /** Client certificate, base64 PEM. */
    readonly clientCertificate: string;
    /** Private key of the client certificate, base64 PEM. */
    readonly clientKey: string;
  }
}

export namespace cluster {
  /** Kubeconfig client configuration, as it comes back. */
  export interface KubeconfigClientConfiguration {
    /** Certificate authority, base64 PEM. */
    readonly caCertificate: string;
    /** Client certificate, base64 PEM. */
    readonly clientCertificate: string;
    /** Private key of the client certificate, base64 PEM. */
    readonly clientKey: string;
  }

  /** Kubeconfig kubernetes client configuration, as it comes back. */
  export interface KubeconfigKubernetesClientConfiguration {
    /** Certificate authority, base64 PEM. */
    readonly caCertificate?: string;
    /** Client certificate, base64 PEM. */
    readonly clientCertificate?: string;
    /** Private key of the client certificate, base64 PEM. */
    readonly clientKey?: string;
    /** URL of the Kubernetes API. */
    readonly host?: string;
  }

  /** Kubeconfig timeouts, as it comes back. */
  export interface KubeconfigTimeouts {
    /** Limit of a creation, as a Go duration. Default: `10m`. */
    readonly create?: string;
    /** Limit of an update, as a Go duration. Default: `10m`. */
    readonly update?: string;
  }

  /** Health client configuration, as it comes back. */
  export interface GetHealthClientConfiguration {
    /** Certificate authority, base64 PEM. */
    readonly caCertificate: string;
    /** Client certificate, base64 PEM. */
    readonly clientCertificate: string;
    /** Private key of the client certificate, base64 PEM. */
    readonly clientKey: string;
  }

  /** Health timeouts, as it comes back. */
  export interface GetHealthTimeouts {
    /** Limit of a read, as a Go duration. Default: `10m`. */
    readonly read?: string;
  }

  /** Kubeconfig client configuration, as it comes back. */
  export interface GetKubeconfigClientConfiguration {
    /** Certificate authority, base64 PEM. */
    readonly caCertificate: string;
    /** Client certificate, base64 PEM. */
    readonly clientCertificate: string;
    /** Private key of the client certificate, base64 PEM. */
    readonly clientKey: string;
  }

  /** Kubeconfig kubernetes client configuration, as it comes back. */
  export interface GetKubeconfigKubernetesClientConfiguration {
    /** Certificate authority, base64 PEM. */
    readonly caCertificate: string;
    /** Client certificate, base64 PEM. */
    readonly clientCertificate: string;
    /** Private key of the client certificate, base64 PEM. */
    readonly clientKey: string;
    /** URL of the Kubernetes API. */
    readonly host: string;
  }

  /** Kubeconfig timeouts, as it comes back. */
  export interface GetKubeconfigTimeouts {
    /** Limit of a read, as a Go duration. Default: `10m`. */
    readonly read?: string;
  }
}

export namespace imagefactory {
  /** Extensions versions exact filters, as it comes back. */
  export interface GetExtensionsVersionsExactFilters {
    /** Names to keep. */
    readonly names?: string[];
  }

  /** Extensions versions extensions info, as it comes back. */
  export interface GetExtensionsVersionsExtensionsInfo {
    /** Author. */
    readonly author: string;
    /** Description. */
    readonly description: string;
    /** Digest of the image. */
    readonly digest: string;
    /** Name. */
    readonly name: string;
    /** Reference of the image. */
    readonly ref: string;
  }

  /** Extensions versions filters, as it comes back. */
  export interface GetExtensionsVersionsFilters {
    /** Names to keep. */
    readonly names?: string[];
  }

  /** Overlays versions filters, as it comes back. */
  export interface GetOverlaysVersionsFilters {
    /** Substring of the overlay's name. */
    readonly name?: string;
  }

  /** Overlays versions overlays info, as it comes back. */
  export interface GetOverlaysVersionsOverlaysInfo {
    /** Digest of the image. */
    readonly digest: string;
    /** Name of the image. */
    readonly image: string;
    /** Name. */
    readonly name: string;
    /** Reference of the image. */
    readonly ref: string;
  }

  /** Urls urls, as it comes back. */
  export interface GetUrlsUrls {
    /** Disk image. */
    readonly diskImage: string;
    /** Disk image for secure boot. */
    readonly diskImageSecureboot: string;
    /** Initial RAM disk. */
    readonly initramfs: string;
    /** Installer image reference. */
    readonly installer: string;
    /** Installer image reference for secure boot. */
    readonly installerSecureboot: string;
    /** ISO image. */
    readonly iso: string;
    /** ISO image for secure boot. */
    readonly isoSecureboot: string;
    /** Kernel. */
    readonly kernel: string;
    /** Kernel command line. */
    readonly kernelCommandLine: string;
    /** PXE boot script. */
    readonly pxe: string;
    /** Unified kernel image. */
    readonly uki: string;
  }

  /** Versions filters, as it comes back. */
  export interface GetVersionsFilters {
    /** Leave out alpha, beta and release candidates. */
    readonly stableVersionsOnly?: boolean;
  }
}

export namespace machine {
  /** Bootstrap client configuration write only, as it comes back. */
  export interface BootstrapClientConfigurationWo {
    /** Certificate authority, base64 PEM. */
    readonly caCertificate: string;
    /** Client certificate, base64 PEM. */
    readonly clientCertificate: string;
    /** Private key of the client certificate, base64 PEM. */
    readonly clientKey: string;
  }

  /** Bootstrap timeouts, as it comes back. */
  export interface BootstrapTimeouts {
    /** Limit of a creation, as a Go duration. Default: `10m`. */
    readonly create?: string;
  }

  /** Configuration apply client configuration write only, as it comes back. */
  export interface ConfigurationApplyClientConfigurationWo {
    /** Certificate authority, base64 PEM. */
    readonly caCertificate: string;
    /** Client certificate, base64 PEM. */
    readonly clientCertificate: string;
    /** Private key of the client certificate, base64 PEM. */
    readonly clientKey: string;
  }

  /** Configuration apply on destroy, as it comes back. */
  export interface ConfigurationApplyOnDestroy {
    /** Cordon, drain and leave etcd before the reset. Default: true. */
    readonly graceful?: boolean;
    /** Reboot after the reset instead of shutting down. Default: false. */
    readonly reboot?: boolean;
    /** Reset the node: leave etcd if graceful, and wipe the disks. Default: false. */
    readonly reset?: boolean;
  }

  /** Timeout, as it comes back. */
  export interface Timeout {
    /** Limit of a creation, as a Go duration. Default: `10m`. */
    readonly create?: string;
    /** Limit of a deletion, as a Go duration. Default: `10m`. */
    readonly delete?: string;
    /** Limit of an update, as a Go duration. Default: `10m`. */
    readonly update?: string;
  }

  /** Certificate, as it comes back. */
  export interface Certificate {
    /** Certificate, base64 PEM. */
    readonly cert: string;
    /** Private key, base64 PEM. */
    readonly key: string;
  }

  /** Certificates, as it comes back. */
  export interface Certificates {
    /** Certificate authority of etcd. */
    readonly etcd: machine.Certificate;
    /** Certificate authority of Kubernetes. */
    readonly k8s: machine.Certificate;
    /** Certificate authority of the aggregation layer. */
    readonly k8sAggregator: machine.Certificate;
    /** Key that signs service account tokens. */
    readonly k8sServiceaccount: machine.Key;
    /** Certificate authority of the Talos API. */
    readonly os: machine.Certificate;
  }

  /** Client configuration, as it comes back. */
  export interface ClientConfiguration {
    /** Certificate authority, base64 PEM. */
    readonly caCertificate: string;
    /** Client certificate, base64 PEM. */
    readonly clientCertificate: string;
    /** Private key of the client certificate, base64 PEM. */
    readonly clientKey: string;
  }

  /** Cluster, as it comes back. */
  export interface Cluster {
    /** Id of the cluster, base64. */
    readonly id: string;
    /** Secret of the cluster's discovery, base64. */
    readonly secret: string;
  }

  /** Key, as it comes back. */
  export interface Key {
    /** Private key, base64 PEM. */
    readonly key: string;
  }

  /** Kubernetes secrets, as it comes back. */
  export interface KubernetesSecrets {
    /** Key that encrypts Secrets in etcd (AES-CBC, old clusters), base64. */
    readonly aescbcEncryptionSecret?: string;
    /** Token by which kubelets join. */
    readonly bootstrapToken: string;
    /** Key that encrypts Secrets in etcd (secretbox), base64. */
    readonly secretboxEncryptionSecret: string;
  }

  /** Machine secrets, as it comes back. */
  export interface MachineSecrets {
    /** Certificate authorities and keys. */
    readonly certs: machine.Certificates;
    /** Identity of the cluster. */
    readonly cluster: machine.Cluster;
    /** Secrets of Kubernetes. */
    readonly secrets: machine.KubernetesSecrets;
    /** Secret of trustd, by which nodes get certificates. */
    readonly trustdinfo: machine.TrustdInfo;
  }

  /** Trustd info, as it comes back. */
  export interface TrustdInfo {
    /** Token by which nodes join. */
    readonly token: string;
  }

  /** Disks client configuration, as it comes back. */
  export interface GetDisksClientConfiguration {
    /** Certificate authority, base64 PEM. */
    readonly caCertificate: string;
    /** Client certificate, base64 PEM. */
    readonly clientCertificate: string;
    /** Private key of the client certificate, base64 PEM. */
    readonly clientKey: string;
  }

  /** Disks disk, as it comes back. */
  export interface GetDisksDisk {
    /** Path on the bus. */
    readonly busPath: string;
    /** Whether it is an optical drive. */
    readonly cdrom: boolean;
    /** Device path, such as `/dev/sda`. */
    readonly devPath: string;
    /** Preferred I/O size, bytes. */
    readonly ioSize: number;
    /** Module alias. */
    readonly modalias: string;
    /** Model. */
    readonly model: string;
    /** Size for people. */
    readonly prettySize: string;
    /** Whether it cannot be written. */
    readonly readonly: boolean;
    /** Whether it spins. */
    readonly rotational: boolean;
    /** Disks that this one is made of. */
    readonly secondaryDisks: string[];
    /** Sector size, bytes. */
    readonly sectorSize: number;
    /** Serial number. */
    readonly serial: string;
    /** Size, bytes. */
    readonly size: number;
    /** Path of the subsystem. */
    readonly subSystem: string;
    /** Links to the device. */
    readonly symlinks: string[];
    /** How it is attached, such as `virtio`. */
    readonly transport: string;
    /** UUID. */
    readonly uuid: string;
    /** World-wide id. */
    readonly wwid: string;
  }

  /** Disks timeouts, as it comes back. */
  export interface GetDisksTimeouts {
    /** Limit of a read, as a Go duration. Default: `10m`. */
    readonly read?: string;
  }
}
