import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BASE, CHANGES, fixturePath, planned, plannedPatch } from "./prepared-changes";

/** `HEARTH_FIXTURES=write` writes the expected texts anew; read the diff before you commit it. */
const WRITES = process.env["HEARTH_FIXTURES"] === "write";

/** What must and must not be said of each change, whatever the wording around it. */
const SAID: Readonly<Record<keyof typeof CHANGES, { says: readonly RegExp[]; not: readonly RegExp[]; verdict: "blocked" | "open" }>> = {
  "add-a-node": {
    says: [
      /^\| create \| machine \| `worker-2` \|/m,
      /^\| create \| machine config \| `config-worker-2` \|/m,
      /<summary>worker-2 /,
      /hostname: "worker-2"/,
    ],
    not: [/restarts/, /\*\*replace\*\*|\*\*delete\*\*/, /`cp-1`|`worker-1`/],
    verdict: "open",
  },
  "change-a-label": {
    says: [
      /^\| change \| machine config \| `config-cp-2` \| `machine\.nodeLabels\["example\.com\/site"\]`/m,
      /`cp-1`, `cp-2`, `cp-3`: taken over in place/,
      /<summary>cp-1, cp-2, cp-3 \(\+1 −1\)/,
      /^-\s+example\.com\/site: "lab"$/m,
      /^\+\s+example\.com\/site: "cellar"$/m,
    ],
    not: [/restarts/, /worker-1/],
    verdict: "open",
  },
  "raise-a-version": {
    says: [
      /^\| `cluster\.versions\.talos` \| `1\.13\.7` \| `1\.14\.0` \|$/m,
      /\*\*every node restarts\*\*, one at a time/,
      /No resource changes/,
      /the app `tuppr` is off/,
    ],
    not: [/Must be mended/, /Machine configs/],
    verdict: "open",
  },
  "raise-it-too-far": {
    says: [
      /\*\*This cannot go in as it is: 2 mistakes in the settings, 1 finding that must be mended\.\*\*/,
      /Kubernetes 1\.36\.3 → 1\.38\.0 skips 1\.37\. Go to 1\.37 first/,
      /does not run on Talos 1\.13/,
      /is not tested with Cilium/,
    ],
    not: [/What changes/],
    verdict: "blocked",
  },
  "remove-an-app": {
    says: [
      /\*\*1 to delete\*\*/,
      /\*\*`namespace\/echo`\*\* \| only leaves the state: it stays/,
      /^\| \*\*echo\*\* .*\*\*Flux deletes 3 objects\*\* \|$/m,
      /^-\s+kind: Deployment|^-kind: Deployment$/m,
    ],
    not: [/restarts/, /Machine configs/],
    verdict: "open",
  },
  "rename-a-host": {
    says: [/^\| create \| image \| `home-attic-/m, /^\| change \| machine \| `cp-3` \| `nodeName: pve3 → attic`; it is migrated/m],
    not: [/\*\*replace\*\*|\*\*delete\*\*/, /restarts/],
    verdict: "open",
  },
  "loosen-a-policy": {
    says: [/\*\*Weaker:\*\* `platform\.network-policies`: enforce → audit/, /^-\s+ingress: true$/m, /^\+\s+ingress: false$/m],
    not: [/What changes/, /Must be mended/],
    verdict: "open",
  },
  "change-a-secret": {
    says: [/^- `cloudflare\.token` gets a new value$/m, /^\| change \| provider \| `cloudflare` \| `token` \|$/m],
    not: [/v1:/, /proxmox\.home\.token/],
    verdict: "open",
  },
};

describe("the plan of a prepared change of the lab's stack", function () {
  this.timeout(30_000);

  it("has nothing to say of no change, and stops nothing", () => {
    const { markdown, verdict } = planned(BASE);
    assert.match(markdown, /No resource changes\. Compared with main \(1a2b3c4\)\./);
    assert.doesNotMatch(markdown, /### (What changes|Nodes|Secrets|Policies|Machine configs|What Flux applies)/);
    assert.equal(verdict, "open");
  });

  for (const [name, { title, patch }] of Object.entries(CHANGES)) {
    describe(title, () => {
      it("says what it leads to, and nothing that it does not", () => {
        const { markdown, verdict } = plannedPatch(patch);
        const expected = SAID[name];
        assert.ok(expected, `nothing is expected of ${name}`);
        for (const form of expected.says) assert.match(markdown, form);
        for (const form of expected.not) assert.doesNotMatch(markdown, form);
        assert.equal(verdict, expected.verdict);
      });

      it("is word for word what is committed", () => {
        const { markdown } = plannedPatch(patch);
        if (WRITES) writeFileSync(fixturePath(name), markdown);
        assert.ok(existsSync(fixturePath(name)), `${fixturePath(name)} is not there: HEARTH_FIXTURES=write makes it`);
        assert.equal(markdown, readFileSync(fixturePath(name), "utf8"));
      });
    });
  }

  it("has no fixture without a change", () => {
    const fixtures = readdirSync(join(__dirname, "fixtures")).map((file) => file.replace(/\.md$/, ""));
    assert.deepEqual(fixtures.sort(), Object.keys(CHANGES).sort());
  });
});
