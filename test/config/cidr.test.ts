import assert from "node:assert/strict";
import fc from "fast-check";
import {
  bitsOf,
  contains,
  encloses,
  formatAddress,
  formatCidr,
  lastOf,
  nth,
  overlaps,
  parseAddress,
  parseCidr,
  parseInterface,
  reservedAs,
  sizeOf,
  type Address,
  type Cidr,
  type Family,
} from "../../config/cidr";

const family = fc.constantFrom<Family>(4, 6);
const address: fc.Arbitrary<Address> = family.chain((of) =>
  fc.bigInt(0n, (1n << BigInt(bitsOf(of))) - 1n).map((value) => ({ family: of, value })),
);
const cidr: fc.Arbitrary<Cidr> = address.chain(({ family: of, value }) =>
  fc.integer({ min: 0, max: bitsOf(of) }).map((prefix) => {
    const host = BigInt(bitsOf(of) - prefix);
    return { family: of, first: (value >> host) << host, prefix };
  }),
);

describe("address arithmetic", () => {
  it("reads back every address that it writes", () => {
    fc.assert(fc.property(address, (each) => assert.deepEqual(parseAddress(formatAddress(each)), each)));
  });

  it("reads back every network that it writes", () => {
    fc.assert(fc.property(cidr, (each) => assert.deepEqual(parseCidr(formatCidr(each)), each)));
  });

  it("takes a network for one only without host bits", () => {
    fc.assert(
      fc.property(address, fc.nat(128), ({ family: of, value }, some) => {
        const prefix = some % (bitsOf(of) + 1);
        const text = `${formatAddress({ family: of, value })}/${prefix}`;
        const hostBits = value & ((1n << BigInt(bitsOf(of) - prefix)) - 1n);
        assert.equal(parseCidr(text) !== undefined, hostBits === 0n);
        assert.equal(parseInterface(text)?.cidr.first, value - hostBits);
      }),
    );
  });

  it("holds its first and last address and neither neighbour", () => {
    fc.assert(
      fc.property(cidr, (each) => {
        const at = (value: bigint): Address => ({ family: each.family, value });
        assert.ok(contains(each, at(each.first)) && contains(each, at(lastOf(each))));
        assert.ok(!contains(each, at(each.first - 1n)) && !contains(each, at(lastOf(each) + 1n)));
        assert.equal(lastOf(each) - each.first + 1n, sizeOf(each));
      }),
    );
  });

  it("says that two networks overlap exactly when one encloses the other", () => {
    fc.assert(fc.property(cidr, cidr, (a, b) => assert.equal(overlaps(a, b), encloses(a, b) || encloses(b, a))));
  });

  it("counts addresses from the first and stops at the last", () => {
    fc.assert(
      fc.property(cidr, fc.bigInt(0n, 1n << 130n), (each, offset) => {
        assert.equal(nth(each, offset)?.value, offset < sizeOf(each) ? each.first + offset : undefined);
      }),
    );
  });

  it("keeps network and broadcast addresses from hosts", () => {
    const name = (network: string, host: string) => {
      const [where, what] = [parseCidr(network), parseAddress(host)];
      assert.ok(where && what);
      return reservedAs(where, what);
    };
    assert.equal(name("10.0.0.0/24", "10.0.0.0"), "network");
    assert.equal(name("10.0.0.0/24", "10.0.0.255"), "broadcast");
    assert.equal(name("10.0.0.0/24", "10.0.0.1"), undefined);
    assert.equal(name("fd00::/120", "fd00::"), "network");
    assert.equal(name("fd00::/120", "fd00::ff"), undefined);
  });

  it("refuses what only looks like an address", () => {
    for (const text of [
      "",
      "10.0.0",
      "10.0.0.0.0",
      "010.0.0.1",
      "256.0.0.1",
      "0x7f.0.0.1",
      "10.0.0.1/24",
      " 10.0.0.1",
      "fe80::1%eth0",
      ":::",
      "1",
      "2130706433",
    ])
      assert.equal(parseAddress(text), undefined, text);
    for (const text of ["10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "fd00::/129", "/24"])
      assert.equal(parseCidr(text), undefined, text);
  });
});
