/** Name of the app, its namespace and its Service. */
export const RUSTFS = "rustfs";

/** Ports of the Service and of the pods. */
export const RUSTFS_PORTS = { s3: 9000, console: 9001 } as const;

/** Region that the server signs for; clients must name the same. */
export const RUSTFS_REGION = "us-east-1";

/** Secret with the administrator's key. It is read in RustFS' own namespace and nowhere else. */
export const RUSTFS_ADMIN = { secret: "rustfs-admin", accessKey: "RUSTFS_ACCESS_KEY", secretKey: "RUSTFS_SECRET_KEY" } as const;

/** Host of the Service, for clients in the cluster. */
export const RUSTFS_HOST = `${RUSTFS}.${RUSTFS}.svc.cluster.local`;
