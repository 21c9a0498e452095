import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { startBackend, startPair, startProxy } from "../../unit/dataplane/harness/setup.ts";
import { dial } from "../../unit/dataplane/harness/wire.ts";
import type { RequestCase, ResponseCase } from "./case.ts";
import { echo, receive, send } from "./exchange.ts";
import { framing } from "./framing.ts";
import { requests } from "./requests.ts";
import { responses } from "./responses.ts";

const all = [...requests, ...framing];

test("each request is forwarded as one request and in one form, or refused", async (t) => {
  const { port } = await startPair(t, echo);
  for (const each of all) await t.test(each.what, () => check(port, each, []));
});

async function check(port: number, each: RequestCase, cuts: readonly number[]): Promise<void> {
  const refuses = each.outcome.some((one) => typeof one === "number");
  const after = each.ends || each.closes || refuses ? "closed" : "answered";
  const where = `${each.what}, cut at ${cuts.join(", ") || "nowhere"}`;
  assert.deepEqual(await send(port, each, cuts), { outcome: each.outcome, after }, where);
}

/** Runs a limited number of items concurrently. */
async function inParallel<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const lane = async () => {
    for (const item of rest) await run(item);
  };
  await Promise.all(Array.from({ length: 32 }, lane));
}

describe("however the bytes of requests are cut into reads", () => {
  test("at every byte", async (t) => {
    const { port } = await startPair(t, echo);
    const cuts = all.flatMap((each) => Array.from({ length: each.bytes.length }, (_, at) => [each, at] as const));
    await inParallel(cuts, ([each, at]) => check(port, each, [at]));
    t.diagnostic(`${cuts.length} connections`);
  });

  test("byte by byte", async (t) => {
    const { port } = await startPair(t, echo);
    await inParallel(all, (each) =>
      check(
        port,
        each,
        Array.from({ length: each.bytes.length }, (_, at) => at),
      ),
    );
  });

  test("anyhow, several on one connection", async (t) => {
    const { port } = await startPair(t, echo);
    const served = all.filter(
      ({ closes, ends, outcome }) => !closes && !ends && outcome.every((one) => typeof one === "object"),
    );
    const sequence = fc
      .array(fc.constantFrom(...served.filter(({ bytes }) => !bytes.startsWith("HEAD"))), {
        minLength: 2,
        maxLength: 4,
      })
      .map(
        (chosen): RequestCase => ({
          what: chosen.map(({ what }) => what).join(" + "),
          bytes: chosen.map(({ bytes }) => bytes).join(""),
          outcome: chosen.flatMap(({ outcome }) => outcome),
        }),
      );
    const property = fc.asyncProperty(sequence, fc.array(fc.nat({ max: 600 }), { maxLength: 6 }), (each, cuts) =>
      check(
        port,
        each,
        [...new Set(cuts.filter((cut) => cut < each.bytes.length))].sort((a, b) => a - b),
      ),
    );
    await fc.assert(property, { numRuns: 300 });
  });
});

/** Returns what the client receives of a response, sent in one piece or in two. */
async function answer({ bytes, ends = false, method = "GET" }: ResponseCase, port: number, at: number, path: string) {
  const connection = await dial(port);
  try {
    // The path tells the backend what to answer and how.
    connection.send(`${method} /${path}/${at} HTTP/1.1\r\nHost: a\r\n\r\n`);
    const got = await receive(connection, method === "HEAD");
    return { got, bytes, ends };
  } finally {
    connection.close();
  }
}

test("each response is passed on as one response, or is a 502, wherever it is cut", async (t) => {
  const backend = await startBackend(t, async ({ line }, connection) => {
    const [, index, at] = /\/(\d+)\/(\d+) /.exec(line) ?? [];
    const { bytes, ends = false } = responses[Number(index)] as ResponseCase;
    if (Number(at) > 0) {
      connection.send(bytes.slice(0, Number(at)));
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    }
    connection.send(bytes.slice(Number(at)));
    if (ends) connection.socket.end();
    return undefined;
  });
  const { port } = await startProxy(t, { endpoints: { main: backend.port } });
  for (const [index, each] of responses.entries()) {
    await t.test(each.what, async () => {
      const cuts = Array.from({ length: each.bytes.length }, (_, at) => at);
      await inParallel(cuts, async (at) => {
        const { got } = await answer(each, port, at, String(index));
        const seen = typeof got === "object" && got.status === 502 ? 502 : got;
        assert.deepEqual(seen, each.outcome, `cut at ${at}`);
      });
    });
  }
});
