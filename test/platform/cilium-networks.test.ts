import assert from "node:assert/strict";
import { parse } from "yaml";
import { secretsOf } from "../../platform/plan";
import { renderTree } from "../../platform/render";
import { SecretValue } from "../../config/secret-value";
import { bgp, network, node, settings } from "./settings";

function specs(given: ReturnType<typeof settings>): Record<string, unknown> {
  const files = [...renderTree(given)].filter(([path]) => /^apps\/cilium-networks\/cilium/.test(path));
  return Object.fromEntries(files.map(([path, text]) => [path.split("/")[2], parse(text).spec]));
}

describe("cilium-networks", () => {
  it("gives addresses of the pool to every service, first and last excluded", () => {
    assert.deepEqual(specs(settings())["ciliumloadbalancerippool-pool.yaml"], {
      allowFirstLastIPs: "No",
      blocks: [{ cidr: "192.168.10.192/26" }],
    });
  });

  it("announces by L2 alone, or by BGP alone", () => {
    assert.deepEqual(Object.keys(specs(settings())), ["ciliuml2announcementpolicy-pool.yaml", "ciliumloadbalancerippool-pool.yaml"]);
    assert.deepEqual(Object.keys(specs(settings({ network: network({ announce: bgp() }) }))), [
      "ciliumbgpadvertisement-load-balancers.yaml",
      "ciliumbgpclusterconfig-cluster.yaml",
      "ciliumbgppeerconfig-router.yaml",
      "ciliumloadbalancerippool-pool.yaml",
    ]);
  });

  it("carries the timers, restart time, numbers and password reference of the settings", () => {
    const found = specs(settings({ network: network({ announce: bgp({ holdTime: 9, keepAlive: 3, gracefulRestart: 60 }) }) }));
    const peer = found["ciliumbgppeerconfig-router.yaml"] as Record<string, unknown>;
    assert.deepEqual(peer["timers"], { holdTimeSeconds: 9, keepAliveTimeSeconds: 3 });
    assert.deepEqual(peer["gracefulRestart"], { enabled: true, restartTimeSeconds: 60 });
    assert.equal(peer["authSecretRef"], "bgp-peer-password");
    const { bgpInstances } = found["ciliumbgpclusterconfig-cluster.yaml"] as { bgpInstances: unknown[] };
    assert.deepEqual(bgpInstances, [
      {
        name: "cluster",
        localASN: 64512,
        peers: [{ name: "router", peerASN: 64513, peerAddress: "192.168.10.1", peerConfigRef: { name: "router" } }],
      },
    ]);
  });

  it("negotiates graceful restart and a password only where they are set", () => {
    const peer = specs(settings({ network: network({ announce: bgp({ gracefulRestart: 0, password: undefined }) }) }))[
      "ciliumbgppeerconfig-router.yaml"
    ];
    assert.deepEqual(Object.keys(peer as object), ["families", "timers"]);
  });

  it("advertises both families of a dual-stack pool, by the label that the advertisement carries", () => {
    const given = settings({ network: network({ loadBalancerPool: { ipv4: "10.9.0.0/24", ipv6: "fd00:9::/112" }, announce: bgp() }) });
    const { families } = specs(given)["ciliumbgppeerconfig-router.yaml"] as {
      families: { afi: string; advertisements: { matchLabels: unknown } }[];
    };
    assert.deepEqual(
      families.map(({ afi }) => afi),
      ["ipv4", "ipv6"],
    );
    const advertisement = parse(renderTree(given).get("apps/cilium-networks/ciliumbgpadvertisement-load-balancers.yaml") ?? "");
    for (const family of families) assert.deepEqual(family.advertisements.matchLabels, advertisement.metadata.labels);
  });

  it("asks for the password in kube-system, where Cilium's agents read it, and only when there is one", () => {
    const password = SecretValue.of("correct horse");
    const named = (given: ReturnType<typeof settings>) => secretsOf(given).filter((secret) => secret.name === "bgp-peer-password");
    assert.deepEqual(named(settings({ network: network({ announce: bgp({ password }) }) })), [
      {
        namespace: "kube-system",
        name: "bgp-peer-password",
        type: "Opaque",
        labels: {},
        data: { password: { from: "given", value: password } },
      },
    ]);
    assert.deepEqual(named(settings({ network: network({ announce: bgp({ password: undefined }) }) })), []);
    assert.deepEqual(named(settings()), []);
  });
});

describe("the router's side of BGP", () => {
  const frr = (given: ReturnType<typeof settings>) => renderTree(given).get("router/frr.conf");

  it("has one session per node, takes single addresses of the pool and announces nothing", () => {
    assert.equal(
      frr(settings({ network: network({ loadBalancerPool: { ipv4: "10.9.0.0/24" }, announce: bgp() }) })),
      [
        "! BGP on the router for cluster test: one session per node, addresses of the load-balancer pool in, nothing out.",
        "! Rendered from the stack file by `npm run render`; edits are lost. UniFi OS 4.1.13 or newer: Settings > Routing > BGP, upload this file.",
        "! The sessions have a password. It is not in this file: add below the remote-as line",
        "!   neighbor HEARTH password <the password>",
        "!",
        "router bgp 64513",
        " bgp router-id 192.168.10.1",
        " no bgp ebgp-requires-policy",
        " bgp bestpath as-path multipath-relax",
        " neighbor HEARTH peer-group",
        " neighbor HEARTH remote-as 64512",
        " neighbor HEARTH timers 10 30",
        " neighbor 192.168.10.11 peer-group HEARTH",
        " neighbor 192.168.10.11 description cp-1",
        " neighbor 192.168.10.21 peer-group HEARTH",
        " neighbor 192.168.10.21 description worker-1",
        " !",
        " address-family ipv4 unicast",
        "  neighbor HEARTH activate",
        "  neighbor HEARTH next-hop-self",
        "  neighbor HEARTH soft-reconfiguration inbound",
        "  neighbor HEARTH prefix-list HEARTH-POOL-V4 in",
        "  neighbor HEARTH prefix-list HEARTH-NOTHING-V4 out",
        "  maximum-paths 2",
        " exit-address-family",
        "exit",
        "!",
        "ip prefix-list HEARTH-POOL-V4 seq 10 permit 10.9.0.0/24 ge 32 le 32",
        "ip prefix-list HEARTH-NOTHING-V4 seq 10 deny 0.0.0.0/0 le 32",
        "!",
        "",
      ].join("\n"),
    );
  });

  it("gives IPv6 routes their node's IPv6 address as next hop, since the sessions run over IPv4", () => {
    const text = frr(
      settings({
        network: network({ dualStack: true, loadBalancerPool: { ipv4: "10.9.0.0/24", ipv6: "fd00:9::/112" }, announce: bgp() }),
        nodes: [node("cp-1", "controlplane", 11, "fd00:1::11")],
      }),
    );
    assert.ok(text?.includes("  neighbor 192.168.10.11 route-map HEARTH-CP-1-V6 in\n"));
    assert.ok(text?.includes("route-map HEARTH-CP-1-V6 permit 10\n set ipv6 next-hop global fd00:1::11\nexit\n"));
    assert.ok(text?.includes("ipv6 prefix-list HEARTH-POOL-V6 seq 10 permit fd00:9::/112 ge 128 le 128\n"));
  });

  it("is not there without BGP, and mentions no password where there is none", () => {
    assert.equal(frr(settings()), undefined);
    assert.ok(!frr(settings({ network: network({ announce: bgp({ password: undefined }) }) }))?.includes("password"));
  });
});
