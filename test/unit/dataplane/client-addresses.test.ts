import assert from "node:assert/strict";
import { test } from "node:test";
import { ClientAddresses, networkOf } from "../../../proxy/dataplane/overload/client-addresses.ts";

const networks: readonly (readonly [string | undefined, string])[] = [
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::FFFF:192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:DB8:1:2::9", "2001:db8:1:2"],
  ["2001:db8::1", "2001:db8:0:0"],
  ["2001:db8::3:4:5:6:7", "2001:db8:0:3"],
  ["2001::5:6:7:8", "2001:0:0:0"],
  ["::1", "0:0:0:0"],
  ["::", "0:0:0:0"],
  ["fe80::1%eth0", "fe80:0:0:0"],
  ["1:2:3:4:5:6:7::", "1:2:3:4"],
  [undefined, "unknown"],
];

for (const [address, network] of networks) {
  test(`${address} counts as ${network}`, () => assert.equal(networkOf(address), network));
}

test("connections of an address are bounded, and addresses without any are forgotten", () => {
  const addresses = new ClientAddresses(2);
  assert.deepEqual([addresses.enter("a"), addresses.enter("a"), addresses.enter("a")], [true, true, false]);
  assert.equal(addresses.enter("b"), true);
  addresses.leave("a");
  assert.equal(addresses.enter("a"), true);
  for (const address of ["a", "a", "b"]) addresses.leave(address);
  assert.equal(addresses.size, 0);
});

test("without a bound nothing is kept of an address", () => {
  const addresses = new ClientAddresses(0);
  for (let i = 0; i < 10; i++) assert.equal(addresses.enter("a"), true);
  assert.equal(addresses.size, 0);
  addresses.leave("a");
});
