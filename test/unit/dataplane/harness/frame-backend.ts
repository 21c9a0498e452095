import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { TestContext } from "node:test";
import { ACK, block, END_HEADERS, END_STREAM, type Frame, FrameConnection, frame, preface, types } from "./frames.ts";
import { RawConnection } from "./wire.ts";

export interface FrameBackend {
  readonly port: number;
  /** The connections in the order in which they were opened. */
  readonly connections: readonly FrameConnection[];
}

/**
 * Starts a backend that speaks HTTP/2 frame by frame, for behaviour that no server has. It acknowledges settings and
 * sends its own, and leaves everything else to `onFrame`.
 *
 * @param settings the payload of its SETTINGS.
 */
export async function startFrameBackend(
  context: TestContext,
  onFrame: (connection: FrameConnection, frame: Frame, index: number) => void = () => {},
  settings = "",
): Promise<FrameBackend> {
  const connections: FrameConnection[] = [];
  const server = createServer((socket) => {
    const connection = new FrameConnection(new RawConnection(socket), preface.length);
    const index = connections.push(connection) - 1;
    connection.onFrame = (each) => {
      if (each.type === types.SETTINGS && (each.flags & ACK) === 0) connection.send(frame(types.SETTINGS, ACK, 0));
      onFrame(connection, each, index);
    };
    connection.send(frame(types.SETTINGS, 0, 0, settings));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.close();
    for (const { raw } of connections) raw.socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port, connections };
}

/** Returns the frames of a response's head. */
export function responseHead(
  stream: number,
  fields: readonly (readonly [string, string])[] = [[":status", "200"]],
  flags = END_STREAM,
): string {
  return frame(types.HEADERS, flags | END_HEADERS, stream, block(fields));
}

/** Returns one setting (RFC 9113 section 6.5.1). */
export function setting(id: number, value: number): string {
  const bytes = Buffer.alloc(6);
  bytes.writeUInt16BE(id);
  bytes.writeUInt32BE(value, 2);
  return bytes.toString("latin1");
}

export const MAX_CONCURRENT_STREAMS = 3;
