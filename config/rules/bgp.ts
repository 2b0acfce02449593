import type { Path } from "../path";
import { problem } from "../problem";
import { DEFAULTS } from "../defaults";
import type { Rule } from "./rule";

const NEEDED = ["routerAddress", "routerAsn", "nodeAsn"] as const;
const ALL = [...NEEDED, "password", "holdTime", "keepAlive", "gracefulRestart"] as const;

/** Numbers that are not anyone's: RFC 7607, 6793, 7300, 5398. */
const RESERVED: readonly (readonly [number, number])[] = [
  [23456, 23456],
  [64496, 64511],
  [65535, 65551],
  [4294967295, 4294967295],
];

const at = (field: string): Path => ["network", "announce", field];

export const bgpRules: readonly Rule[] = [
  {
    id: "bgp.complete",
    says: "With `bgp` the router's address and both AS numbers are given; without it nothing of BGP is.",
    check: ({ written, broken }) => {
      const announce = written.network?.announce;
      if (announce?.mode === "bgp")
        return NEEDED.filter((field) => announce[field] === undefined && !broken(at(field))).map((field) =>
          problem("bgp.complete", at(field), "is missing, and bgp needs it", "set it, or set the mode to l2", [at("mode")]),
        );
      if (announce?.mode !== "l2") return [];
      return ALL.filter((field) => announce[field] !== undefined).map((field) =>
        problem("bgp.complete", at(field), "is given, but the mode is l2", "remove it, or set the mode to bgp", [at("mode")]),
      );
    },
  },
  {
    id: "bgp.asn",
    says: "AS numbers are not reserved ones (23456, 64496-64511, 65535-65551, 4294967295).",
    check: ({ written }) =>
      (["routerAsn", "nodeAsn"] as const).flatMap((field) => {
        const asn = written.network?.announce?.[field];
        if (asn === undefined || !RESERVED.some(([first, last]) => asn >= first && asn <= last)) return [];
        return [
          problem("bgp.asn", at(field), "is a reserved AS number", "choose a private one: 64512 to 65534, or 4200000000 to 4294967294"),
        ];
      }),
  },
  {
    id: "bgp.timers",
    says: "The hold time is at least three times the keep-alive time.",
    check: ({ written }) => {
      const announce = written.network?.announce;
      if (announce?.mode !== "bgp") return [];
      const { holdTime = DEFAULTS.bgpTimers.holdTime, keepAlive = DEFAULTS.bgpTimers.keepAlive } = announce;
      if (holdTime >= 3 * keepAlive) return [];
      const path = announce.holdTime === undefined ? at("keepAlive") : at("holdTime");
      return [
        problem(
          "bgp.timers",
          path,
          `a hold time of ${holdTime} s is less than three keep-alives of ${keepAlive} s`,
          "raise holdTime, or lower keepAlive",
          [at("holdTime"), at("keepAlive")],
        ),
      ];
    },
  },
];
