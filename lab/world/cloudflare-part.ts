/** The Cloudflare account as a part of the lab's world: same calls, same log, same file. */
import type { CloudflareSettings } from "../../config/settings";
import { CloudflareWorld, type CloudflareAccount, type CloudflareSnapshot } from "./cloudflare";
import type { World } from "./world";

const PART = "cloudflare";

/** The account that these settings take for granted; any token is let in unless a hash is added. */
export function cloudflareAccountOf({ accountId, zones }: CloudflareSettings): CloudflareAccount {
  return { accountId, zones };
}

/** Opens the account with what the world's file has of it, and keeps it there from now on. Throws when the file is damaged. */
export function openCloudflare(world: World, account: CloudflareAccount): CloudflareWorld {
  const saved = world.savedPart(PART);
  if (saved !== undefined && !isSnapshot(saved)) throw new Error("the world's file has no valid Cloudflare account");
  const timestamp = (): string => world.clock.timestamp();
  const opened = new CloudflareWorld(account, world, {
    timestamp,
    events: world.events,
    ...(saved === undefined ? {} : { snapshot: saved }),
  });
  world.keepPart(PART, opened);
  return opened;
}

const isSnapshot = (value: unknown): value is CloudflareSnapshot =>
  typeof value === "object" &&
  value !== null &&
  "tunnels" in value &&
  "records" in value &&
  Array.isArray(value.tunnels) &&
  Array.isArray(value.records);
