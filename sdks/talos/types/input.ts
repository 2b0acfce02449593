// Generated from schema.json by generate.ts. Change those, never this file.
import * as pulumi from "@pulumi/pulumi";

export namespace client {
  /** Configuration client configuration, with plain values. */
  export interface GetConfigurationClientConfiguration {
    /** Certificate authority, base64 PEM. */
    caCertificate: string;
    /** Client certificate, base64 PEM. */
    clientCertificate: string;
    /** Private key of the client certificate, base64 PEM. */
    clientKey: string;
  }

  /** Configuration client configuration, with inputs. */
  export interface GetConfigurationClientConfigurationArgs {
    /** Certificate authority, base64 PEM. */
    caCertificate: pulumi.Input<string>;
    /** Client certificate, base64 PEM. */
    clientCertificate: pulumi.Input<string>;
    /** Private key of the client certificate, base64 PEM. */
    clientKey: pulumi.Input<string>;
  }
}

export namespace cluster {
  /** Kubeconfig client configuration, with inputs. */
  export interface KubeconfigClientConfiguration {
    /** Certificate authority, base64 PEM. */
    caCertificate: pulumi.Input<string>;
    /** Client certificate, base64 PEM. */
    clientCertificate: pulumi.Input<string>;
    /** Private key of the client certificate, base64 PEM. */
    clientKey: pulumi.Input<string>;
  }

  /** Kubeconfig kubernetes client configuration, with inputs. */
  export interface KubeconfigKubernetesClientConfiguration {
    /** Certificate authority, base64 PEM. */
    caCertificate?: pulumi.Input<string>;
    /** Client certificate, base64 PEM. */
    clientCertificate?: pulumi.Input<string>;
    /** Private key of the client certificate, base64 PEM. */
    clientKey?: pulumi.Input<string>;
    /** URL of the Kubernetes API. */
    host?: pulumi.Input<string>;
  }

  /** Kubeconfig timeouts, with inputs. */
  export interface KubeconfigTimeouts {
    /** Limit of a creation, as a Go duration. Default: `10m`. */
    create?: pulumi.Input<string>;
    /** Limit of an update, as a Go duration. Default: `10m`. */
    update?: pulumi.Input<string>;
  }

  /** Health client configuration, with plain values. */
  export interface GetHealthClientConfiguration {
    /** Certificate authority, base64 PEM. */
    caCertificate: string;
    /** Client certificate, base64 PEM. */
    clientCertificate: string;
    /** Private key of the client certificate, base64 PEM. */
    clientKey: string;
  }

  /** Health client configuration, with inputs. */
  export interface GetHealthClientConfigurationArgs {
    /** Certificate authority, base64 PEM. */
    caCertificate: pulumi.Input<string>;
    /** Client certificate, base64 PEM. */
    clientCertificate: pulumi.Input<string>;
    /** Private key of the client certificate, base64 PEM. */
    clientKey: pulumi.Input<string>;
  }

  /** Health timeouts, with plain values. */
  export interface GetHealthTimeouts {
    /** Limit of a read, as a Go duration. Default: `10m`. */
    read?: string;
  }

  /** Health timeouts, with inputs. */
  export interface GetHealthTimeoutsArgs {
    /** Limit of a read, as a Go duration. Default: `10m`. */
    read?: pulumi.Input<string>;
  }

  /** Kubeconfig client configuration, with plain values. */
  export interface GetKubeconfigClientConfiguration {
    /** Certificate authority, base64 PEM. */
    caCertificate: string;
    /** Client certificate, base64 PEM. */
    clientCertificate: string;
    /** Private key of the client certificate, base64 PEM. */
    clientKey: string;
  }

  /** Kubeconfig client configuration, with inputs. */
  export interface GetKubeconfigClientConfigurationArgs {
    /** Certificate authority, base64 PEM. */
    caCertificate: pulumi.Input<string>;
    /** Client certificate, base64 PEM. */
    clientCertificate: pulumi.Input<string>;
    /** Private key of the client certificate, base64 PEM. */
    clientKey: pulumi.Input<string>;
  }

  /** Kubeconfig timeouts, with plain values. */
  export interface GetKubeconfigTimeouts {
    /** Limit of a read, as a Go duration. Default: `10m`. */
    read?: string;
  }

  /** Kubeconfig timeouts, with inputs. */
  export interface GetKubeconfigTimeoutsArgs {
    /** Limit of a read, as a Go duration. Default: `10m`. */
    read?: pulumi.Input<string>;
  }
}

export namespace imagefactory {
  /** Extensions versions exact filters, with plain values. */
  export interface GetExtensionsVersionsExactFilters {
    /** Names to keep. */
    names?: string[];
  }

