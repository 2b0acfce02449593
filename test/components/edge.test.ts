import assert from "node:assert/strict";
import { ingressRules, tunnelToken } from "../../components/edge/tunnel";

describe("the tunnel", () => {
  it("sends one wildcard per domain to the external gateway and everything else to 404", () => {
    const rules = ingressRules(["example.com", "example.org"]);
    assert.deepEqual(
      rules.map(({ hostname, service }) => [hostname, service.split(":")[0]]),
      [
        ["*.example.com", "https"],
        ["*.example.org", "https"],
        [undefined, "http_status"],
      ],
    );
    assert.equal(rules[1]?.originRequest?.originServerName, "external.example.org");
  });

  it("has a token of account, tunnel and secret, as cloudflared reads it", () => {
    const token = tunnelToken("account", "tunnel", "c2VjcmV0");
    assert.deepEqual(JSON.parse(Buffer.from(token, "base64").toString()), { a: "account", t: "tunnel", s: "c2VjcmV0" });
  });
});
