import assert from "node:assert/strict";
import { connect } from "node:http2";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  block,
  codes,
  dialHttp2,
  END_HEADERS,
  END_STREAM,
  type FrameConnection,
  frame,
  get,
  headers,
  many,
  post,
  types,
  uint32,
} from "../../unit/dataplane/harness/frames.ts";
import { answerOf, open as ask } from "../../unit/dataplane/harness/http2.ts";
import { withstand } from "./flood.ts";
import { startServing as start } from "./serving.ts";

const stream = (index: number): number => 1 + 2 * index;

/** The bytes that each connection sends. Each flood violates the limits of a connection. */
const floods: readonly (readonly [what: string, bytes: string])[] = [
  [
    "requests that are reset at once",
    many(3_000, (i) => headers(stream(i), get) + frame(types.RST_STREAM, 0, stream(i), uint32(codes.CANCEL))),
  ],
  ["pings", many(10_000, () => frame(types.PING, 0, 0, "12345678"))],
  ["settings", many(10_000, () => frame(types.SETTINGS, 0, 0))],
  [
    "continuations",
    frame(types.HEADERS, END_STREAM, 1, block(get)) + many(1_000, () => frame(types.CONTINUATION, 0, 1, "")),
  ],
  ["empty data", headers(1, post, 0) + many(5_000, () => frame(types.DATA, 0, 1))],
  [
    "fields without end",
    frame(types.HEADERS, END_STREAM, 1, block(get)) +
      many(200, (i) => frame(types.CONTINUATION, 0, 1, block([[`x-${i}`, "y".repeat(4_000)]]))),
  ],
];

/** Returns a function that sends a valid request over a connection of its own. */
function canaryOf(port: number): () => Promise<number> {
  return async () => {
    const session = connect(`http://127.0.0.1:${port}`);
    session.on("error", () => {});
    try {
      return (await answerOf(ask(session))).status;
    } finally {
      session.destroy();
    }
  };
}

for (const [what, bytes] of floods) {
  test(`a flood of ${what} from many connections ends each of them`, async (t) => {
    const proxy = await start(t);
    await withstand(t, proxy, { mebibytes: 128, canary: canaryOf(proxy.port) }, async (measure) => {
      for (let round = 0; round < 3; round++) {
        const connections: FrameConnection[] = [];
        for (let i = 0; i < 20; i++) connections.push(await dialHttp2(proxy.port));
        for (const connection of connections) connection.send(bytes);
        await measure();
        for (const connection of connections) {
          const code = await connection.goaway();
          assert.ok(code !== codes.NO_ERROR, `the connection ended well, with ${connection.describe().slice(0, 200)}`);
          connection.close();
        }
      }
    });
  });
}

test("clients that open no window for their answers hold bounded memory, and are cut", async (t) => {
  const proxy = await start(t, { writeTimeout: 1_000 });
  await withstand(t, proxy, { mebibytes: 192, canary: canaryOf(proxy.port) }, async (measure) => {
    const large = get.map(([name, value]) => [name, name === ":path" ? "/large" : value] as const);
    const connections: FrameConnection[] = [];
    // SETTINGS_INITIAL_WINDOW_SIZE is 0: the proxy may send heads only.
    for (let i = 0; i < 10; i++) connections.push(await dialHttp2(proxy.port, `\0\x04${uint32(0)}`));
    for (const connection of connections) connection.send(many(50, (i) => headers(stream(i), large)));
    await sleep(700);
    await measure();
    await sleep(2_500);
    for (const connection of connections) connection.close();
  });
});

test("heads that come byte by byte are cut in time", async (t) => {
  const proxy = await start(t, { headTimeout: 2_000 });
  await withstand(t, proxy, { mebibytes: 128, canary: canaryOf(proxy.port) }, async (measure) => {
    const connections: FrameConnection[] = [];
    for (let i = 0; i < 200; i++) connections.push(await dialHttp2(proxy.port));
    const slow = headers(1, [...get, ["x", "y".repeat(1_000)]]);
    for (let at = 0; connections.some(({ raw }) => !raw.ended); at++) {
      assert.ok(at < slow.length && at < 400, "connections are left after twenty seconds");
      for (const { raw } of connections) if (!raw.ended) raw.send(slow[at] as string);
      if (at === 10) await measure();
      await sleep(50);
    }
    for (const connection of connections) connection.close();
  });
});

test("bodies that never end are cut in time", async (t) => {
  const proxy = await start(t, { bodyIdleTimeout: 1_000 });
  await withstand(t, proxy, { mebibytes: 128, canary: canaryOf(proxy.port) }, async (measure) => {
    const connections: FrameConnection[] = [];
    for (let i = 0; i < 50; i++) connections.push(await dialHttp2(proxy.port));
    for (const connection of connections) {
      connection.send(many(10, (i) => frame(types.HEADERS, END_HEADERS, stream(i), block(post))));
    }
    await sleep(1_500);
    await measure();
    for (const connection of connections) connection.close();
  });
});
