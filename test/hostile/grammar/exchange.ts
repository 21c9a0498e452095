import { setImmediate as turn } from "node:timers/promises";
import { dial, type Message, parseMessage, type RawConnection } from "../../unit/dataplane/harness/wire.ts";
import type { Answered, Forwarded, RequestCase } from "./case.ts";

/** Fields that the proxy adds to every request. */
const added = /^(x-forwarded-[a-z]+|x-request-id): /;

/** Fields of a response about its framing and connection. */
const carried = /^(connection|transfer-encoding|date):/i;

/** Returns a backend's response that identifies its request. */
export function echo({ line, fields, body, trailers }: Message): string {
  const seen: Forwarded = { line, fields: fields.filter((field) => !added.test(field)), body, trailers };
  const told = Buffer.from(JSON.stringify(seen), "latin1").toString("base64");
  return `HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Saw: ${told}\r\n\r\n`;
}

export const canary = "GET /canary HTTP/1.1\r\nHost: a\r\n\r\n";

/** The results of some bytes on a connection of their own. */
export interface Came {
  /** Requests that a backend has received, and the statuses of the proxy's own responses. */
  readonly outcome: (Forwarded | number)[];
  /** The result of a further request after all bytes. */
  readonly after: "closed" | "answered" | "other";
}

/**
 * Sends a case in pieces, each in a read of its own if the system allows.
 *
 * @param cuts where the bytes are cut, in ascending order.
 */
export async function send(port: number, each: RequestCase, cuts: readonly number[] = []): Promise<Came> {
  const { bytes, outcome: expected, ends = false, closes = false } = each;
  const connection = await dial(port, { allowHalfOpen: true });
  try {
    let from = 0;
    for (const cut of [...cuts, bytes.length]) {
      if (cut > from) connection.send(bytes.slice(from, cut));
      from = cut;
      // The proxy reads in this process, so it runs before the next piece is sent.
      await turn();
      await turn();
    }
    if (ends) connection.socket.end();
    const outcome: Came["outcome"] = [];
    for (const { length } = expected; outcome.length < length; ) {
      const wasHead = /^HEAD /.test(bytes);
      outcome.push(outcomeOf(await connection.message({ bodiless: wasHead })));
    }
    if (ends || closes || expected.some((one) => typeof one === "number")) {
      const rest = await connection.end();
      return { outcome, after: rest === "" ? "closed" : "other" };
    }
    connection.send(canary);
    const next = outcomeOf(await connection.message());
    const answered = typeof next === "object" && next.line === "GET /canary HTTP/1.1" && connection.received === "";
    return { outcome, after: answered ? "answered" : "other" };
  } finally {
    connection.close();
  }
}

function outcomeOf({ status, headers }: Message): Forwarded | number {
  const { "x-saw": told } = headers;
  if (told === undefined) return status;
  return JSON.parse(Buffer.from(told, "base64").toString("latin1")) as Forwarded;
}

/** Returns the response that a client receives: all of it, or `cut` if its connection is cut. */
export async function receive(connection: RawConnection, bodiless: boolean): Promise<Answered | "cut"> {
  const interim: number[] = [];
  for (;;) {
    const found = await connection.until(() => {
      const message = parseMessage(connection.received, { bodiless, ended: connection.ended && !connection.reset });
      return message ?? (connection.ended ? "cut" : undefined);
    }, "an answer or the end");
    if (found === "cut") return "cut";
    connection.received = connection.received.slice(found.length);
    if (found.status < 200) {
      interim.push(found.status);
      continue;
    }
    const { status, body, trailers } = found;
    const fields = found.fields.filter((field) => !carried.test(field) && !isLength(field, status, bodiless));
    return { status, fields, body, trailers, interim };
  }
}

/** Returns whether a Content-Length is framing. Without a body it is only information. */
function isLength(field: string, status: number, bodiless: boolean): boolean {
  return /^content-length:/i.test(field) && status !== 304 && !bodiless;
}
