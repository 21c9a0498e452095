import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type ClientOptions, type RawData, type ServerOptions, WebSocket, WebSocketServer } from "ws";
import { snapshot } from "./harness/configuration.ts";
import { startProxy } from "./harness/setup.ts";
import { eventually } from "./harness/wire.ts";

/** Starts a WebSocket server that echoes messages. */
async function server(t: TestContext, options: ServerOptions = {}): Promise<WebSocketServer> {
  const wss = new WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
  await once(wss, "listening");
  t.after(() => {
    for (const client of wss.clients) client.terminate();
    wss.close();
  });
  wss.on("connection", (socket) => {
    socket.on("error", () => {});
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  return wss;
}

async function proxied(t: TestContext, options: ServerOptions = {}) {
  const wss = await server(t, options);
  const backendPort = (wss.address() as AddressInfo).port;
  const { proxy, port } = await startProxy(t, { endpoints: { main: backendPort }, backend: { protocol: "ws" } });
  return { wss, proxy, port, backendPort };
}

function connect(t: TestContext, port: number, protocols: string[] = [], options: ClientOptions = {}): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/chat?room=1`, protocols, options);
  t.after(() => socket.terminate());
  return socket;
}

async function opened(t: TestContext, port: number, protocols: string[] = [], options: ClientOptions = {}) {
  const socket = connect(t, port, protocols, options);
  await once(socket, "open");
  return socket;
}

async function echoed(socket: WebSocket, send: () => void): Promise<{ data: Buffer; isBinary: boolean }> {
  const message = once(socket, "message") as Promise<[RawData, boolean]>;
  send();
  const [data, isBinary] = await message;
  return { data: data as Buffer, isBinary };
}

/** Lengths at which the encoding of a frame's length changes (RFC 6455 section 5.2), and beyond one read. */
const lengths = [0, 1, 125, 126, 127, 128, 65_535, 65_536, 65_537, 1024 * 1024];

for (const perMessageDeflate of [false, true]) {
  test(`text and binary of every form of length${perMessageDeflate ? ", deflated" : ""}`, async (t) => {
    const { port } = await proxied(t, { perMessageDeflate });
    const socket = await opened(t, port, [], { perMessageDeflate });
    assert.equal(socket.extensions, perMessageDeflate ? "permessage-deflate" : "");
    for (const length of lengths) {
      const text = "ä".repeat(length / 2) + "x".repeat(length % 2);
      const answer = await echoed(socket, () => socket.send(text));
      assert.equal(answer.isBinary, false);
      assert.ok(answer.data.toString() === text, `text of ${length}`);
      const bytes = Buffer.from(Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 255));
      const back = await echoed(socket, () => socket.send(bytes));
      assert.equal(back.isBinary, true);
      assert.ok(back.data.equals(bytes), `${length} bytes`);
    }
  });
}

test("fragmented messages, with control frames between the fragments", async (t) => {
  const { port } = await proxied(t);
  const socket = await opened(t, port);
  const pong = once(socket, "pong") as Promise<[Buffer]>;
  const { data } = await echoed(socket, () => {
    socket.send("frag", { fin: false });
    socket.ping("between");
    socket.send("", { fin: false });
    socket.send("men", { fin: false });
    socket.send("ted", { fin: true });
  });
  assert.equal(data.toString(), "fragmented");
  assert.equal((await pong)[0].toString(), "between");
});

test("ping and pong from both sides, as long as a control frame may be", async (t) => {
  const { wss, port } = await proxied(t);
  const socket = await opened(t, port);
  const [peer] = wss.clients;
  for (const [from, to] of [
    [socket, peer],
    [peer, socket],
  ] as [WebSocket, WebSocket][]) {
    for (const payload of ["", "p".repeat(125)]) {
      const ping = once(to, "ping") as Promise<[Buffer]>;
      const pong = once(from, "pong") as Promise<[Buffer]>;
      from.ping(payload);
      assert.equal((await ping)[0].toString(), payload);
      assert.equal((await pong)[0].toString(), payload);
    }
  }
});

const codes: readonly (readonly [number, string])[] = [
  [1000, ""],
  [1000, "r".repeat(123)],
  [1001, "going away"],
  [1003, "unsupported"],
  [1008, "policy"],
  [1011, "ünexpected"],
  [3000, "registered"],
  [4999, "private"],
];

test("close codes and reasons from either side reach the other, and both connections end", async (t) => {
  const { wss, proxy, port } = await proxied(t);
  for (const closing of ["client", "server"]) {
    for (const [code, reason] of codes) {
      const accepted = once(wss, "connection") as Promise<[WebSocket]>;
      const socket = await opened(t, port);
      const [peer] = await accepted;
      const [from, to] = closing === "client" ? [socket, peer] : [peer, socket];
      const closed = Promise.all([once(from, "close"), once(to, "close")]) as Promise<[number, Buffer][]>;
      from.close(code, reason);
      for (const [seenCode, seenReason] of await closed) {
        assert.deepEqual([seenCode, seenReason.toString()], [code, reason], `${closing} ${code}`);
      }
    }
  }
  await eventually(() => proxy.stats.tunnels.active === 0, "the end of all tunnels");
  assert.equal(proxy.stats.tunnels.opened, codes.length * 2);
});

test("a close without a code, and connections that end without a close", async (t) => {
  const { wss, port } = await proxied(t);
  for (const [end, expected] of [
    [(peer: WebSocket) => peer.close(), 1005],
    [(peer: WebSocket) => peer.terminate(), 1006],
  ] as const) {
    const socket = await opened(t, port);
    const [peer] = wss.clients;
    const closed = once(socket, "close") as Promise<[number]>;
    end(peer as WebSocket);
    assert.equal((await closed)[0], expected);
    await eventually(() => wss.clients.size === 0, "the end on the server");
  }
});

test("frames that break the protocol are the backend's to refuse", async (t) => {
  const { wss, port } = await proxied(t, { maxPayload: 1024 });
  wss.on("connection", (peer) => peer.on("error", () => {}));
  for (const [bytes, code] of [
    [Buffer.from([0xf1, 0x80, 1, 2, 3, 4]), 1002],
    [Buffer.from([0x83, 0x80, 1, 2, 3, 4]), 1002],
    [Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0xff]), 1007],
    [Buffer.from([0x82, 0xfe, 0x10, 0x00, 0, 0, 0, 0]), 1009],
  ] as const) {
    const socket = await opened(t, port);
    socket.on("error", () => {});
    const closed = once(socket, "close") as Promise<[number]>;
    (socket as unknown as { readonly _socket: { write(bytes: Buffer): void } })._socket.write(bytes);
    assert.equal((await closed)[0], code);
  }
});

test("a subprotocol is chosen by the backend", async (t) => {
  const { wss, port } = await proxied(t, { handleProtocols: (offered) => [...offered].at(-1) ?? false });
  const accepted = once(wss, "connection") as Promise<[WebSocket]>;
  const socket = await opened(t, port, ["v1.chat", "v2.chat"]);
  assert.equal(socket.protocol, "v2.chat");
  assert.equal((await accepted)[0].protocol, "v2.chat");
});

test("a refusal reaches the client with its status", async (t) => {
  const { proxy, port } = await proxied(t, { verifyClient: (_info, done) => done(false, 401, "no", { "x-why": "a" }) });
  const socket = connect(t, port);
  socket.on("error", () => {});
  const [, response] = await once(socket, "unexpected-response");
  assert.equal(response.statusCode, 401);
  assert.equal(response.headers["x-why"], "a");
  assert.equal(proxy.stats.tunnels.opened, 0);
});

test("a reader that pauses holds the writer back, and gets every message in order", async (t) => {
  const { wss, port } = await proxied(t);
  const accepted = once(wss, "connection") as Promise<[WebSocket]>;
  const socket = await opened(t, port);
  const [peer] = await accepted;
  const received: number[] = [];
  socket.on("message", (data) => received.push((data as Buffer).readUInt32BE(0)));
  socket.pause();
  const count = 64;
  for (let i = 0; i < count; i++) {
    const frame = Buffer.alloc(1024 * 1024);
    frame.writeUInt32BE(i, 0);
    peer.send(frame);
  }
  await sleep(300);
  assert.ok(peer.bufferedAmount > 16 * 1024 * 1024, `only ${peer.bufferedAmount} bytes wait with the writer`);
  socket.resume();
  await eventually(() => received.length === count, "all messages", 10_000);
  assert.deepEqual(
    received,
    Array.from({ length: count }, (_, i) => i),
  );
});

test("both directions at once, through many connections, while routes change", async (t) => {
  const { proxy, port, backendPort } = await proxied(t);
  const sockets = await Promise.all(Array.from({ length: 20 }, () => opened(t, port)));
  const got = sockets.map(() => 0);
  for (const [index, socket] of sockets.entries()) {
    socket.on("message", (data) => {
      assert.equal((data as Buffer).toString(), `${index}/${got[index]}`);
      got[index] = (got[index] ?? 0) + 1;
    });
  }
  const messages = 200;
  for (let i = 0; i < messages; i++) {
    for (const [index, socket] of sockets.entries()) socket.send(`${index}/${i}`);
    if (i % 20 === 0) await proxy.apply(snapshot({ rules: [{ id: `r${i}` }], endpoints: { main: backendPort } }));
  }
  await eventually(() => got.every((count) => count === messages), "every message");
  assert.equal(proxy.stats.tunnels.active, sockets.length);
});