  /** Extensions versions exact filters, with inputs. */
  export interface GetExtensionsVersionsExactFiltersArgs {
    /** Names to keep. */
    names?: pulumi.Input<pulumi.Input<string>[]>;
  }

  /** Extensions versions filters, with plain values. */
  export interface GetExtensionsVersionsFilters {
    /** Names to keep. */
    names?: string[];
  }

  /** Extensions versions filters, with inputs. */
  export interface GetExtensionsVersionsFiltersArgs {
    /** Names to keep. */
    names?: pulumi.Input<pulumi.Input<string>[]>;
  }

  /** Overlays versions filters, with plain values. */
  export interface GetOverlaysVersionsFilters {
    /** Substring of the overlay's name. */
    name?: string;
  }

  /** Overlays versions filters, with inputs. */
  export interface GetOverlaysVersionsFiltersArgs {
    /** Name. */
    name?: pulumi.Input<string>;
  }

  /** Versions filters, with plain values. */
  export interface GetVersionsFilters {
    /** Leave out alpha, beta and release candidates. */
    stableVersionsOnly?: boolean;
  }

  /** Versions filters, with inputs. */
  export interface GetVersionsFiltersArgs {
    /** Leave out alpha, beta and release candidates. */
    stableVersionsOnly?: pulumi.Input<boolean>;
  }
}

export namespace machine {
  /** Bootstrap client configuration write only, with inputs. */
  export interface BootstrapClientConfigurationWo {
    /** Certificate authority, base64 PEM. */
    caCertificate: pulumi.Input<string>;
    /** Client certificate, base64 PEM. */
    clientCertificate: pulumi.Input<string>;
    /** Private key of the client certificate, base64 PEM. */
    clientKey: pulumi.Input<string>;
  }

  /** Bootstrap timeouts, with inputs. */
  export interface BootstrapTimeouts {
    /** Limit of a creation, as a Go duration. Default: `10m`. */
    create?: pulumi.Input<string>;
  }

  /** Configuration apply client configuration write only, with inputs. */
  export interface ConfigurationApplyClientConfigurationWo {
    /** Certificate authority, base64 PEM. */
    caCertificate: pulumi.Input<string>;
    /** Client certificate, base64 PEM. */
    clientCertificate: pulumi.Input<string>;
    /** Private key of the client certificate, base64 PEM. */
    clientKey: pulumi.Input<string>;
  }

  /** Configuration apply on destroy, with inputs. */
  export interface ConfigurationApplyOnDestroy {
    /** Cordon, drain and leave etcd before the reset. Default: true. */
    graceful?: pulumi.Input<boolean>;
    /** Reboot after the reset instead of shutting down. Default: false. */
    reboot?: pulumi.Input<boolean>;
    /** Reset the node: leave etcd if graceful, and wipe the disks. Default: false. */
    reset?: pulumi.Input<boolean>;
  }

  /** Timeout, with inputs. */
  export interface Timeout {
    /** Limit of a creation, as a Go duration. Default: `10m`. */
    create?: pulumi.Input<string>;
    /** Limit of a deletion, as a Go duration. Default: `10m`. */
    delete?: pulumi.Input<string>;
    /** Limit of an update, as a Go duration. Default: `10m`. */
    update?: pulumi.Input<string>;
  }

  /** Certificate, with plain values. */
  export interface Certificate {
    /** Certificate, base64 PEM. */
    cert: string;
    /** Private key, base64 PEM. */
    key: string;
  }

  /** Certificate, with inputs. */
  export interface CertificateArgs {
    /** Certificate, base64 PEM. */
    cert: pulumi.Input<string>;
    /** Private key, base64 PEM. */
    key: pulumi.Input<string>;
  }

  /** Certificates, with plain values. */
  export interface Certificates {
    /** Certificate authority of etcd. */
    etcd: machine.Certificate;
    /** Certificate authority of Kubernetes. */
    k8s: machine.Certificate;
    /** Certificate authority of the aggregation layer. */
    k8sAggregator: machine.Certificate;
    /** Key that signs service account tokens. */
    k8sServiceaccount: machine.Key;
    /** Certificate authority of the Talos API. */
    os: machine.Certificate;
  }

  /** Certificates, with inputs. */
  export interface CertificatesArgs {
    /** Certificate authority of etcd. */
    etcd: pulumi.Input<machine.CertificateArgs>;
    /** Certificate authority of Kubernetes. */
    k8s: pulumi.Input<machine.CertificateArgs>;
    /** Certificate authority of the aggregation layer. */
    k8sAggregator: pulumi.Input<machine.CertificateArgs>;
    /** Key that signs service account tokens. */
    k8sServiceaccount: pulumi.Input<machine.KeyArgs>;
    /** Certificate authority of the Talos API. */
    os: pulumi.Input<machine.CertificateArgs>;
  }

