import { bech32 } from "@scure/base";

/** Bytes of an X25519 private key. */
export const AGE_KEY_BYTES = 32;

/**
 * The age identity of 32 random bytes: an X25519 private key in bech32 under the prefix `AGE-SECRET-KEY-`, upper
 * case; source: the age format specification (age-encryption.org/v1). @throws Error when the length is another.
 */
export function ageIdentity(bytes: Uint8Array): string {
  if (bytes.length !== AGE_KEY_BYTES) throw new Error(`an age key has ${AGE_KEY_BYTES} bytes, not ${bytes.length}`);
  return bech32.encodeFromBytes("AGE-SECRET-KEY-", bytes).toUpperCase();
}
