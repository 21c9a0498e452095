import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { authority, keyPairFor } from "../../dataplane/tls/key-pairs.ts";
import { Cluster, controllerName } from "./cluster.ts";

const pair = keyPairFor(["acme.io"]);
const [first, second] = [authority("first").certificates, authority("second").certificates];

interface Reference {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** Returns a Gateway with one HTTPS listener, whose clients are validated by these references. */
function gateway(secret: string, ...authorities: readonly Reference[]) {
  const caCertificateRefs = authorities.map((one) => ({ group: "", ...one }));
  return {
    gatewayClassName: "ours",
    ...(authorities.length > 0 && { tls: { frontend: { default: { validation: { caCertificateRefs } } } } }),
    listeners: [{ name: "https", port: 443, protocol: "HTTPS", tls: { certificateRefs: [{ name: secret }] } }],
  };
}

function cluster(): Cluster {
  const made = new Cluster();
  made.put("gatewayclasses", "", "ours", { controllerName });
  made.putSecret("edge", "pair", "kubernetes.io/tls", { "tls.crt": pair.certificates, "tls.key": pair.key });
  return made;
}

const anchors = (made: Cluster, name = "edge/gate") => Object.fromEntries(made.configuration(name)?.trustAnchors ?? []);
const clients = { kind: "ConfigMap", name: "clients" };

test("keys and authorities go with the Gateway that names them, and with no other", async (t) => {
  const made = cluster();
  const other = keyPairFor(["other.io"]);
  made.putSecret("edge", "other", "kubernetes.io/tls", { "tls.crt": other.certificates, "tls.key": other.key });
  made.putConfigMap("edge", "clients", { "ca.crt": first });
  made.putConfigMap("edge", "others", { "ca.crt": second });
  made.put("gateways", "edge", "gate", gateway("pair", clients));
  made.put("gateways", "edge", "other", gateway("other", { kind: "ConfigMap", name: "others" }));
  made.put("gateways", "edge", "open", gateway("pair"));
  await made.start(t);
  await made.until("three Gateways", () => made.deployed.at(-1)?.length === 3);
  assert.deepEqual(anchors(made), { "ConfigMap/edge/clients": first });
  assert.deepEqual(anchors(made, "edge/other"), { "ConfigMap/edge/others": second });
  assert.deepEqual(anchors(made, "edge/open"), {});
  assert.deepEqual([...(made.configuration("edge/gate")?.keyPairs ?? [])], [["edge/pair", pair]]);
  assert.deepEqual([...(made.configuration("edge/other")?.keyPairs.keys() ?? [])], ["edge/other"]);
});

test("authorities are in ConfigMaps, and in Secrets of the types that are asked for", async (t) => {
  const made = cluster();
  const password = "correct horse battery staple";
  made.putConfigMap("edge", "clients", { "ca.crt": first });
  made.putSecret("edge", "opaque", "Opaque", { "ca.crt": second, password });
  made.putSecret("edge", "elsewhere", "Opaque", { password });
  made.putSecret("edge", "both", "kubernetes.io/tls", {
    ...{ "ca.crt": first, "tls.crt": pair.certificates, "tls.key": pair.key, password },
  });
  const secret = (name: string) => ({ kind: "Secret", name });
  made.put("gateways", "edge", "gate", gateway("pair", clients, secret("opaque"), secret("both")));
  await made.start(t);
  await made.until("deployed", () => made.configuration("edge/gate") !== undefined);
  assert.deepEqual(anchors(made), {
    "ConfigMap/edge/clients": first,
    "Secret/edge/opaque": second,
    "Secret/edge/both": first,
  });
  made.putSecret("edge", "opaque", "Opaque", { password });
  await made.until("it holds no authority any more", () => !("Secret/edge/opaque" in anchors(made)));
  made.putSecret("edge", "opaque", "Opaque", { "ca.crt": first });
  await made.until("it holds one again", () => anchors(made)["Secret/edge/opaque"] === first);
  const asked = made.store.requests.filter(({ pathname }) => pathname === "/api/v1/secrets");
  assert.deepEqual([...new Set(asked.map(({ searchParams }) => searchParams.get("fieldSelector")))].sort(), [
    "type=Opaque",
    "type=kubernetes.io/tls",
  ]);
});

test("an authority that is renewed is deployed; one that is gone or no certificate closes the listener", async (t) => {
  const made = cluster();
  made.putConfigMap("edge", "clients", { "ca.crt": first });
  made.put("gateways", "edge", "gate", gateway("pair", clients));
  await made.start(t);
  await made.until("the first", () => anchors(made)["ConfigMap/edge/clients"] === first);
  made.putConfigMap("edge", "clients", { "ca.crt": first + second });
  await made.until("both", () => anchors(made)["ConfigMap/edge/clients"] === first + second);
  const status = () => made.status("gateways", "edge", "gate");
  const spoilt: readonly Record<string, string>[] = [{ "ca.crt": "no certificate" }, { "other.crt": first }];
  for (const data of spoilt) {
    made.putConfigMap("edge", "clients", data);
    await made.until("no port is open", () => made.configuration("edge/gate")?.ir.ports.length === 0);
    assert.deepEqual(anchors(made), {});
    await made.until("NoValidCACertificate", () => /"NoValidCACertificate"/.test(status()));
    assert.match(status(), /"InvalidCACertificateRef"/);
    made.putConfigMap("edge", "clients", { "ca.crt": second });
    await made.until("the second", () => anchors(made)["ConfigMap/edge/clients"] === second);
    await made.until("accepted again", () => !/"NoValidCACertificate"/.test(status()));
  }
});

test("an authority in another namespace needs a grant", async (t) => {
  const made = cluster();
  made.putConfigMap("trust", "clients", { "ca.crt": first });
  made.put("gateways", "edge", "gate", gateway("pair", { ...clients, namespace: "trust" }));
  await made.start(t);
  await made.until("refused", () => /"RefNotPermitted"/.test(made.status("gateways", "edge", "gate")));
  assert.deepEqual(anchors(made), {});
  made.put("referencegrants", "trust", "clients", {
    from: [{ group: "gateway.networking.k8s.io", kind: "Gateway", namespace: "edge" }],
    to: [{ group: "", kind: "ConfigMap" }],
  });
  await made.until("granted", () => anchors(made)["ConfigMap/trust/clients"] === first);
});

test("whoever leads next goes on with the key pair that was good, and the route that could be read", async (t) => {
  const made = cluster();
  const route = { parentRefs: [{ name: "gate" }], hostnames: ["acme.io"] };
  made.put("gateways", "edge", "gate", gateway("pair"));
  made.put("httproutes", "edge", "shop", route);
  const first = await made.start(t);
  await made.until("deployed", () => made.configuration("edge/gate") !== undefined);
  const second = await made.start(t);
  await second.synced;
  // Both controllers have seen this change once they have seen the ones after it.
  made.put("httproutes", "edge", "other", { ...route, hostnames: ["other.io"] });
  await sleep(100);
  made.putSecret("edge", "pair", "kubernetes.io/tls", { "tls.crt": "half a", "tls.key": "certificate" });
  made.put("httproutes", "edge", "shop", { ...route, hostnames: 7 });
  await made.until("told", () => /"ResolvedRefs","status":"False"/.test(made.status("gateways", "edge", "gate")));
  assert.equal(first.leading, true);
  const before = made.deployed.length;
  await made.endFirst();
  await made.until("another leads", () => second.leading && made.deployed.length > before);
  const { ir, keyPairs } = made.configuration("edge/gate") ?? assert.fail();
  assert.deepEqual([...keyPairs], [["edge/pair", pair]]);
  assert.equal(ir.ports.length, 1);
  assert.match(JSON.stringify(ir), /"acme\.io"/);
});
