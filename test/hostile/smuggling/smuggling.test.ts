import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startProxy } from "../../unit/dataplane/harness/setup.ts";
import { dial, exchange, type Message, type RawConnection } from "../../unit/dataplane/harness/wire.ts";
import { haproxy, nginx, node, type Observed, python, recorder } from "./backends.ts";
import { type Case, cases } from "./cases.ts";
import { page, type Row } from "./page.ts";

/**
 * Each request of the table goes through the proxy to real servers, followed by a canary on the same connection.
 * However a server reads the bytes, it sees at most one request, and the canary gets its own response or none.
 */
const programs: Readonly<Record<string, string>> = { haproxy: "haproxy", nginx: "nginx", python: "python3" };
const file = new URL("../../../docs/smuggling.md", import.meta.url);
const rows: Row[] = cases.map(({ what, verdict }) => ({ what, verdict, saw: new Map<string, string>() }));

const servers = [recorder, haproxy, nginx, node, python];

for (const begin of servers) {
  test(`what ${begin.name} sees of the table`, { skip: missing(begin.name) }, async (t) => {
    const backend = await begin(t);
    const { proxy, port } = await startProxy(t, { endpoints: { main: backend.port } });
    for (const [index, row] of cases.entries()) {
      await t.test(row.what, async () => {
        rows[index]?.saw.set(backend.name, await run(row, index, backend, port));
      });
    }
    assert.equal(proxy.stats.connections.refused, 0);
  });
}

test("docs/smuggling.md is what was seen", {
  skip: servers.map(({ name }) => missing(name)).find(Boolean),
}, async () => {
  const text = page(rows);
  if (process.env.GATEWRIGHT_WRITE_SMUGGLING !== undefined) await writeFile(file, text);
  assert.equal(await readFile(file, "utf8"), text, "run npm run test:smuggling with GATEWRIGHT_WRITE_SMUGGLING=1");
});

/** Returns why a server is not available. Servers of this repository always are. */
function missing(name: string): string | undefined {
  const program = programs[name];
  if (program === undefined || spawnSync(program, ["-h"], { stdio: "ignore" }).error === undefined) return undefined;
  return `${program} is not installed`;
}

/** @returns what the backend received. */
async function run({ bytes, verdict, body }: Case, index: number, backend: Observed, port: number): Promise<string> {
  const before = (await backend.seen()).length;
  const canary = `GET /canary-${index} HTTP/1.1`;
  const connection = await dial(port);
  connection.send(`${bytes}${canary}\r\nHost: a\r\n\r\n`);
  const answer = await finalAnswer(connection);
  if (typeof verdict === "number") {
    assert.equal(answer.status, verdict, answer.body);
    assert.equal(await connection.end(), "", "a refusal ends the connection");
  } else {
    const next = await connection.message();
    assert.equal(saw(answer), verdict, "the first answer is the case's");
    assert.equal(saw(next), canary, "the second answer is the canary's");
    assert.equal(connection.received, "");
  }
  connection.close();
  const seen = await seenSince(backend, before, index, port);
  assert.deepEqual(seen, typeof verdict === "number" ? [] : [verdict, canary]);
  if (seen.length > 0) assert.deepEqual(backend.bodies?.().slice(before, before + 2) ?? [body, ""], [body, ""]);
  return seen.length === 0 ? "nothing" : `one, ${answer.status}`;
}

/** Returns the next response that is not interim. */
async function finalAnswer(connection: RawConnection): Promise<Message> {
  for (;;) {
    const answer = await connection.message();
    if (answer.status >= 200) return answer;
  }
}

function saw(message: Message): string | undefined {
  return message.headers["x-saw"];
}

/** Returns all lines that a backend logged until a last request, which uses a connection of its own. */
async function seenSince(backend: Observed, before: number, index: number, port: number): Promise<readonly string[]> {
  const last = `GET /last-${index} HTTP/1.1`;
  assert.equal((await exchange(port, `${last}\r\nHost: a\r\n\r\n`)).status, 200);
  for (let tries = 0; tries < 1_000; tries++) {
    const seen = (await backend.seen()).slice(before);
    const at = seen.indexOf(last);
    if (at >= 0) return seen.slice(0, at);
    await sleep(2);
  }
  throw new Error(`${backend.name} has not logged ${last}`);
}
