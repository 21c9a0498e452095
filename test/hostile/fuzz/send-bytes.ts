import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";

/**
 * Sends bytes (latin1) in pieces that end at `cuts`, half-closes, and waits for the proxy to close.
 *
 * @param patience milliseconds without a response after which the client disconnects: an HTTP/2 client with closed
 *   windows may keep its connection as long as the limits allow. Default: it half-closes at once.
 */
export async function sendBytes(port: number, bytes: string, cuts: readonly number[], patience = 0): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  await once(socket, "connect");
  let received = "";
  socket.on("data", (chunk: Buffer) => {
    received += chunk.toString("latin1");
  });
  const closed = untilClosed(socket);
  let from = 0;
  for (const cut of cuts) {
    if (!socket.writable) break;
    socket.write(bytes.slice(from, cut), "latin1");
    from = cut;
    if (cut < bytes.length) await new Promise((resolve) => setImmediate(resolve));
  }
  for (let length = -1; patience > 0 && socket.writable && length < received.length; ) {
    ({ length } = received);
    await new Promise((resolve) => setTimeout(resolve, patience));
  }
  if (patience > 0) socket.destroy();
  else socket.end();
  assert.ok(await closed, `a connection stayed open for 8 s: ${JSON.stringify(bytes)} had ${JSON.stringify(received)}`);
  return received;
}

/** Returns whether a socket closes in time; a reset counts too. */
function untilClosed(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(() => {
      resolve(false);
      socket.destroy();
    }, 8_000);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearTimeout(late);
      resolve(true);
    });
  });
}
