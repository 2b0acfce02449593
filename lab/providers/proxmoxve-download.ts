import type { World } from "../world/world";
import { AdapterError, type CallContext, type CheckProblem, type Inputs, type ResourceAdapter } from "./adapter";
import { genericDiff } from "./diff";
import { isConflict, numberOf, request, textOf, unlessGone } from "./proxmoxve-request";
import { downloadFile } from "./proxmoxve-tables";

const DEFAULTS: Inputs = { overwrite: true, overwriteUnmanaged: false, uploadTimeout: 600, verify: true };

const REPLACE_ON = ["contentType", "fileName", "datastoreId", "nodeName", "url", "checksum", "checksumAlgorithm", "decompressionAlgorithm"];

/** `download.File`: an image in a datastore of one host. */
export function downloadAdapter(world: World): ResourceAdapter {
  const on = <T>(ctx: CallContext, operation: string, inputs: Inputs, body: Parameters<typeof request<T>>[3]): Promise<T> =>
    request(world, ctx, { operation, subject: `${textOf(inputs, "nodeName")}/${volumeOf(inputs)}` }, body);

  const metadata = (ctx: CallContext, inputs: Inputs): Promise<{ readonly bytes: number; readonly file: string }> =>
    on(ctx, "queryUrlMetadata", inputs, (cluster) => cluster.storage.metadata(textOf(inputs, "url")));

  const download = (ctx: CallContext, inputs: Inputs): Promise<unknown> =>
    on(ctx, "downloadUrl", inputs, (cluster) =>
      cluster.storage.download(
        {
          host: textOf(inputs, "nodeName"),
          datastore: textOf(inputs, "datastoreId"),
          content: textOf(inputs, "contentType"),
          file: textOf(inputs, "fileName"),
          url: textOf(inputs, "url"),
          ...(inputs["decompressionAlgorithm"] === undefined ? {} : { decompression: textOf(inputs, "decompressionAlgorithm") }),
        },
        ctx.signal,
      ),
    );

  const remove = (ctx: CallContext, inputs: Inputs): Promise<void> =>
    on(ctx, "deleteVolume", inputs, (cluster) => cluster.storage.delete(textOf(inputs, "nodeName"), volumeOf(inputs)));

  const list = (ctx: CallContext, inputs: Inputs): Promise<number | undefined> =>
    on(ctx, "listVolumes", inputs, (cluster) => cluster.storage.find(textOf(inputs, "nodeName"), volumeOf(inputs))?.bytes);

  return {
    inputs: downloadFile,
    check: (inputs) => ({ inputs, failures: problems(inputs) }),
    diff: (_id, oldInputs, oldState, newInputs) => {
      const diff = genericDiff({ ...DEFAULTS, ...oldInputs }, { ...DEFAULTS, ...newInputs }, { replaceOn: REPLACE_ON });
      return oldState["changedOutside"] === true && newInputs["overwrite"] !== false
        ? { ...diff, changes: true, replaces: [...diff.replaces, "size"], detailed: { ...diff.detailed, size: "update-replace" } }
        : diff;
    },
    create: async (given, ctx) => {
      const { file, bytes } = await metadata(ctx, given);
      const inputs = { fileName: file, ...given };
      try {
        await download(ctx, inputs);
      } catch (error) {
        if (!isConflict(error)) throw error;
        if (given["overwriteUnmanaged"] !== true) {
          throw new AdapterError(
            `File already exists in the datastore: '${textOf(inputs, "fileName")}': it was created outside of this stack or is managed by another resource`,
          );
        }
        await unlessGone(remove(ctx, inputs));
        await download(ctx, inputs);
      }
      await list(ctx, inputs);
      return { id: volumeOf(inputs), state: { ...DEFAULTS, ...inputs, size: bytes } };
    },
    read: async (id, state, ctx) => {
      const bytes = await list(ctx, state);
      if (bytes === undefined) return undefined;
      if (state["overwrite"] !== true) return { id, state: { ...state, size: bytes } };
      const upstream = await unlessGone(metadata(ctx, state));
      const changed = bytes !== numberOf(state, "size", bytes) || (upstream !== undefined && upstream.bytes !== bytes);
      return { id, state: { ...state, size: bytes, ...(changed ? { changedOutside: true } : {}) } };
    },
    update: async (_id, oldState, newInputs, ctx) => {
      const inputs = { ...DEFAULTS, fileName: oldState["fileName"], ...newInputs };
      const bytes = await list(ctx, inputs);
      if (bytes === undefined) throw new AdapterError("Error when reading file from datastore: file does not exists in datastore");
      return { state: { ...inputs, size: bytes } };
    },
    delete: async (_id, state, ctx) => {
      await unlessGone(remove(ctx, state));
    },
  };
}

const volumeOf = (inputs: Inputs): string =>
  `${textOf(inputs, "datastoreId")}:${textOf(inputs, "contentType")}/${textOf(inputs, "fileName")}`;

function problems(inputs: Inputs): readonly CheckProblem[] {
  const found: CheckProblem[] = [];
  const oneOf = (name: string, allowed: readonly string[]): void => {
    const value = inputs[name];
    if (typeof value === "string" && !allowed.includes(value))
      found.push({ property: name, reason: `${name} must be one of ${allowed.join(", ")}, got ${value}` });
  };
  oneOf("contentType", ["iso", "import", "vztmpl"]);
  oneOf("decompressionAlgorithm", ["gz", "lzo", "zst", "bz2"]);
  oneOf("checksumAlgorithm", ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"]);
  const { url } = inputs;
  if (typeof url === "string" && !/^https?:\/\/.*/.test(url))
    found.push({ property: "url", reason: "url must match http or https url regex" });
  if ((inputs["checksum"] === undefined) !== (inputs["checksumAlgorithm"] === undefined)) {
    found.push({ property: "checksum", reason: "checksum and checksumAlgorithm go together" });
  }
  return found;
}
