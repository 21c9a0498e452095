import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type AddressRequest, assignmentOf } from "../../../../proxy/control/cluster/addresses.ts";

const cluster = (value: string) => ({ type: "IPAddress", value, routability: "Cluster" });
const outside = (value: string) => ({ type: "IPAddress", value, routability: "" });

function service(type: string, ingress: readonly object[] = [], clusterIPs = ["10.96.0.42", "fd00::2a"]) {
  const status = { loadBalancer: { ingress } };
  return { apiVersion: "v1", kind: "Service", metadata: { name: "gate" }, spec: { type, clusterIPs }, status };
}

const balanced = service("LoadBalancer", [{ ip: "192.0.2.7" }, { hostname: "lb.example.com" }]);
const any = (routability = "", type = "IPAddress") => ({ type, routability });
const named = (value: string, routability = "", type = "IPAddress") => ({ type, value, routability });
const addresses = (requests: readonly AddressRequest[], of: ReturnType<typeof service> | undefined = balanced) =>
  assignmentOf(requests, of).addresses.map(({ value, routability }) => `${value} ${routability}`.trim());

test("a Gateway that asks for nothing has what its load balancer has, or without one what is inside the cluster", () => {
  assert.deepEqual(addresses([]), ["192.0.2.7", "lb.example.com"]);
  assert.deepEqual(assignmentOf([], service("ClusterIP")).addresses, [cluster("10.96.0.42"), cluster("fd00::2a")]);
  assert.deepEqual(addresses([], service("ClusterIP", [], ["None"])), []);
  assert.deepEqual(assignmentOf([], undefined), { addresses: [], met: 0, missing: [], pending: true });
});

test("each request has an address of its own, in the order of the requests", () => {
  assert.deepEqual(addresses([any("Cluster"), any()]), ["10.96.0.42 Cluster", "192.0.2.7"]);
  assert.deepEqual(addresses([any("", "Hostname"), any()]), ["lb.example.com", "192.0.2.7"]);
  assert.deepEqual(addresses([any("Cluster"), any("Cluster")]), ["10.96.0.42 Cluster", "fd00::2a Cluster"]);
  assert.deepEqual(addresses([any("Cluster"), named("10.96.0.42", "Cluster")]), [
    "fd00::2a Cluster",
    "10.96.0.42 Cluster",
  ]);
});

test("an address inside the cluster never stands for one that is asked for outside, nor the other way about", () => {
  const pending = service("LoadBalancer");
  assert.deepEqual(assignmentOf([any()], pending).addresses, []);
  assert.deepEqual(addresses([named("192.0.2.7", "Cluster")]), []);
  assert.deepEqual(addresses([named("10.96.0.42")], pending), []);
  assert.deepEqual(addresses([any("Cluster", "Hostname")]), []);
  assert.deepEqual(addresses([any("acme.io/wan")]), []);
});

test("without a load balancer the address inside the cluster is the default, and says so", () => {
  assert.deepEqual(assignmentOf([any()], service("NodePort")).addresses, [cluster("10.96.0.42")]);
});

test("the routability that is kept for tests is the default, told as it was asked for", () => {
  assert.deepEqual(addresses([any("testing.x-k8s.io/sentinel")]), ["192.0.2.7 testing.x-k8s.io/sentinel"]);
  assert.deepEqual(addresses([any("testing.x-k8s.io/other")]), []);
});

test("an address that is served and not the one that is asked for stays in the status", () => {
  const { addresses, met, missing } = assignmentOf(
    [named("192.0.2.99")],
    service("LoadBalancer", [{ ip: "192.0.2.7" }]),
  );
  assert.deepEqual(addresses, [outside("192.0.2.7")]);
  assert.equal(met, 0);
  assert.equal(missing.length, 1);
});

test("the same address may be written in several ways", () => {
  const ipv6 = service("LoadBalancer", [{ ip: "2001:db8::1" }, { hostname: "edge.example.com" }]);
  const requests = [named("2001:DB8:0:0::1"), named("Edge.Example.com", "", "Hostname")];
  assert.deepEqual(addresses(requests, ipv6), ["2001:db8::1", "edge.example.com"]);
});

test("no address is given twice, and each that is given is what its request wants", () => {
  const values = ["10.96.0.42", "fd00::2a", "192.0.2.7", "198.51.100.1"];
  const request = fc.record(
    {
      type: fc.constantFrom("IPAddress", "Hostname"),
      routability: fc.constantFrom("", "Cluster", "testing.x-k8s.io/sentinel", "acme.io/wan"),
      value: fc.constantFrom(...values),
    },
    { requiredKeys: ["type", "routability"] },
  );
  const services = fc.constantFrom(balanced, service("LoadBalancer"), service("ClusterIP"), undefined);
  fc.assert(
    fc.property(fc.array(request, { maxLength: 6 }), services, (requests, of) => {
      const { addresses, met, missing } = assignmentOf(requests, of);
      assert.equal(new Set(addresses.map(({ value }) => value)).size, addresses.length);
      if (requests.length === 0) return;
      assert.equal(met + missing.length, requests.length);
      const satisfied = requests.filter((each) => !missing.includes(each));
      for (const [i, { type, value, routability }] of satisfied.entries()) {
        const given = addresses[i];
        assert.equal(given?.type, type);
        if (value !== undefined) assert.equal(given?.value, value);
        if (routability !== "") assert.equal(given?.routability, routability);
      }
    }),
  );
});
