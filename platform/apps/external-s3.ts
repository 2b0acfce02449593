import { defineApp } from "../kit/app";
import { FLUX_NAMESPACE } from "../names";
import { EXTERNAL_S3, externalS3Options } from "../storage/external-s3";

/** An object store that somebody else runs: nothing of it is in the cluster, backups go there, and data without RustFS. */
export const externalS3 = defineApp({
  name: EXTERNAL_S3,
  summary: "S3 elsewhere: backups leave the cluster",
  // It makes nothing; the namespace is only one that is there anyway.
  namespace: { name: FLUX_NAMESPACE },
  presence: "chosen",
  needs: [],
  after: [],
  options: externalS3Options,
  warnings: ({ options }) =>
    options.endpoint.startsWith("http://")
      ? [`external-s3: ${options.endpoint} is plain http, so keys and backups can be read on the way`]
      : [],
});
