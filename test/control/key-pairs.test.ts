import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { connect } from "node:tls";
import { parseDocuments } from "../../lib/api/parse/documents.ts";
import { statuses } from "../../lib/routing/attach/statuses.ts";
import { type Applied, EmbeddedProxy } from "../../proxy/control/embedded.ts";
import type { KeyPair } from "../../proxy/dataplane/tls/key-pairs.ts";
import { keyPairFor } from "../dataplane/tls/key-pairs.ts";

const first = keyPairFor(["acme.io"]);
const second = keyPairFor(["acme.io"]);

function secret(name: string, { certificates, key }: KeyPair): string {
  const data = (text: string) => Buffer.from(text).toString("base64");
  return `---
apiVersion: v1
kind: Secret
metadata: { name: ${name} }
type: kubernetes.io/tls
data: { tls.crt: ${data(certificates)}, tls.key: ${data(key)} }
`;
}

const manifest = (secrets: string, tls = "") => `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: g }
spec:
  gatewayClassName: c
  ${tls}
  listeners:
  - { name: https, protocol: HTTPS, port: 443, hostname: acme.io, tls: { certificateRefs: [{ name: acme }] } }
  - { name: other, protocol: HTTPS, port: 443, hostname: other.io, tls: { certificateRefs: [{ name: other }] } }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r }
spec: { parentRefs: [{ name: g }], rules: [{ backendRefs: [{ name: a, port: 80 }] }] }
${secrets}`;

function embedded(t: TestContext) {
  const proxy = new EmbeddedProxy({ channel: "standard", attach: { undeclared: "exists" } });
  t.after(() => proxy.close());
  return (text: string) => proxy.apply([{ name: "a.yaml", ...parseDocuments(text, "a.yaml") }]);
}

/** The certificate that is presented for a name; undefined if the handshake is refused. */
async function presented({ sockets }: Applied, servername: string): Promise<string | undefined> {
  const port = sockets.find(({ error }) => error === undefined)?.localPort;
  assert.ok(port !== undefined, "a port is open");
  const socket = connect({ host: "127.0.0.1", port, servername, rejectUnauthorized: false });
  try {
    await once(socket, "secureConnect");
    return socket.getPeerX509Certificate()?.toString().trim();
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}

const certificateFindings = ({ findings }: Applied) =>
  findings.filter(({ severity }) => severity === "error").map(({ code, field }) => `${code} ${field}`);

test("a new version of a Secret is presented from then on", async (t) => {
  const apply = embedded(t);
  const both = (pair: KeyPair) => manifest(secret("acme", pair) + secret("other", first));
  const before = await apply(both(first));
  assert.deepEqual(certificateFindings(before), []);
  assert.equal(await presented(before, "acme.io"), first.certificates.trim());
  const after = await apply(both(second));
  assert.deepEqual(after.sockets, before.sockets);
  assert.equal(await presented(after, "acme.io"), second.certificates.trim());
});

test("a Secret that turns bad is reported, and its last good version serves on", async (t) => {
  const apply = embedded(t);
  const good = await apply(manifest(secret("acme", first) + secret("other", second)));
  assert.deepEqual(certificateFindings(good), []);
  const mismatch = { certificates: second.certificates, key: first.key };
  const bad = await apply(manifest(secret("acme", mismatch) + secret("other", second)));
  assert.deepEqual(certificateFindings(bad), ["GW2206 spec.listeners[0].tls.certificateRefs[0].name"]);
  assert.match(JSON.stringify(statuses(bad.attachment)), /InvalidCertificateRef/);
  assert.equal(await presented(bad, "acme.io"), first.certificates.trim());
  assert.equal(await presented(bad, "other.io"), second.certificates.trim());
});

test("a Secret that was never good leaves its listener out, and the others serve", async (t) => {
  const junk = { certificates: "no certificate", key: first.key };
  const applied = await embedded(t)(manifest(secret("acme", junk) + secret("other", second)));
  assert.equal(await presented(applied, "acme.io"), undefined);
  assert.equal(await presented(applied, "other.io"), second.certificates.trim());
});

test("a Secret that nobody declares is an error even where other objects are taken to exist", async (t) => {
  const applied = await embedded(t)(manifest(secret("other", second)));
  assert.deepEqual(certificateFindings(applied), ["GW2206 spec.listeners[0].tls.certificateRefs[0].name"]);
  assert.equal(await presented(applied, "other.io"), second.certificates.trim());
});

test("keys are in no IR, finding or status", async (t) => {
  const apply = embedded(t);
  for (const pair of [first, { certificates: second.certificates, key: first.key }]) {
    const applied = await apply(manifest(secret("acme", pair) + secret("other", second)));
    const { gateways, findings, attachment, sockets } = applied;
    const told = JSON.stringify([gateways, findings, statuses(attachment), sockets]);
    for (const { key } of [first, second]) {
      assert.doesNotMatch(told, /PRIVATE KEY/);
      assert.ok(!told.includes(Buffer.from(key).toString("base64").slice(0, 60)));
    }
  }
});

test("listeners that want client certificates are refused", async (t) => {
  const frontend =
    "tls: { frontend: { default: { validation: { caCertificateRefs: [{ group: '', kind: ConfigMap, name: ca }] } } } }";
  const applied = await embedded(t)(manifest(secret("acme", first) + secret("other", second), frontend));
  assert.ok(applied.sockets.every(({ error }) => error !== undefined));
  assert.match(JSON.stringify(applied.findings), /does not validate client certificates/);
});
