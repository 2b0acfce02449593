import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { ageIdentity } from "../../components/secrets/age-identity";

describe("the age identity", () => {
  it("decrypts what was encrypted to its recipient by the age library", async () => {
    const { Decrypter, Encrypter, identityToRecipient } = await import("age-encryption"); // an ES module
    const identity = ageIdentity(randomBytes(32));
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(identity));
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    assert.equal(await decrypter.decrypt(await encrypter.encrypt("the tree"), "text"), "the tree");
  });

  it("is the same for the same bytes and refuses another length", () => {
    const bytes = randomBytes(32);
    assert.equal(ageIdentity(bytes), ageIdentity(bytes));
    assert.match(ageIdentity(bytes), /^AGE-SECRET-KEY-1[0-9A-Z]{58}$/);
    assert.throws(() => ageIdentity(randomBytes(31)), /32 bytes, not 31/);
  });
});
