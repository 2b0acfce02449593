import { parseAllDocuments } from "yaml";
import { vendoredFiles } from "../crds/vendored";
import type { KubeObject } from "../kit/objects";

const parsed = new Map<string, readonly KubeObject[]>();

/** Every object in one vendored file, as its project wrote it. @throws Error when there is no such file */
export function vendoredObjects(folder: string, file: string): readonly KubeObject[] {
  const key = `${folder}/${file}`;
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const text = vendoredFiles(folder).get(file);
  if (text === undefined) throw new Error(`there is no vendored ${key}`);
  const objects = parseAllDocuments(text).flatMap((document) => {
    const value: unknown = document.toJS();
    return value === null ? [] : [value as KubeObject]; // a test holds the copies against the module's own files
  });
  parsed.set(key, objects);
  return objects;
}

/** The only object of a vendored file. @throws Error when there are more or fewer */
export function vendoredObject(folder: string, file: string): KubeObject {
  const [object, ...rest] = vendoredObjects(folder, file);
  if (object === undefined || rest.length > 0) throw new Error(`${folder}/${file} holds ${rest.length + 1} objects`);
  return object;
}
