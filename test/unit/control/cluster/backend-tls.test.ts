import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { authority, keyPairFor } from "../../dataplane/tls/key-pairs.ts";
import { Cluster, controllerName } from "./cluster.ts";

const [first, second] = [authority("first").certificates, authority("second").certificates];
const shown = keyPairFor(["gateway.io"]);

const gateway = (clientCertificate?: string) => ({
  gatewayClassName: "ours",
  listeners: [{ name: "http", port: 80, protocol: "HTTP" }],
  ...(clientCertificate !== undefined && { tls: { backend: { clientCertificateRef: { name: clientCertificate } } } }),
});
const route = (parent: string, service: string) => ({
  parentRefs: [{ name: parent }],
  rules: [{ backendRefs: [{ name: service, port: 443 }] }],
});
const policy = (service: string, configMap: string) => ({
  targetRefs: [{ group: "", kind: "Service", name: service }],
  validation: { hostname: "store.io", caCertificateRefs: [{ group: "", kind: "ConfigMap", name: configMap }] },
});

/** Makes two Gateways with a Service each, and a third Service that no route references. */
function cluster(): Cluster {
  const made = new Cluster();
  made.put("gatewayclasses", "", "ours", { controllerName });
  made.putSecret("edge", "shown", "kubernetes.io/tls", { "tls.crt": shown.certificates, "tls.key": shown.key });
  for (const name of ["store", "other", "unused"]) {
    made.store.put("/api/v1/services", "edge", name, { ports: [{ port: 443, protocol: "TCP" }] });
    made.putConfigMap("edge", name, { "ca.crt": first });
  }
  made.put("gateways", "edge", "gate", gateway("shown"));
  made.put("gateways", "edge", "side", gateway());
  made.put("httproutes", "edge", "store", route("gate", "store"));
  made.put("httproutes", "edge", "other", route("side", "other"));
  return made;
}

const anchors = (made: Cluster, name = "edge/gate") => Object.fromEntries(made.configuration(name)?.trustAnchors ?? []);
const policyStatus = (made: Cluster, name: string) => made.status("backendtlspolicies", "edge", name);

test("authorities of backends and the certificate for them go with the Gateway whose routes lead there", async (t) => {
  const made = cluster();
  for (const name of ["store", "other", "unused"]) made.put("backendtlspolicies", "edge", name, policy(name, name));
  await made.start(t);
  await made.until("two Gateways", () => made.deployed.at(-1)?.length === 2);
  assert.deepEqual(anchors(made), { "ConfigMap/edge/store": first });
  assert.deepEqual(anchors(made, "edge/side"), { "ConfigMap/edge/other": first });
  assert.deepEqual([...(made.configuration("edge/gate")?.keyPairs ?? [])], [["edge/shown", shown]]);
  assert.equal(made.configuration("edge/side")?.keyPairs.size, 0);
  made.putConfigMap("edge", "store", { "ca.crt": second });
  await made.until("the second", () => anchors(made)["ConfigMap/edge/store"] === second);
});

test("each policy is told how it is by the Gateways that it counts for", async (t) => {
  const made = cluster();
  made.put("backendtlspolicies", "edge", "store", policy("store", "store"));
  made.put("backendtlspolicies", "edge", "other", policy("other", "missing"));
  made.put("backendtlspolicies", "edge", "unused", policy("unused", "unused"));
  await made.start(t);
  await made.until("accepted", () => /"Accepted","status":"True"/.test(policyStatus(made, "store")));
  await made.until("refused", () => /"NoValidCACertificate"/.test(policyStatus(made, "other")));
  assert.match(policyStatus(made, "store"), /"ancestorRef":\{[^}]*"name":"gate"/);
  assert.match(policyStatus(made, "other"), /"ancestorRef":\{[^}]*"name":"side"/);
  assert.match(policyStatus(made, "other"), /"ResolvedRefs","status":"False","reason":"InvalidCACertificateRef"/);
  assert.equal(policyStatus(made, "unused"), "{}");
});

test("a policy for a Service that nobody routes to costs no compilation", async (t) => {
  const made = cluster();
  await made.start(t);
  await made.until("deployed", () => made.deployed.length > 0);
  await sleep(200);
  const before = made.deployed.length;
  made.put("backendtlspolicies", "edge", "unused", policy("unused", "unused"));
  made.putConfigMap("edge", "unused", { "ca.crt": second });
  await sleep(200);
  assert.equal(made.deployed.length, before);
  made.put("backendtlspolicies", "edge", "store", policy("store", "store"));
  await made.until("its authority", () => anchors(made)["ConfigMap/edge/store"] === first);
  made.store.remove("/apis/gateway.networking.k8s.io/v1/backendtlspolicies", "edge", "store");
  await made.until("no policy any more", () => anchors(made)["ConfigMap/edge/store"] === undefined);
});
