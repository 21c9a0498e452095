import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { HttpDataPlane, type ProxyOptions } from "../../../../proxy/dataplane/proxy.ts";
import { ok } from "../harness/backend.ts";
import { snapshot } from "../harness/configuration.ts";
import { startBackend } from "../harness/setup.ts";
import { eventually, get, RawConnection } from "../harness/wire.ts";
import { keyPairFor } from "../tls/key-pairs.ts";
import { tlsSnapshot } from "../tls/setup.ts";
import { binaryHeader, textHeader } from "./headers.ts";

const pairs = { acme: keyPairFor(["acme.io"]) };
const text = textHeader("TCP4", "192.0.2.1", "198.51.100.1", 56_324, 443);
const binary = binaryHeader({ from: "2001:db8::1", tlvs: Buffer.from([4, 0, 1, 0]) });

async function start(t: TestContext, options: ProxyOptions, tls = false) {
  const backend = await startBackend(t, () => ok());
  const proxy = new HttpDataPlane(options);
  t.after(() => proxy.close());
  const plain = snapshot({ endpoints: { main: backend.port } });
  const [bound] = await proxy.apply(tls ? tlsSnapshot([{ secrets: ["acme"] }], pairs, backend.port) : plain);
  return { backend, proxy, port: bound?.localPort ?? 0 };
}

function dial(t: TestContext, port: number): RawConnection {
  const connection = new RawConnection(connect({ port, host: "127.0.0.1", noDelay: true }));
  t.after(() => connection.socket.destroy());
  return connection;
}

for (const [name, header, address] of [
  ["text", text, "192.0.2.1"],
  ["binary", binary, "2001:db8::1"],
  ["of the sender's own", binaryHeader({ command: 0 }), "127.0.0.1"],
  ["of an unknown client", Buffer.from("PROXY UNKNOWN\r\n"), "127.0.0.1"],
] as const) {
  for (const split of [false, true]) {
    test(`a ${name} header${split ? ", byte by byte," : ""} says who the client is`, async (t) => {
      const { port, backend, proxy } = await start(t, { proxyProtocol: "required" });
      const wire = dial(t, port);
      const bytes = Buffer.concat([header, Buffer.from(get("/first"), "latin1")]);
      for (const part of split ? [...bytes].map((byte) => Buffer.from([byte])) : [bytes]) {
        wire.socket.write(part);
        if (split) await new Promise((resolve) => setImmediate(resolve));
      }
      assert.equal((await wire.message()).status, 200);
      wire.send(get("/second"));
      assert.equal((await wire.message()).status, 200);
      assert.deepEqual(
        backend.requests.map(({ headers }) => headers["x-forwarded-for"]),
        [address, address],
      );
      assert.equal(proxy.stats.connections.active, 1);
    });
  }
}

test("behind its header a client may send everything at once and end its side", async (t) => {
  const { port, backend } = await start(t, { proxyProtocol: "required" });
  const wire = dial(t, port);
  const body = "x".repeat(200_000);
  const post = `POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  wire.socket.end(Buffer.concat([text, Buffer.from(post)]));
  assert.equal((await wire.message()).status, 200);
  await wire.end();
  assert.equal(backend.requests[0]?.body.length, body.length);
});

test("TLS comes behind the header", async (t) => {
  const { port, backend } = await start(t, { proxyProtocol: "required" }, true);
  const carrier = connect({ port, host: "127.0.0.1" });
  t.after(() => carrier.destroy());
  carrier.write(binary);
  const secured = connectTls({ socket: carrier, servername: "acme.io", rejectUnauthorized: false });
  await once(secured, "secureConnect");
  const wire = new RawConnection(secured);
  wire.send(get("/"));
  assert.equal((await wire.message()).status, 200);
  assert.equal(backend.requests[0]?.headers["x-forwarded-for"], "2001:db8::1");
  assert.equal(backend.requests[0]?.headers["x-forwarded-proto"], "https");
});

test("a connection that has to begin with a header and does not is cut without an answer", async (t) => {
  const { port, backend, proxy } = await start(t, { proxyProtocol: "required" });
  const wire = dial(t, port);
  wire.send(get("/"));
  assert.equal(await wire.end(), "");
  assert.equal(backend.requests.length, 0);
  assert.deepEqual(proxy.stats.proxyHeaderErrors, { invalid: 1, timeout: 0, closed: 0 });
  await eventually(() => proxy.stats.connections.active === 0, "no connection to be left");
});

test("a header that does not end in time, or with its connection, is counted", async (t) => {
  const { port, proxy } = await start(t, { proxyProtocol: "required", limits: { handshakeTimeout: 100 } });
  const slow = dial(t, port);
  slow.send("PROXY TCP4 ");
  await slow.end();
  assert.equal(proxy.stats.proxyHeaderErrors.timeout, 1);
  const short = dial(t, port);
  short.socket.end("PROXY ");
  await short.end();
  assert.equal(proxy.stats.proxyHeaderErrors.closed, 1);
  await eventually(() => proxy.stats.connections.active === 0, "no connection to be left");
});

test("headers are expected of the senders that are named, and of nobody else", async (t) => {
  const trusting = await start(t, { proxyProtocol: { from: ["10.0.0.0/8", "127.0.0.0/24", "::1"] } });
  const wire = dial(t, trusting.port);
  wire.send(`${text.toString("latin1")}${get("/")}`);
  assert.equal((await wire.message()).status, 200);
  assert.equal(trusting.backend.requests[0]?.headers["x-forwarded-for"], "192.0.2.1");

  const wary = await start(t, { proxyProtocol: { from: ["10.0.0.1", "fd00::/8"] } });
  const forged = dial(t, wary.port);
  forged.send(`${text.toString("latin1")}${get("/")}`);
  assert.ok((await forged.message()).status >= 400);
  const direct = dial(t, wary.port);
  direct.send(get("/"));
  assert.equal((await direct.message()).status, 200);
  assert.equal(wary.backend.requests[0]?.headers["x-forwarded-for"], "127.0.0.1");
});

test("without the option a header is what it looks like: no request", async (t) => {
  const { port } = await start(t, {});
  const wire = dial(t, port);
  wire.send(`${text.toString("latin1")}${get("/")}`);
  assert.match((await wire.message()).line, /^HTTP\/1\.1 (400|501|505) /);
});

test("senders that can be nobody are refused", () => {
  for (const entry of ["", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "example.com", "::1/129", "10.0.0.0/-1"]) {
    assert.throws(
      () => new HttpDataPlane({ proxyProtocol: { from: [entry] } }),
      /is no IP address and no network/,
      entry,
    );
  }
});

test("a client that waits for the proxy to say something is cut in time, whatever it was about to speak", async (t) => {
  const { port, proxy } = await start(t, { limits: { handshakeTimeout: 100 } }, true);
  const wire = dial(t, port);
  await wire.end();
  assert.equal(proxy.stats.handshakeErrors.timeout, 1);
});

test("stopping cuts what has not opened yet", async (t) => {
  const { port, proxy } = await start(t, { proxyProtocol: "required" });
  const wire = dial(t, port);
  wire.send("PROXY ");
  await eventually(() => proxy.stats.connections.active === 1, "the connection");
  await proxy.drain(0);
  await wire.end();
  assert.equal(proxy.stats.connections.active, 0);
});