  /** Client configuration, with inputs. */
  export interface ClientConfiguration {
    /** Certificate authority, base64 PEM. */
    caCertificate: pulumi.Input<string>;
    /** Client certificate, base64 PEM. */
    clientCertificate: pulumi.Input<string>;
    /** Private key of the client certificate, base64 PEM. */
    clientKey: pulumi.Input<string>;
  }

  /** Cluster, with plain values. */
  export interface Cluster {
    /** Id of the cluster, base64. */
    id: string;
    /** Secret of the cluster's discovery, base64. */
    secret: string;
  }

  /** Cluster, with inputs. */
  export interface ClusterArgs {
    /** Id of the cluster, base64. */
    id: pulumi.Input<string>;
    /** Secret of the cluster's discovery, base64. */
    secret: pulumi.Input<string>;
  }

  /** Key, with plain values. */
  export interface Key {
    /** Private key, base64 PEM. */
    key: string;
  }

  /** Key, with inputs. */
  export interface KeyArgs {
    /** Private key, base64 PEM. */
    key: pulumi.Input<string>;
  }

  /** Kubernetes secrets, with plain values. */
  export interface KubernetesSecrets {
    /** Key that encrypts Secrets in etcd (AES-CBC, old clusters), base64. */
    aescbcEncryptionSecret?: string;
    /** Token by which kubelets join. */
    bootstrapToken: string;
    /** Key that encrypts Secrets in etcd (secretbox), base64. */
    secretboxEncryptionSecret: string;
  }

  /** Kubernetes secrets, with inputs. */
  export interface KubernetesSecretsArgs {
    /** Key that encrypts Secrets in etcd (AES-CBC, old clusters), base64. */
    aescbcEncryptionSecret?: pulumi.Input<string>;
    /** Token by which kubelets join. */
    bootstrapToken: pulumi.Input<string>;
    /** Key that encrypts Secrets in etcd (secretbox), base64. */
    secretboxEncryptionSecret: pulumi.Input<string>;
  }

  /** Machine secrets, with plain values. */
  export interface MachineSecrets {
    /** Certificate authorities and keys. */
    certs: machine.Certificates;
    /** Identity of the cluster. */
    cluster: machine.Cluster;
    /** Secrets of Kubernetes. */
    secrets: machine.KubernetesSecrets;
    /** Secret of trustd, by which nodes get certificates. */
    trustdinfo: machine.TrustdInfo;
  }

  /** Machine secrets, with inputs. */
  export interface MachineSecretsArgs {
    /** Certificate authorities and keys. */
    certs: pulumi.Input<machine.CertificatesArgs>;
    /** Identity of the cluster. */
    cluster: pulumi.Input<machine.ClusterArgs>;
    /** Secrets of Kubernetes. */
    secrets: pulumi.Input<machine.KubernetesSecretsArgs>;
    /** Secret of trustd, by which nodes get certificates. */
    trustdinfo: pulumi.Input<machine.TrustdInfoArgs>;
  }

  /** Trustd info, with plain values. */
  export interface TrustdInfo {
    /** Token by which nodes join. */
    token: string;
  }

  /** Trustd info, with inputs. */
  export interface TrustdInfoArgs {
    /** Token by which nodes join. */
    token: pulumi.Input<string>;
  }

  /** Disks client configuration, with plain values. */
  export interface GetDisksClientConfiguration {
    /** Certificate authority, base64 PEM. */
    caCertificate: string;
    /** Client certificate, base64 PEM. */
    clientCertificate: string;
    /** Private key of the client certificate, base64 PEM. */
    clientKey: string;
  }

  /** Disks client configuration, with inputs. */
  export interface GetDisksClientConfigurationArgs {
    /** Certificate authority, base64 PEM. */
    caCertificate: pulumi.Input<string>;
    /** Client certificate, base64 PEM. */
    clientCertificate: pulumi.Input<string>;
    /** Private key of the client certificate, base64 PEM. */
    clientKey: pulumi.Input<string>;
  }

  /** Disks timeouts, with plain values. */
  export interface GetDisksTimeouts {
    /** Limit of a read, as a Go duration. Default: `10m`. */
    read?: string;
  }

  /** Disks timeouts, with inputs. */
  export interface GetDisksTimeoutsArgs {
    /** Limit of a read, as a Go duration. Default: `10m`. */
    read?: pulumi.Input<string>;
  }
}
