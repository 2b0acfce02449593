import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { GeneratedSecret } from "../../platform/kit/secrets";
import { AGE_KEY_BYTES, ageIdentity } from "./age-identity";

/** Makes a secret once and keeps it in the state. `name` is its logical name, `<namespace>/<secret>/<key>`. */
export function generated(
  name: string,
  { alphabet, length }: GeneratedSecret,
  options: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  switch (alphabet) {
    case "alphanumeric":
      return new random.RandomPassword(name, { length, special: false }, options).result;
    case "hex":
      return new random.RandomBytes(name, { length: Math.ceil(length / 2) }, options).hex.apply((hex) => hex.slice(0, length));
    case "base64url":
      return new random.RandomBytes(name, { length: Math.ceil((length * 3) / 4) }, options).base64.apply((text) =>
        base64url(text).slice(0, length),
      );
  }
}

/** Makes an age identity once and keeps its bytes in the state. */
export function generatedAgeIdentity(name: string, options: pulumi.CustomResourceOptions): pulumi.Output<string> {
  return pulumi.secret(
    new random.RandomBytes(name, { length: AGE_KEY_BYTES }, options).base64.apply((text) => ageIdentity(Buffer.from(text, "base64"))),
  );
}

function base64url(base64: string): string {
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
