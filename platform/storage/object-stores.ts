import type { Settings } from "../../config/settings";
import type { ObjectStoreFacts, PlatformFacts } from "../kit/facts";
import { EXTERNAL_S3, externalS3Options } from "./external-s3";
import { RUSTFS, RUSTFS_HOST, RUSTFS_PORTS, RUSTFS_REGION } from "./rustfs";

/** Where data and where backups go: data stays close, backups leave the cluster where there is such a place. */
export function objectStores(
  settings: Pick<Settings, "platform">,
  enabled: ReadonlySet<string>,
): Pick<PlatformFacts, "dataStore" | "backupStore"> {
  const inside = enabled.has(RUSTFS) ? rustfs() : undefined;
  const outside = enabled.has(EXTERNAL_S3) ? external(settings.platform[EXTERNAL_S3]) : undefined;
  const dataStore = inside ?? outside;
  const backupStore = outside ?? inside;
  return { ...(dataStore === undefined ? {} : { dataStore }), ...(backupStore === undefined ? {} : { backupStore }) };
}

function rustfs(): ObjectStoreFacts {
  const hostPort = `${RUSTFS_HOST}:${RUSTFS_PORTS.s3}`;
  return { app: RUSTFS, url: `http://${hostPort}`, hostPort, region: RUSTFS_REGION, pathStyle: true, insecure: true, bucketPrefix: "" };
}

function external(options: unknown): ObjectStoreFacts {
  const { endpoint, region, pathStyle, bucketPrefix } = externalS3Options.parse(options ?? {});
  const url = new URL(endpoint);
  const insecure = url.protocol === "http:";
  const port = url.port === "" ? (insecure ? "80" : "443") : url.port;
  return { app: EXTERNAL_S3, url: endpoint, hostPort: `${url.hostname}:${port}`, region, pathStyle, insecure, bucketPrefix };
}
