import { parse } from "yaml";
import { isRecord } from "../../config/path";
import { rawFromPulumiConfig } from "../../config/pulumi-config";

/** What `pulumi.runtime.allConfig()` and the list of secret keys would be for a stack file. A stand-in for the engine: structured values as JSON, secrets decrypted. */
function engineConfig(
  text: string,
  secrets: Readonly<Record<string, string>>,
): { readonly all: Record<string, string>; readonly secretKeys: readonly string[] } {
  const root: unknown = parse(text);
  const config = isRecord(root) && isRecord(root["config"]) ? root["config"] : {};
  const secretKeys = new Set<string>();
  const decrypt = (value: unknown, path: string, key: string): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => decrypt(item, `${path}[${index}]`, key));
    if (!isRecord(value)) return value;
    if (Object.keys(value).length === 1 && typeof value["secure"] === "string") {
      secretKeys.add(key);
      return secrets[path] ?? (path.startsWith("proxmox.") ? "root@pam!hearth=01234567-89ab-cdef-0123-456789abcdef" : `canary-${path}`);
    }
    return Object.fromEntries(
      Object.entries(value).map(([step, item]) => [step, decrypt(item, path === "" ? step : `${path}.${step}`, key)]),
    );
  };
  const all = Object.fromEntries(
    Object.entries(config).map(([name, value]) => {
      const key = name.includes(":") ? name : `hearth:${name}`;
      const plain = decrypt(value, key.replace(/^hearth:/, ""), key);
      return [key, typeof plain === "string" ? plain : JSON.stringify(plain)];
    }),
  );
  return { all, secretKeys: [...secretKeys] };
}

/** A stack file's settings as the Pulumi reader hands them to `resolveSettings`. */
export function pulumiConfigOf(text: string, secrets: Readonly<Record<string, string>> = {}): Readonly<Record<string, unknown>> {
  const { all, secretKeys } = engineConfig(text, secrets);
  return rawFromPulumiConfig(all, secretKeys);
}
