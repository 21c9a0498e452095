import assert from "node:assert/strict";
import { test } from "node:test";
import { type Known, programmedOf } from "../../../proxy/control/cluster/programmed.ts";

const proxy = { instance: "edge-1", current: true, closed: [] };
const well: Known = {
  proxies: [proxy],
  ready: 1,
  addresses: [{ type: "IPAddress", value: "10.200.1.7" }],
  requested: [],
  settling: false,
};
const reasonOf = (known: Partial<Known>): string => {
  const { status, reason } = programmedOf({ ...well, ...known });
  return `${status} ${reason}`;
};

test("a Gateway is programmed when a proxy is ready, each enforces the newest configuration, and it has an address", () => {
  assert.equal(reasonOf({}), "True Programmed");
  assert.equal(reasonOf({ proxies: [] }), "Unknown Pending");
  assert.equal(reasonOf({ ready: 0 }), "Unknown Pending");
  assert.equal(reasonOf({ addresses: [] }), "False AddressNotAssigned");
  assert.equal(reasonOf({ proxies: [proxy, { ...proxy, current: false }] }), "Unknown Pending");
  assert.equal(reasonOf({ proxies: [{ ...proxy, current: false }], settling: true }), "True Programmed");
  assert.equal(reasonOf({ proxies: [{ ...proxy, error: "no such version" }] }), "False Invalid");
  assert.equal(reasonOf({ ready: 0, trouble: "exceeded quota" }), "False NoResources");
  assert.equal(reasonOf({ refusal: { status: 403, message: "exceeded quota" } }), "False NoResources");
  assert.equal(
    reasonOf({ refusal: { status: 422, message: "must be less than or equal to cpu limit" } }),
    "False Invalid",
  );
});

test("an address that a Gateway asks for by its value and does not get is not usable", () => {
  assert.equal(reasonOf({ requested: ["10.200.1.7"] }), "True Programmed");
  assert.equal(reasonOf({ requested: ["192.0.2.1"] }), "False AddressNotUsable");
  assert.equal(reasonOf({ requested: ["192.0.2.1"], addresses: [] }), "False AddressNotUsable");
  assert.equal(reasonOf({ requested: ["10.200.1.7", "192.0.2.1"] }), "False AddressNotUsable");
  const { message } = programmedOf({ ...well, requested: ["10.200.1.7", "192.0.2.1"] });
  assert.match(message, /asks for 192\.0\.2\.1, and its Service has 10\.200\.1\.7/);
});

test("the same address may be written in several ways", () => {
  const addresses = [
    { type: "IPAddress", value: "2001:db8::1" },
    { type: "Hostname", value: "edge.example.com" },
  ] as const;
  assert.equal(reasonOf({ addresses, requested: ["2001:DB8:0:0::1", "Edge.Example.com"] }), "True Programmed");
});
