import type { Provider } from "../kit/provider";
import { monitoring } from "./monitoring";

/** Every sort of request that apps can make, each with whoever fulfils it. */
export const PROVIDERS: readonly Provider[] = [monitoring];
