import { defineRule } from "../rule";
import { DOWNLOAD } from "../types";
import { findings, textAt } from "../values";

/** What Proxmox can unpack; source: its API, download-url. */
const UNPACKED = /\.(qcow2|raw|img|iso)(\.(gz|lzo|zst|bz2))?$/;

/** An image is fetched once and stays. */
export const imageDownloadOnce = defineRule({
  id: "image-download-once",
  says: "An image is downloaded once, as content `import`, in a form that Proxmox can unpack.",
  reason:
    "`overwrite` is on by default and replaces the file when its size differs (bpg/terraform-provider-proxmox#1516); the factory's `.raw.xz` cannot be unpacked (#1680).",
  level: "mandatory",
  types: [DOWNLOAD],
  resource: ({ props }) =>
    findings(
      [props["overwrite"] !== false, "overwrite is not off"],
      [props["overwriteUnmanaged"] !== true, "overwriteUnmanaged is not on: a file left by an earlier run stops this one"],
      [props["contentType"] !== "import", "contentType is not import"],
      [!UNPACKED.test(textAt(props, "url")), "url is no image that Proxmox can unpack: ask for .qcow2"],
    ),
});
