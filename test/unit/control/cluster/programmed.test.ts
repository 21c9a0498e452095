import assert from "node:assert/strict";
import { test } from "node:test";
import { type AddressRequest, type Assignment, assignmentOf } from "../../../../proxy/control/cluster/addresses.ts";
import {
  addressesAssigned,
  type Known,
  programmedOf,
  standsAsTold,
  takeover,
} from "../../../../proxy/control/cluster/programmed.ts";

/** Returns the assignment of a load balancer with this address to a Gateway with these requests. */
function assigned(requests: readonly AddressRequest[] = [], ip: string | undefined = "10.200.1.7"): Assignment {
  const spec = { type: "LoadBalancer", clusterIPs: ["10.96.0.42"] };
  const status = { loadBalancer: { ingress: ip === undefined ? [] : [{ ip }] } };
  return assignmentOf(requests, { apiVersion: "v1", kind: "Service", metadata: { name: "gate" }, spec, status });
}

const ip = (value?: string, routability = "") => ({ type: "IPAddress", ...(value && { value }), routability });

const proxy = { instance: "edge-1", current: true, closed: [] };
const well: Known = {
  proxies: [proxy],
  ready: 1,
  assignment: assigned(),
  applied: true,
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
  assert.equal(reasonOf({ assignment: assigned([], "") }), "False AddressNotAssigned");
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

test("an address that a Gateway names and does not get is not usable", () => {
  const reason = (...values: readonly string[]) => reasonOf({ assignment: assigned(values.map((value) => ip(value))) });
  assert.equal(reason("10.200.1.7"), "True Programmed");
  assert.equal(reason("192.0.2.1"), "False AddressNotUsable");
  assert.equal(reason("10.200.1.7", "192.0.2.1"), "False AddressNotUsable");
  assert.equal(reasonOf({ assignment: assigned([ip("192.0.2.1")], "") }), "False AddressNotUsable");
  const { message } = programmedOf({ ...well, assignment: assigned([ip("10.200.1.7"), ip("192.0.2.1")]) });
  assert.match(message, /asks for 192\.0\.2\.1, and its Service has 10\.200\.1\.7/);
});

test("without any of its addresses a Gateway is not programmed, and with some it is, and says which are missing", () => {
  const elsewhere = ip(undefined, "acme.io/wan");
  assert.equal(reasonOf({ assignment: assigned([elsewhere]) }), "False AddressNotAssigned");
  assert.equal(reasonOf({ assignment: assigned([ip("192.0.2.1", "Cluster")]) }), "False AddressNotAssigned");
  assert.equal(reasonOf({ assignment: assigned([elsewhere, ip()]) }), "True Programmed");
  const told = (...requests: readonly AddressRequest[]) => addressesAssigned(assigned(requests));
  assert.equal(told()?.reason, "AddressesAssigned");
  assert.equal(told(ip(), ip(undefined, "Cluster"))?.reason, "AddressesAssigned");
  assert.equal(told(elsewhere)?.reason, "NotAssigned");
  assert.equal(told(elsewhere, ip())?.reason, "PartiallyAssigned");
  assert.match(String(told(elsewhere, ip())?.message), /asks for any IPAddress of routability acme\.io\/wan/);
  assert.equal(addressesAssigned(assigned([], "")), undefined, "the load balancer owes an answer");
});

test("a change of the leader is no news of proxies that are ready, and soon it is", () => {
  const nobody = programmedOf({ ...well, proxies: [] });
  const behind = programmedOf({ ...well, proxies: [proxy, { ...proxy, current: false }] });
  for (const told of [nobody, behind]) {
    assert.equal(standsAsTold(told, 1, 1_000), true);
    assert.equal(standsAsTold(told, 1, takeover), false);
    assert.equal(standsAsTold(told, 0, 1_000), false);
  }
  assert.equal(standsAsTold(programmedOf(well), 1, 0), false);
  assert.equal(standsAsTold(programmedOf({ ...well, proxies: [{ ...proxy, error: "x" }] }), 1, 0), false);
});
