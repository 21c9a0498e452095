import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { connect } from "node:tls";
import { parseDocuments } from "../../../lib/api/parse/documents.ts";
import { statuses } from "../../../lib/routing/attach/statuses.ts";
import { type Applied, EmbeddedProxy } from "../../../proxy/control/embedded.ts";
import { issueCertificate } from "../../../proxy/control/issue-certificate.ts";
import type { KeyPair } from "../../../proxy/dataplane/tls/key-pairs.ts";
import { authority, keyPairFor } from "../dataplane/tls/key-pairs.ts";

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

function embedded(t: TestContext, undeclared: "exists" | "missing" = "exists") {
  const proxy = new EmbeddedProxy({ channel: "standard", attach: { undeclared } });
  t.after(() => proxy.close());
  return (text: string) => proxy.apply([{ name: "a.yaml", ...parseDocuments(text, "a.yaml") }]);
}

/** Returns the certificate that is presented for a name; undefined if the handshake is refused. */
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

test("a self-signed certificate stands in for a Secret that nobody declares, and stays", async (t) => {
  const apply = embedded(t);
  const applied = await apply(manifest(secret("other", second)));
  assert.deepEqual(certificateFindings(applied), []);
  const notes = applied.findings.filter(({ severity }) => severity === "note");
  assert.deepEqual(
    notes.map(({ code, field, message }) => `${code} ${field} ${message}`),
    [
      "GW2213 spec.listeners[0].tls.certificateRefs A self-signed certificate stands in for a Secret that no source declares: default/acme.",
    ],
  );
  const made = await presented(applied, "acme.io");
  const certificate = new X509Certificate(made ?? "");
  assert.ok(certificate.checkHost("acme.io") && certificate.checkHost("localhost") && certificate.checkIP("127.0.0.1"));
  assert.equal(await presented(applied, "other.io"), second.certificates.trim());
  assert.equal(await presented(await apply(`${manifest(secret("other", second))}---\n`), "acme.io"), made);
  const declared = await apply(manifest(secret("acme", first) + secret("other", second)));
  assert.equal(await presented(declared, "acme.io"), first.certificates.trim());
  assert.ok(declared.findings.every(({ code }) => code !== "GW2213"));
});

test("where undeclared objects are missing, so is a Secret that nobody declares", async (t) => {
  const applied = await embedded(t, "missing")(manifest(secret("other", second)));
  assert.deepEqual(
    certificateFindings(applied).filter((finding) => finding.startsWith("GW22")),
    ["GW2206 spec.listeners[0].tls.certificateRefs[0].name"],
  );
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

const validation =
  "tls: { frontend: { default: { validation: { caCertificateRefs: [{ group: '', kind: ConfigMap, name: ca }] } } } }";
const trusted = authority();

function configMap(ca: string): string {
  return `---
apiVersion: v1
kind: ConfigMap
metadata: { name: ca }
data: { ca.crt: ${JSON.stringify(ca)} }
`;
}

/** Returns whether a client with this certificate gets a response. */
async function served({ sockets }: Applied, pair: KeyPair): Promise<boolean> {
  const port = sockets[0]?.localPort ?? 0;
  const shown = { cert: pair.certificates, key: pair.key };
  const socket = connect({ host: "127.0.0.1", port, servername: "acme.io", rejectUnauthorized: false, ...shown });
  socket.on("error", () => {});
  socket.write("GET / HTTP/1.1\r\nHost: acme.io\r\nConnection: close\r\n\r\n");
  let text = "";
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
  });
  await new Promise((resolve) => socket.on("close", resolve));
  return text.startsWith("HTTP/1.1 200 ");
}

test("clients are validated with the certificates of a ConfigMap, and nobody is let in when it holds none", async (t) => {
  const apply = embedded(t);
  const secrets = secret("acme", first) + secret("other", second);
  const client = issueCertificate({ commonName: "client", issuer: trusted });
  const good = await apply(manifest(secrets + configMap(trusted.certificates), validation));
  assert.deepEqual(certificateFindings(good), []);
  assert.equal(await served(good, client), true);
  assert.equal(await served(good, first), false);
  const bad = await apply(manifest(secrets + configMap("no certificate"), validation));
  assert.deepEqual(certificateFindings(bad), ["GW2208 spec.tls.frontend.default.validation.caCertificateRefs[0].name"]);
  assert.match(JSON.stringify(statuses(bad.attachment)), /NoValidCACertificate/);
  assert.equal(bad.sockets.filter(({ error }) => error === undefined).length, 0);
  const again = await apply(manifest(secrets + configMap(trusted.certificates), validation));
  assert.equal(await served(again, client), true);
});

test("a CA that vouches for nobody stands in for one that nobody declares, and a note says so", async (t) => {
  const applied = await embedded(t)(manifest(secret("acme", first) + secret("other", second), validation));
  assert.ok(applied.findings.some(({ code, severity }) => code === "GW2235" && severity === "note"));
  assert.ok(applied.sockets.every(({ error }) => error === undefined));
});
