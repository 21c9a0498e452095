import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectPlain, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { HttpDataPlane, type ProxyOptions } from "../../../../proxy/dataplane/proxy.ts";
import { ok } from "../harness/backend.ts";
import { gateway, snapshot } from "../harness/configuration.ts";
import { startBackend } from "../harness/setup.ts";
import { eventually, get, type RawConnection } from "../harness/wire.ts";
import { keyPairFor } from "./key-pairs.ts";
import { clientHelloFor, dial, type ListenerOptions, presented, tlsSnapshot } from "./setup.ts";

const acme = keyPairFor(["acme.io"]);
const renewed = keyPairFor(["acme.io"]);
const acmeRSA = keyPairFor(["acme.io"], "rsa");
const wild = keyPairFor(["*.acme.io"]);
const other = keyPairFor(["other.io"]);
const www = keyPairFor(["www.acme.io"]);
const all = { www, acme, acmeRSA, wild, other };

async function start(t: TestContext, listeners: readonly ListenerOptions[], options: ProxyOptions = {}) {
  const backend = await startBackend(t, () => ok());
  const proxy = new HttpDataPlane(options);
  t.after(() => proxy.close());
  const [bound] = await proxy.apply(tlsSnapshot(listeners, all, backend.port));
  assert.equal(bound?.error, undefined);
  return { backend, proxy, port: bound?.localPort ?? 0 };
}

const shop: readonly ListenerOptions[] = [
  { hostname: "acme.io", secrets: ["acme"] },
  { hostname: "*.acme.io", secrets: ["wild"] },
  { hostname: "other.io", secrets: ["acme", "other"] },
];

for (const [name, expected] of [
  ["acme.io", acme],
  ["ACME.io", acme],
  ["www.acme.io", wild],
  ["a.b.acme.io", wild],
  ["other.io", other],
] as const) {
  test(`${name} is given its certificate`, async (t) => {
    const { port } = await start(t, shop);
    const { socket } = await dial(port, name);
    t.after(() => socket.destroy());
    assert.equal(presented(socket).trim(), expected.certificates.trim());
  });
}

test("requests go through, and the backend is told that they came by TLS", async (t) => {
  const { port, backend } = await start(t, shop);
  const { socket, wire } = await dial(port, "acme.io", { ALPNProtocols: ["http/1.1", "x"] });
  t.after(() => socket.destroy());
  assert.equal(socket.alpnProtocol, "http/1.1");
  for (let i = 0; i < 3; i++) {
    wire.send(get("/"));
    assert.equal((await wire.message()).status, 200);
  }
  assert.ok(backend.requests.every(({ headers }) => headers["x-forwarded-proto"] === "https"));
});

