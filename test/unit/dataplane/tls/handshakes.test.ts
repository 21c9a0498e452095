import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectPlain, createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { type ConnectionOptions, connect } from "node:tls";
import { issueCertificate } from "../../../../proxy/control/issue-certificate.ts";
import { HttpDataPlane, type ProxyOptions } from "../../../../proxy/dataplane/proxy.ts";
import type { HandshakeError } from "../../../../proxy/dataplane/stats/stats.ts";
import { ok } from "../harness/backend.ts";
import { startBackend } from "../harness/setup.ts";
import { eventually, get } from "../harness/wire.ts";
import { authority, keyPairFor } from "./key-pairs.ts";
import { dial, type ListenerOptions, presented, refusal, tlsSnapshot } from "./setup.ts";

const ec = keyPairFor(["acme.io"]);
const rsa = keyPairFor(["acme.io"], "rsa");
const wild = keyPairFor(["*.acme.io"]);
const pairs = { ec, rsa, wild };
const shop: readonly ListenerOptions[] = [{ hostname: "acme.io", secrets: ["ec", "rsa"] }];

async function start(t: TestContext, listeners: readonly ListenerOptions[], options: ProxyOptions = {}) {
  const backend = await startBackend(t, () => ok());
  const proxy = new HttpDataPlane(options);
  t.after(() => proxy.close());
  const [bound] = await proxy.apply(tlsSnapshot(listeners, pairs, backend.port));
  assert.equal(bound?.error, undefined);
  return { backend, proxy, port: bound?.localPort ?? 0 };
}

async function counted(proxy: HttpDataPlane, kind: HandshakeError): Promise<void> {
  await eventually(() => proxy.stats.handshakeErrors[kind] === 1, `one failure to count as ${kind}`);
  const all = Object.values(proxy.stats.handshakeErrors).reduce((sum, count) => sum + count, 0);
  assert.equal(all, 1);
  await eventually(() => proxy.stats.connections.active === 0, "no connection to be left");
}

