import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import type { WorldEvent } from "../../lab/world/events";
import { killEngine } from "./engine-process";
import { eventually } from "./lab-fixture";
import { labStackText, stackText, TestLab } from "./lab-harness";
import { withProps } from "./seeded-programs";

const NODES = ["cp-1", "cp-2", "cp-3"];
const GATES = { talosApi: 60, kubernetesApi: 60, nodes: 60, tree: 30, flux: 120, settle: 1 };
const LABELS = ["hearth:nodeDefaults", "controlplane", "labels"] as const;
/** What happens to a node when it is given a config that needs a reboot. */
const STEPS = ["config.applied", "node.rebooting", "node.api-up"];

describe("Three control planes", function () {
  this.timeout(300_000);
  const text = stackText(labStackText(34), [
    [["hearth:gates"], GATES],
    [["hearth:proxmox", "home", "antiAffinityRule"], true],
  ]);
  const lab = new TestLab("lab", text);

  after(() => lab.close());

  it("come up by a second `up` after the engine was killed in the middle of the first", async () => {
    const session = await lab.open();
    await lab.hurry();
    await session.publish();
    const killed = lab.upIn(session, ({ resourcePreEvent: event }) => {
      if (event?.metadata.urn.endsWith("::bootstrap") === true) killEngine();
    });
    await assert.rejects(killed);
    // A kill at the wrong moment cuts such a file short, and then no command opens the stack any more.
    const state = readdirSync(lab.home.state, { recursive: true, encoding: "utf8" });
    assert.ok(state.some((file) => file.endsWith("/lab.json")));
    assert.deepEqual(
      state.filter((file) => file.endsWith(".attrs")),
      [],
      "written where it is read, not renamed into place",
    );
    assert.deepEqual((await lab.inventory())["machines"], NODES);
    await lab.up();
    assert.deepEqual((await lab.preview()).changes, {});
  });

  it("take a changed config one after the other, each after the others are healthy again", async () => {
    const before = (await lab.events()).length;
    lab.change([LABELS, { "example.com/site": "moved" }]);
    // Nothing that the settings say reboots a node today: this makes each change do it.
    const { changes } = await lab.up(
      withProps("talos:machine/configurationApply:ConfigurationApply", (props) => ({ ...props, applyMode: "reboot" })),
    );
    assert.deepEqual(changes, { update: 3 });
    // The last one's restart is nobody's to wait for: `up` ends before it.
    const since = await eventually("the last restart", async () => {
      const events = (await lab.events()).slice(before);
      return steps(events).includes("node.api-up cp-3") ? events : undefined;
    });
    assert.deepEqual(
      steps(since),
      NODES.flatMap((node) => STEPS.map((step) => `${step} ${node}`)),
    );
    assert.deepEqual(
      since.filter(({ kind }) => kind === "etcd.quorum-lost"),
      [],
    );
  });

  it("take no changed config while one of them is down, and `up` says which (others-healthy)", async () => {
    await lab.up();
    await lab.control("power", { machine: "cp-3", wanted: "off" });
    lab.change([LABELS, { "example.com/site": "moved-again" }], [["hearth:gates", "talosApi"], 2]);
    const before = (await lab.events()).length;
    await assert.rejects(
      lab.up(),
      /gave up waiting for control plane cp-3 to be healthy \(etcd member, kube-apiserver\) after 2 s; last seen: \S+/,
    );
    assert.deepEqual(steps((await lab.events()).slice(before)), []);
    await lab.control("power", { machine: "cp-3", wanted: "on" });
    lab.change([["hearth:gates"], GATES]);
    await lab.up();
    assert.deepEqual((await lab.preview()).changes, {});
    await eventually("the new label on every node", async () => {
      const nodes = await lab.kubernetes().list("/api/v1/nodes");
      return nodes.every(({ metadata }) => metadata.labels?.["example.com/site"] === "moved-again") ? true : undefined;
    });
  });

  it("leave nothing behind, the rule that keeps them apart included", async () => {
    assert.equal((await lab.inventory())["haRules"]?.length, 1);
    await lab.destroy();
    const left = Object.entries(await lab.inventory()).filter(([, items]) => items.length > 0);
    assert.deepEqual(left, []);
  });
});

function steps(events: readonly WorldEvent[]): readonly string[] {
  return events.filter(({ kind }) => STEPS.includes(kind)).map(({ kind, subject }) => `${kind} ${subject}`);
}
