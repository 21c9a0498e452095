import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { setting } from "./frame-backend.ts";
import { dialHttp2, type FrameConnection, get, headers, many } from "./frames.ts";
import { RawConnection } from "./wire.ts";

const INITIAL_WINDOW_SIZE = 4;

/** Opens HTTP/2 connections that read nothing of their responses, with a number of requests on each. */
export async function openZeroWindows(port: number, connections: number, requests: number): Promise<FrameConnection[]> {
  const opened: FrameConnection[] = [];
  for (let i = 0; i < connections; i++) {
    const connection = await dialHttp2(port, setting(INITIAL_WINDOW_SIZE, 0));
    connection.send(many(requests, (index) => headers(1 + 2 * index, get)));
    opened.push(connection);
  }
  return opened;
}

export async function dialFrom(localAddress: string, port: number): Promise<RawConnection> {
  const socket = connect({ host: "127.0.0.1", port, localAddress });
  await once(socket, "connect");
  return new RawConnection(socket);
}

/** The observations of a client that sends one request after another. */
export interface SteadyResult {
  readonly served: number;
  readonly failed: number;
  /** The longest time until a response, in milliseconds. */
  readonly slowest: number;
}

/** Sends a number of requests one after another, over one connection if possible. */
export async function askSteadily(address: string, port: number, requests: number): Promise<SteadyResult> {
  const result = { served: 0, failed: 0, slowest: 0 };
  let connection = await dialFrom(address, port);
  for (let i = 0; i < requests; i++) {
    const begun = performance.now();
    connection.send("GET /small HTTP/1.1\r\nHost: acme.io\r\n\r\n");
    const { status } = await connection.message();
    result.slowest = Math.max(result.slowest, performance.now() - begun);
    if (status === 200) result.served++;
    else result.failed++;
    if (connection.ended) connection = await dialFrom(address, port);
    await sleep(20);
  }
  connection.close();
  return result;
}
