import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { connect, createServer } from "node:tls";
import { type Authorities, issue, renewalOf, renewed, trusted } from "../../../../proxy/control/cluster/authority.ts";

const day = 86_400_000;
const names = ["gatewright-controller.gatewright-system.svc", "localhost"];

/** Returns whether a client that trusts `ca` completes a handshake with a server of this certificate. */
async function isTrusted(ca: string, pair: { certificates: string; key: string }): Promise<boolean> {
  const server = createServer({ cert: pair.certificates, key: pair.key }, (socket) => socket.end()).listen(
    0,
    "127.0.0.1",
  );
  server.on("tlsClientError", () => {});
  await once(server, "listening");
  const client = connect({
    port: (server.address() as AddressInfo).port,
    host: "127.0.0.1",
    servername: "localhost",
    ca,
  });
  const isSecure = await once(client, "secureConnect").then(
    () => client.authorized,
    () => false,
  );
  client.destroy();
  server.close();
  return isSecure;
}

test("a certificate is trusted by whoever trusts the authority, under its names, and by nobody else", async () => {
  const now = Date.now();
  const authorities = renewed(undefined, now);
  const other = renewed(undefined, now);
  const pair = issue(authorities, names, now);
  assert.equal(await isTrusted(trusted(authorities), pair), true);
  assert.equal(await isTrusted(trusted(other), pair), false);
  const certificate = new X509Certificate(pair.certificates);
  assert.equal(certificate.subjectAltName, names.map((name) => `DNS:${name}`).join(", "));
  assert.equal(certificate.ca, false);
  assert.ok(renewalOf(pair) - now > 19 * day && renewalOf(pair) - now < 21 * day);
});

test("nothing is due while the authority is young", async () => {
  const now = Date.now();
  const authorities = renewed(undefined, now);
  assert.equal(renewed(authorities, now + 200 * day), authorities);
});

test("the next authority is published for a day before it signs, and the one before is trusted until it ends", async () => {
  const born = Date.now() - 300 * day;
  const first = renewed(undefined, born);
  const published = renewed(first, born + 250 * day);
  assert.deepEqual(published.signing, first.signing);
  assert.ok(published.next);
  assert.equal(renewed(published, born + 250 * day + day / 2), published);
  const turned = renewed(published, born + 251 * day);
  assert.deepEqual(turned, { signing: published.next, previous: first.signing.certificates });
  const old = issue(first, names, Date.now());
  const fresh = issue(turned, names, Date.now());
  for (const authorities of [published, turned]) {
    assert.equal(await isTrusted(trusted(authorities), old), true);
    assert.equal(await isTrusted(trusted(authorities), fresh), true);
  }
  const later: Authorities = renewed(turned, born + 366 * day);
  assert.deepEqual(later, { signing: turned.signing }, "an authority that has ended is trusted no more");
});
