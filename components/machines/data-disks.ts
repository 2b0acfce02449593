import { createHash } from "node:crypto";

/** Bytes that a disk's serial may have. */
const MAX_SERIAL_LENGTH = 20;

/** Serial of a data disk, by which Talos finds it: its name, or a short form of it that is as unique. */
export function dataDiskSerial(name: string): string {
  if (name.length <= MAX_SERIAL_LENGTH) return name;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${name.slice(0, MAX_SERIAL_LENGTH - digest.length - 1)}-${digest}`;
}