test("of certificates with keys of different types, the client's algorithms choose", async (t) => {
  const { port } = await start(t, shop);
  for (const [options, expected] of [
    [{ sigalgs: "ECDSA+SHA256:RSA-PSS+SHA256" }, ec],
    [{ sigalgs: "RSA-PSS+SHA256" }, rsa],
    [{ maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES128-GCM-SHA256" }, rsa],
    [{ maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256" }, ec],
  ] as const) {
    const { socket } = await dial(port, "acme.io", options);
    assert.equal(presented(socket).trim(), expected.certificates.trim(), JSON.stringify(options));
    socket.destroy();
  }
});

test("each key pair is presented with its own chain", async (t) => {
  const roots = [authority("root a"), authority("root b")] as const;
  const chained = roots.map((issuer, index) => {
    const between = issueCertificate({ commonName: `between ${index}`, authority: true, issuer });
    const keyType = index === 0 ? "ec" : "rsa";
    const leaf = issueCertificate({ commonName: "leaf", names: ["acme.io"], issuer: between, keyType });
    return { certificates: leaf.certificates + between.certificates, key: leaf.key };
  });
  const backend = await startBackend(t);
  const proxy = new HttpDataPlane();
  t.after(() => proxy.close());
  const both = tlsSnapshot(shop, { ec: chained[0] ?? ec, rsa: chained[1] ?? rsa }, backend.port);
  const [bound] = await proxy.apply(both);
  for (const [index, sigalgs] of ["ECDSA+SHA256", "RSA-PSS+SHA256:RSA+SHA256"].entries()) {
    const only = { ca: roots[index]?.certificates, rejectUnauthorized: true };
    // The signature algorithms also apply to the chain, and the authorities have keys of a single type.
    const accepted = `${sigalgs}:ECDSA+SHA256`;
    const ciphers = index === 0 ? "ECDHE-ECDSA-AES128-GCM-SHA256" : "ECDHE-RSA-AES128-GCM-SHA256";
    const options = { ...only, sigalgs: accepted, maxVersion: "TLSv1.2", ciphers } as ConnectionOptions;
    const { socket } = await dial(bound?.localPort ?? 0, "acme.io", options);
    assert.equal(socket.authorized, true);
    socket.destroy();
  }
});

test("a server name of no listener is answered with the alert unrecognized_name", async (t) => {
  const { port, proxy } = await start(t, shop);
  assert.equal(await refusal(port, "nobody.io"), "ERR_SSL_TLSV1_UNRECOGNIZED_NAME");
  await counted(proxy, "noCertificate");
});

test("a listener without its certificate is answered with an alert", async (t) => {
  const { port, proxy } = await start(t, [{ hostname: "acme.io", secrets: ["missing"] }]);
  assert.match(await refusal(port, "acme.io"), /HANDSHAKE_FAILURE/);
  await counted(proxy, "noCertificate");
});

test("a client that offers no protocol that is served is answered with the alert no_application_protocol", async (t) => {
  const { port, proxy } = await start(t, shop);
  assert.match(await refusal(port, "acme.io", { ALPNProtocols: ["spdy/3"] }), /NO_APPLICATION_PROTOCOL/);
  await counted(proxy, "protocol");
});

test("a hello that comes byte by byte is put together", async (t) => {
  const { port } = await start(t, shop);
  const carrier = connectPlain({ port, host: "127.0.0.1", noDelay: true });
  const relay = createServer((client) => {
    carrier.pipe(client);
    client.once("data", async (hello: Buffer) => {
      client.pause();
      for (let i = 0; i < hello.length; i++) {
        carrier.write(hello.subarray(i, i + 1));
        if (i % 16 === 0) await turn();
      }
      client.pipe(carrier);
    });
  });
  relay.listen(0, "127.0.0.1");
  await once(relay, "listening");
  const address = relay.address();
  const { socket, wire } = await dial(typeof address === "object" ? (address?.port ?? 0) : 0, "acme.io");
  wire.send(get("/"));
  assert.equal((await wire.message()).status, 200);
  socket.destroy();
  carrier.destroy();
  relay.close();
});

test("a hello beyond the limit is refused", async (t) => {
  const { port, proxy } = await start(t, shop, { limits: { clientHelloBytes: 200 } });
  assert.match(await refusal(port, "acme.io"), /DECODE_ERROR/);
  await counted(proxy, "invalid");
});

test("what is sent right behind the handshake, and an end behind that, is served", async (t) => {
  const { port } = await start(t, shop);
  const socket = connect({ host: "127.0.0.1", port, servername: "acme.io", rejectUnauthorized: false });
  socket.end(get("/", ["Connection: close"]), "latin1");
  let text = "";
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
  });
  await once(socket, "close");
  assert.match(text, /^HTTP\/1\.1 200 /);
});

test("a listener's versions and cipher suites are kept to", async (t) => {
  const { port, proxy } = await start(t, [
    { hostname: "acme.io", secrets: ["ec", "rsa"], options: { minVersion: "TLSv1.3" } },
    { hostname: "old.acme.io", secrets: ["wild"], options: { maxVersion: "TLSv1.2" } },
    {
      hostname: "one.acme.io",
      secrets: ["wild"],
      options: { cipherSuites: ["TLS_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"] },
    },
  ]);
  assert.match(await refusal(port, "acme.io", { maxVersion: "TLSv1.2" }), /PROTOCOL_VERSION/);
  await eventually(() => proxy.stats.handshakeErrors.version === 1, "the refusal to be counted");
  for (const [name, options, protocol, cipher] of [
    ["acme.io", {}, "TLSv1.3", undefined],
    ["old.acme.io", {}, "TLSv1.2", undefined],
    ["one.acme.io", {}, "TLSv1.3", "TLS_CHACHA20_POLY1305_SHA256"],
    ["one.acme.io", { maxVersion: "TLSv1.2" }, "TLSv1.2", "ECDHE-ECDSA-AES256-GCM-SHA384"],
  ] as const) {
    const { socket } = await dial(port, name, options);
    assert.equal(socket.getProtocol(), protocol);
    if (cipher !== undefined) assert.equal(socket.getCipher().name, cipher);
    socket.destroy();
  }
});

test("without options, suites without forward secrecy or authenticated encryption are not spoken", async (t) => {
  const { port } = await start(t, shop);
  for (const ciphers of ["AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA256", "DHE-RSA-AES128-GCM-SHA256"]) {
    assert.match(await refusal(port, "acme.io", { maxVersion: "TLSv1.2", ciphers }), /HANDSHAKE_FAILURE/, ciphers);
  }
});

test("a record that is none, behind the handshake, ends the connection at once", async (t) => {
  const { port, proxy } = await start(t, shop);
  const carrier = connectPlain({ port, host: "127.0.0.1" });
  t.after(() => carrier.destroy());
  const { wire } = await dial(port, "acme.io", { socket: carrier });
  wire.send(get("/"));
  assert.equal((await wire.message()).status, 200);
  assert.equal(proxy.stats.connections.active, 1);
  carrier.write(Buffer.from([23, 3, 3, 0, 20, ...new Array(20).fill(7)]));
  await eventually(() => proxy.stats.connections.active === 0, "no connection to be left");
});
