import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { adopt, Outlet, readBuffer } from "../../../proxy/dataplane/sockets/sockets.ts";

async function pair(t: {
  after(end: () => void): void;
}): Promise<{ readonly client: Socket; readonly accepted: Socket }> {
  const server = createServer({ pauseOnConnect: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [accepted] = (await once(server, "connection")) as [Socket];
  t.after(() => {
    server.close();
    client.destroy();
    accepted.destroy();
  });
  return { client, accepted };
}

test("an accepted connection is read into the shared buffer", async (t) => {
  const { client, accepted } = await pair(t);
  let seen = "";
  const socket = adopt(accepted, (length) => {
    seen += readBuffer.toString("latin1", 0, length);
  });
  t.after(() => socket.destroy());
  // This is not the accepted socket. If the assertion fails, connections are served by data events, correctly but
  // slower.
  assert.notEqual(socket, accepted);
  assert.equal(socket.remoteAddress, "127.0.0.1");
  client.write("hello");
  socket.write("back");
  const [answer] = (await once(client, "data")) as [Buffer];
  assert.equal(answer.toString(), "back");
  client.end();
  await once(socket, "end");
  assert.equal(seen, "hello");
});

test("reading stops and goes on", async (t) => {
  const { client, accepted } = await pair(t);
  let seen = 0;
  const socket = adopt(accepted, (length) => {
    seen += length;
  });
  t.after(() => socket.destroy());
  socket.pause();
  client.write("hello");
  await sleep(50);
  assert.equal(seen, 0);
  socket.resume();
  await sleep(50);
  assert.equal(seen, 5);
});

test("a socket without a handle is read by events, in pieces that fit the buffer", async () => {
  const lengths: number[] = [];
  let seen = "";
  const duplex = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const socket = adopt(duplex as unknown as Socket, (length) => {
    lengths.push(length);
    seen += readBuffer.toString("latin1", 0, length);
  });
  assert.equal(socket, duplex as unknown as Socket);
  duplex.push(Buffer.from(`${"a".repeat(100_000)}b`));
  await sleep(10);
  assert.deepEqual(lengths, [65_536, 34_465]);
  assert.equal(seen, `${"a".repeat(100_000)}b`);
});

test("what leaves is what was put in, whatever its size, although the buffer changes", async (t) => {
  const { client, accepted } = await pair(t);
  const out = new Outlet(accepted);
  let expected = "";
  const bytes = Buffer.alloc(readBuffer.length);
  for (let i = 0; i < 200; i++) {
    const length = [1, 100, 8_192, 8_193, 40_000, 65_536][i % 6] as number;
    bytes.fill(97 + (i % 26));
    out.text(`<${i}>`);
    out.bytes(bytes, 0, length);
    out.chunk(bytes, Int32Array.of(0, length), 1, length);
    expected += `<${i}>${bytes.toString("latin1", 0, length)}${length.toString(16)}\r\n${bytes.toString("latin1", 0, length)}\r\n`;
    // The next read overwrites the buffer.
    bytes.fill(0);
  }
  out.flush();
  // The client has read nothing yet, so most of the data waits in memory.
  assert.ok(out.blocked);
  let received = "";
  client.on("data", (chunk: Buffer) => {
    received += chunk.toString("latin1");
  });
  while (received.length < expected.length) await sleep(5);
  assert.ok(received === expected);
});
