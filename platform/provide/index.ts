import type { Provider } from "../kit/provider";
import { buckets } from "./bucket";
import { databases } from "./database";
import { monitoring } from "./monitoring";
import { networkPolicy } from "./network-policy";

/** Every sort of request that apps can make, each with whoever fulfils it. */
export const PROVIDERS: readonly Provider[] = [buckets, databases, monitoring, networkPolicy];
