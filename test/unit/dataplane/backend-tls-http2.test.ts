import assert from "node:assert/strict";
import { once } from "node:events";
import { createSecureServer, type IncomingHttpHeaders } from "node:http2";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import type { TLSSocket } from "node:tls";
import { issueCertificate } from "../../../proxy/control/issue-certificate.ts";
import { HttpDataPlane } from "../../../proxy/dataplane/proxy.ts";
import type { KeyPair } from "../../../proxy/dataplane/tls/key-pairs.ts";
import { gateway, snapshot } from "./harness/configuration.ts";
import { startTlsBackend } from "./harness/tls-backend.ts";
import { exchange, get } from "./harness/wire.ts";
import { authority } from "./tls/key-pairs.ts";

const trusted = authority("trusted");
const pair = (issuer: KeyPair) => issueCertificate({ commonName: "calls", names: ["calls.io"], issuer });

/** Starts a Node.js server of HTTP/2 over TLS that ends with its test. */
async function startBackend(t: TestContext, { certificates: cert, key }: KeyPair) {
  const heads: IncomingHttpHeaders[] = [];
  const sockets: TLSSocket[] = [];
  const server = createSecureServer({ cert, key });
  server.on("secureConnection", (socket: TLSSocket) => sockets.push(socket));
  server.on("tlsClientError", () => {});
  server.on("sessionError", () => {});
  server.on("stream", (stream, head) => {
    heads.push(head);
    stream.on("error", () => {});
    stream.respond({ ":status": 200 });
    stream.end("by HTTP/2");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port, heads, sockets };
}

/** Starts a proxy with one backend that speaks HTTP/2 over TLS. */
async function start(t: TestContext, port: number) {
  const proxy = new HttpDataPlane();
  t.after(() => proxy.close());
  const source = { kind: "ConfigMap", namespace: "default", name: "ca" } as const;
  const tls = { hostname: "calls.io", subjectAltNames: [], trust: [source] };
  const [bound] = await proxy.apply({
    ...snapshot({ endpoints: { main: port }, backend: { protocol: "h2c", tls } }),
    trustAnchors: new Map([["ConfigMap/default/ca", trusted.certificates]]),
  });
  const errors = () =>
    proxy.stats.gateways.get(`${gateway.namespace}/${gateway.name}`)?.backends.get("default/main:80")?.errors;
  return { send: () => exchange(bound?.localPort ?? 0, get("/call")), errors };
}

test("HTTP/2 over TLS is agreed on by ALPN, and the scheme says so", async (t) => {
  const backend = await startBackend(t, pair(trusted));
  const { send } = await start(t, backend.port);
  for (let i = 0; i < 3; i++) {
    const { status, body } = await send();
    assert.deepEqual([status, body], [200, "by HTTP/2"]);
  }
  assert.deepEqual(
    backend.sockets.map(({ alpnProtocol, servername }) => [alpnProtocol, String(servername)]),
    [["h2", "calls.io"]],
  );
  const [head = {}] = backend.heads;
  assert.deepEqual([head[":scheme"], head[":authority"], head[":path"]], ["https", "acme.io", "/call"]);
});

test("a certificate that is not accepted is told as such", async (t) => {
  const backend = await startBackend(t, pair(authority("other")));
  const { send, errors } = await start(t, backend.port);
  const { body } = await send();
  assert.match(body, /^502 BackendCertificateInvalid: /);
  assert.equal(errors()?.certificate, 2);
  assert.deepEqual(backend.heads, []);
});

test("an endpoint that does not agree to HTTP/2 is not spoken to", async (t) => {
  const backend = await startTlsBackend(t, pair(trusted));
  const { send } = await start(t, backend.port);
  const { body } = await send();
  assert.match(body, /^503 BackendUnreachable: /);
  assert.deepEqual(backend.requests, []);
});
