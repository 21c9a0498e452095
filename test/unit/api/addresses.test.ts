import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { validate } from "../../../lib/api/load/validate.ts";

function findings(addresses: readonly object[]): unknown[] {
  const gateway: AnyObject = {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    metadata: { name: "edge" },
    spec: { gatewayClassName: "edge", listeners: [{ name: "http", port: 80, protocol: "HTTP" }], addresses },
  };
  return validate(gateway, { channel: "standard" }).findings.map(({ code, field, given }) => [code, field, given]);
}

for (const value of ["203.0.113.7", "203.000.113.07", "2001:db8::7", "::ffff:203.0.113.7", "::ffff:203.0.113.07"]) {
  test(`${value} is an address of type IPAddress`, () => {
    assert.deepEqual(findings([{ value }]), []);
  });
}

for (const value of ["acme.io", "203.0.113", "203.0.113.256", "203.0.113.0256", "fe80::1%eth0", "203.0.113.0/24"]) {
  test(`${value} is no address of type IPAddress`, () => {
    assert.deepEqual(findings([{ value }]), [["GW1244", "spec.addresses[0].value", value]]);
  });
}

test("an address of another type is none of numbers, and one of no value is any", () => {
  assert.deepEqual(findings([{ type: "Hostname", value: "acme.io" }, { type: "IPAddress" }]), []);
});