test("bodies of any length come back whole", async (t) => {
  const body = "0123456789abcdef".repeat(64 * 1024);
  const backend = await startBackend(t, () => ok(body));
  const proxy = new HttpDataPlane();
  t.after(() => proxy.close());
  const [bound] = await proxy.apply(tlsSnapshot(shop, all, backend.port));
  const { socket, wire } = await dial(bound?.localPort ?? 0, "acme.io");
  t.after(() => socket.destroy());
  wire.send(`POST / HTTP/1.1\r\nHost: acme.io\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  const answer = await wire.message();
  assert.ok(answer.body === body);
  assert.ok(backend.requests[0]?.body === body);
});

test("the most specific name of a certificate decides, then the order of the references; the first is for all else", async (t) => {
  const { port } = await start(t, [{ secrets: ["other", "wild", "www", "acme", "acmeRSA"] }]);
  for (const [name, expected] of [
    ["acme.io", acme],
    ["www.acme.io", www],
    ["shop.acme.io", wild],
    ["nobody.io", other],
    ["", other],
  ] as const) {
    const { socket } = await dial(port, name);
    assert.equal(presented(socket).trim(), expected.certificates.trim(), name);
    socket.destroy();
  }
});

test("a listener that wants its clients validated is not served without", async (t) => {
  const backend = await startBackend(t);
  const proxy = new HttpDataPlane();
  t.after(() => proxy.close());
  const base = tlsSnapshot([{ secrets: ["acme"] }], all, backend.port);
  const text = JSON.stringify(base.gateways).replaceAll(
    '"mode":"Terminate"',
    '"mode":"Terminate","clientValidation":{"mode":"AllowValidOnly","caCertificates":[]}',
  );
  const [bound] = await proxy.apply({ ...base, gateways: JSON.parse(text) });
  await assert.rejects(dial(bound?.localPort ?? 0, "acme.io"));
});

test("a port that turns from HTTP to HTTPS speaks TLS to whoever comes now", async (t) => {
  const backend = await startBackend(t);
  const proxy = new HttpDataPlane();
  t.after(() => proxy.close());
  const [plain] = await proxy.apply(snapshot({ endpoints: { main: backend.port } }));
  const localPort = plain?.localPort ?? 0;
  const sockets = [{ gateway, port: 80, host: "127.0.0.1", localPort }];
  await proxy.apply({ ...snapshot({ endpoints: { main: backend.port } }), sockets });
  const [turned] = await proxy.apply({ ...tlsSnapshot(shop, all, backend.port), sockets });
  assert.equal(turned?.error, undefined);
  const { socket } = await dial(localPort, "acme.io");
  socket.destroy();
});

test("a server name that no listener covers is refused, and so is none; a listener without hostname takes both", async (t) => {
  const { port, proxy } = await start(t, shop);
  await assert.rejects(dial(port, "nobody.io"));
  await assert.rejects(dial(port, ""));
  assert.equal(proxy.stats.handshakeErrors.noCertificate, 2);
  await eventually(() => proxy.stats.connections.active === 0, "no connection to be left");
  const open = await start(t, [{ secrets: ["acme"] }]);
  for (const name of ["nobody.io", ""]) {
    const { socket, wire } = await dial(open.port, name);
    wire.send(get("/"));
    assert.equal((await wire.message()).status, 200);
    socket.destroy();
  }
});

test("the host of another listener is misdirected, that of none is not found", async (t) => {
  const { port } = await start(t, shop);
  const { socket, wire } = await dial(port, "acme.io");
  t.after(() => socket.destroy());
  for (const [host, status] of [
    ["acme.io", 200],
    ["www.acme.io", 421],
    ["other.io", 421],
    ["nobody.io", 404],
  ] as const) {
    wire.send(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    assert.equal((await wire.message()).status, status, host);
  }
});

test("TLS 1.1 is refused, 1.2 and 1.3 are spoken", async (t) => {
  const { port, proxy } = await start(t, shop);
  const old = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
  await assert.rejects(dial(port, "acme.io", old));
  await eventually(() => proxy.stats.handshakeErrors.version === 1, "the refusal to be counted");
  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    const { socket } = await dial(port, "acme.io", { minVersion: version, maxVersion: version });
    assert.equal(socket.getProtocol(), version);
    socket.destroy();
  }
});

test("a handshake that is not finished in time is cut", async (t) => {
  const { port, proxy } = await start(t, shop, { limits: { handshakeTimeout: 100 } });
  const socket = connectPlain(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.resume();
  await once(socket, "close");
  assert.equal(proxy.stats.handshakeErrors.timeout, 1);
  await eventually(() => proxy.stats.connections.active === 0, "no connection to be left");
});

for (const [how, leave] of [
  ["its end", (socket: Socket) => socket.end()],
  ["a reset", (socket: Socket) => socket.resetAndDestroy()],
] as const) {
  test(`a client that leaves in the middle of its handshake by ${how} holds no connection`, async (t) => {
    const { port, proxy } = await start(t, shop);
    const hello = await clientHelloFor("acme.io");
    for (const [part, answered] of [
      [hello.subarray(0, 0), false],
      [hello.subarray(0, 50), false],
      [hello, true],
    ] as const) {
      const before = Object.values(proxy.stats.handshakeErrors).reduce((sum, count) => sum + count, 0);
      const socket = connectPlain({ port, host: "127.0.0.1", allowHalfOpen: true });
      socket.on("error", () => {});
      await once(socket, "connect");
      await eventually(() => proxy.stats.connections.active === 1, "the connection");
      if (part.length > 0) socket.write(part);
      // Waits for the server's half of the handshake; the client's half will never be sent.
      if (answered) await once(socket, "data");
      leave(socket);
      await eventually(() => proxy.stats.connections.active === 0, "its slot to be free");
      const after = Object.values(proxy.stats.handshakeErrors).reduce((sum, count) => sum + count, 0);
      assert.equal(after, before + 1);
      socket.destroy();
    }
    assert.equal(proxy.stats.handshakeErrors.closed, 3);
  });
}

test("what is no TLS is counted and cut", async (t) => {
  const { port, proxy } = await start(t, shop);
  const socket = connectPlain(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.end(get("/"));
  socket.resume();
  await once(socket, "close");
  const failed = Object.values(proxy.stats.handshakeErrors).reduce((sum, count) => sum + count, 0);
  assert.equal(failed, 1);
});

test("certificates are renewed under load without a failed request; connections go on", async (t) => {
  const { backend, proxy, port } = await start(t, shop);
  const kept = await dial(port, "acme.io");
  t.after(() => kept.socket.destroy());
  const seen = new Set<string>();
  let running = true;
  let served = 0;
  const client = async () => {
    while (running) {
      const { socket, wire } = await dial(port, "acme.io");
      seen.add(presented(socket).trim());
      wire.send(get("/"));
      assert.equal((await wire.message()).status, 200);
      served++;
      socket.destroy();
    }
  };
  const clients = [client(), client(), client()];
  for (let i = 0; i < 10; i++) {
    const pairs = { ...all, acme: i % 2 === 0 ? renewed : acme };
    const next = tlsSnapshot(shop, pairs, backend.port);
    await proxy.apply({ ...next, sockets: [{ gateway, port: 80, host: "127.0.0.1", localPort: 0 }] });
    kept.wire.send(get("/"));
    assert.equal((await kept.wire.message()).status, 200);
    const so = served;
    await eventually(() => served > so + 3, "some requests");
  }
  running = false;
  await Promise.all(clients);
  assert.deepEqual(seen, new Set([acme.certificates.trim(), renewed.certificates.trim()]));
});

test("a session is resumed by its ticket", async (t) => {
  const { port } = await start(t, shop);
  const first = await dial(port, "acme.io", { maxVersion: "TLSv1.2" });
  const session = first.socket.getSession();
  first.socket.destroy();
  const again = await dial(port, "acme.io", { maxVersion: "TLSv1.2", ...(session && { session }) });
  assert.equal(again.socket.isSessionReused(), true);
  again.socket.destroy();
});

test("a body that its backend cuts is cut for the client, by a reset", async (t) => {
  const { port, backend, proxy } = await start(t, shop);
  backend.respond((_, connection) => {
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    setTimeout(() => connection.close(), 20);
    return undefined;
  });
  const { wire } = await dial(port, "acme.io");
  wire.send(get("/"));
  assert.match(await wire.end(), /half$/);
  assert.equal(wire.reset, true);
  await eventually(() => proxy.stats.connections.active === 0, "no connection to be left");
});

test("an upgraded connection carries bytes both ways", async (t) => {
  const { port, backend } = await start(t, shop);
  backend.respond(() => "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  const { socket, wire } = await dial(port, "acme.io");
  t.after(() => socket.destroy());
  wire.send(get("/", ["Connection: Upgrade", "Upgrade: websocket"]));
  assert.equal((await wire.message()).status, 101);
  const server = backend.connections[0] as RawConnection;
  const long = "0123456789".repeat(30_000);
  wire.send(long);
  await server.until(() => (server.received === long ? true : undefined), "what the client sent");
  server.send(long);
  await wire.until(() => (wire.received === long ? true : undefined), "what the backend sent");
});

test("draining finishes and closes what is idle", async (t) => {
  const { port, proxy } = await start(t, shop);
  const { wire } = await dial(port, "acme.io");
  wire.send(get("/"));
  assert.equal((await wire.message()).status, 200);
  await proxy.drain(0);
  await wire.end();
  assert.equal(proxy.stats.connections.active, 0);
});

test("connections of one address are bounded before their handshake, and counted until their end", async (t) => {
  const { proxy, port } = await start(t, shop, { limits: { addressConnections: 2 } });
  const first = await dial(port, "acme.io");
  const shaking = connectPlain({ host: "127.0.0.1", port });
  t.after(() => shaking.destroy());
  const refused = connectPlain({ host: "127.0.0.1", port }).on("error", () => {});
  await once(refused.resume(), "close");
  assert.equal(proxy.stats.overload.address, 1);
  // One connection ends before its handshake is complete, the other one after it.
  shaking.resetAndDestroy();
  await eventually(() => proxy.stats.connections.active === 1, "the end of the one that shakes hands");
  const second = await dial(port, "acme.io");
  first.wire.close();
  await eventually(() => proxy.stats.connections.active === 1, "the end of the first");
  const third = await dial(port, "acme.io");
  // The proxy may learn of the end of a handshake after its client.
  third.wire.send(get("/"));
  assert.equal((await third.wire.message()).status, 200);
  assert.equal(proxy.stats.overload.address, 1);
  for (const { wire } of [second, third]) wire.close();
  await eventually(() => proxy.stats.connections.active === 0, "the end of all");
});
