import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { type ClientOptions, type RawData, WebSocket } from "ws";
import { missingPython } from "../../../tools/python-websockets.ts";
import { startProxy } from "../../unit/dataplane/harness/setup.ts";
import { startTLSProxy } from "../../unit/dataplane/harness/tls.ts";
import { eventually } from "../../unit/dataplane/harness/wire.ts";
import { askWithPython, mostBytes, type ServerKind, servers } from "./peers.ts";

/** Tests real clients through the proxy to real servers, by the sections of RFC 6455, in clear text and over TLS. */
const schemes = ["ws", "wss"] as const;

async function proxied(t: TestContext, scheme: (typeof schemes)[number], server: ServerKind) {
  const backend = await server.start(t);
  const { proxy, port } =
    scheme === "ws"
      ? await startProxy(t, { endpoints: { main: backend }, backend: { protocol: "ws" } })
      : await startTLSProxy(t, backend);
  return { proxy, url: `${scheme}://127.0.0.1:${port}/chat` };
}

const insecure: ClientOptions & { readonly servername: string } = {
  rejectUnauthorized: false,
  servername: "acme.io",
  maxPayload: mostBytes,
};

/** The results that peer.py must print for each of its scenarios. */
const scenarios: Readonly<Record<string, unknown>> = {
  lengths: 16,
  large: [16 * 1024 * 1024, true],
  fragmented: ["fragmented", "fragmented"],
  pings: 3,
  closes_itself: [4999, "r".repeat(123)],
  is_closed: [3000, "göne"],
  extensions: [100_000, ["permessage-deflate"]],
};

for (const scheme of schemes) {
  for (const server of servers) {
    test(`Python websockets to ${server.name} over ${scheme}`, {
      skip: missingPython() ?? server.missing,
    }, async (t) => {
      const { proxy, url } = await proxied(t, scheme, server);
      for (const [scenario, expected] of Object.entries(scenarios)) {
        await t.test(scenario.replaceAll("_", " "), async () => {
          assert.deepEqual(await askWithPython(url, scenario), expected);
        });
      }
      await eventually(() => proxy.stats.tunnels.active === 0, "the end of all tunnels");
      assert.equal(proxy.stats.tunnels.opened, Object.keys(scenarios).length);
    });

    test(`ws to ${server.name} over ${scheme}`, { skip: server.missing }, async (t) => {
      const { proxy, url } = await proxied(t, scheme, server);
      const socket = new WebSocket(url, { ...insecure, perMessageDeflate: true });
      await once(socket, "open");
      assert.match(socket.extensions, /^permessage-deflate/);
      await t.test("lengths", () => lengths(socket));
      await t.test("large", () => echoes(socket, pattern(16 * 1024 * 1024)));
      await t.test("fragmented", () => fragmented(socket));
      await t.test("pings", () => pings(socket));
      await t.test("is closed", async () => {
        socket.send("close 3000 göne");
        const [code, reason] = (await once(socket, "close")) as [number, Buffer];
        assert.deepEqual([code, reason.toString()], [3000, "göne"]);
      });
      await eventually(() => proxy.stats.tunnels.active === 0, "the end of the tunnel");
    });

    test(`500 connections at once to ${server.name} over ${scheme}`, { skip: server.missing }, async (t) => {
      const { proxy, url } = await proxied(t, scheme, server);
      const sockets: WebSocket[] = [];
      t.after(() => {
        for (const socket of sockets) socket.terminate();
      });
      for (let i = 0; i < 500; i++) {
        const socket = new WebSocket(url, { ...insecure, perMessageDeflate: false });
        sockets.push(socket);
        if (i % 50 === 49) await Promise.all(sockets.slice(-50).map((each) => once(each, "open")));
      }
      assert.equal(proxy.stats.tunnels.active, 500);
      for (let round = 0; round < 3; round++) {
        await Promise.all(sockets.map((socket, i) => echoes(socket, `${round} of ${i} ${"x".repeat(i)}`)));
      }
      for (const socket of sockets) socket.close(1000);
      await eventually(() => proxy.stats.tunnels.active === 0, "the end of all tunnels", 20_000);
    });
  }
}

function pattern(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + (i >> 8)) & 255;
  return bytes;
}

async function echoes(socket: WebSocket, message: string | Buffer): Promise<void> {
  const answered = once(socket, "message") as Promise<[RawData, boolean]>;
  socket.send(message);
  const [data, isBinary] = await answered;
  assert.equal(isBinary, typeof message !== "string");
  assert.ok(Buffer.from(message).equals(data as Buffer), `a message of ${message.length} comes back as it was`);
}

/** Tests the lengths at which the encoding of a length changes (RFC 6455 section 5.2). */
async function lengths(socket: WebSocket): Promise<void> {
  for (const length of [0, 1, 125, 126, 127, 65_535, 65_536, 1024 * 1024]) {
    await echoes(socket, "x".repeat(length));
    await echoes(socket, pattern(length));
  }
}

/** Tests fragments (section 5.4), with control frames between them. */
async function fragmented(socket: WebSocket): Promise<void> {
  const answered = once(socket, "message") as Promise<[RawData]>;
  const pong = once(socket, "pong");
  socket.send("frag", { fin: false });
  socket.ping("between");
  socket.send("", { fin: false });
  socket.send("mented", { fin: true });
  assert.equal(String((await answered)[0]), "fragmented");
  await pong;
  const again = once(socket, "message") as Promise<[RawData]>;
  socket.send("fragments");
  assert.equal(String((await again)[0]), "fragmented");
}

/** Tests pings (section 5.5.2). */
async function pings(socket: WebSocket): Promise<void> {
  for (const payload of ["", "p".repeat(125)]) {
    const pong = once(socket, "pong") as Promise<[Buffer]>;
    socket.ping(payload);
    assert.equal(String((await pong)[0]), payload);
  }
}
