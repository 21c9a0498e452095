import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { memoryShare } from "../../../proxy/dataplane/overload/load.ts";
import { holding, ok } from "./harness/backend.ts";
import { startPair } from "./harness/setup.ts";
import { dial, eventually, exchange, get } from "./harness/wire.ts";

test("short of memory, few requests are let in and no connection is kept; then all is as before", async (t) => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const share = memoryShare();
  collect();
  const bound = share() * 1.5;
  const { held, respond, letGo } = holding();
  const { proxy, port } = await startPair(t, respond, { limits: { memoryPercent: bound * 100 } });
  const idle = await dial(port);
  idle.send(get("/"));
  await eventually(() => held.length === 1, "a request");
  letGo();
  assert.equal((await idle.message()).headers.connection, undefined);

  let ballast: Buffer[] | undefined = [];
  while (share() < bound * 1.2) ballast.push(Buffer.alloc(16 * 1024 * 1024, 1));
  assert.equal(await idle.end(), "", "idle connections are closed");
  const few = await Promise.all(Array.from({ length: 32 }, () => dial(port)));
  for (const connection of few) connection.send(get("/"));
  await eventually(() => held.length === 32, "a few requests");
  const refused = await exchange(port, get("/"));
  assert.equal(refused.status, 503);
  assert.match(refused.body, /ShortOfMemory/);
  assert.equal(refused.headers["retry-after"], "1");
  letGo();
  for (const connection of few) assert.equal((await connection.message()).headers.connection, "close");
  assert.ok(proxy.stats.overload.memory > 0);

  ballast = undefined;
  const kept = async (): Promise<boolean> => {
    collect();
    const answer = exchange(port, get("/"));
    await eventually(() => held.length === 1, "the request");
    letGo();
    return (await answer).headers.connection === undefined;
  };
  const deadline = performance.now() + 10_000;
  while (!(await kept())) {
    assert.ok(performance.now() < deadline, "recovery");
    await sleep(50);
  }
  for (const connection of few) connection.close();
});

test("held up over and again, the proxy refuses a part of the requests until it is not", async (t) => {
  const { proxy, port } = await startPair(t, () => ok(), { limits: { loopDelay: 100 } });
  const connection = await dial(port);
  const ask = async (): Promise<number> => {
    connection.send(get("/"));
    const response = await connection.message();
    if (response.status === 503) assert.match(response.body, /ShortOfProcessor/);
    return response.status;
  };
  const block = new Int32Array(new SharedArrayBuffer(4));
  const served: number[] = [];
  for (let i = 0; i < 5; i++) {
    Atomics.wait(block, 0, 0, 600);
    served.push(await ask());
    await sleep(1);
  }
  for (let i = 0; i < 20; i++) served.push(await ask());
  assert.ok(served.includes(503), "some are refused");
  assert.ok(served.includes(200), "some are not");
  assert.ok(proxy.stats.overload.processor > 0);
  const deadline = performance.now() + 20_000;
  for (let row = 0; row < 20; ) {
    row = (await ask()) === 200 ? row + 1 : 0;
    if (row === 0) await sleep(50);
    assert.ok(performance.now() < deadline, "recovery");
  }
  connection.close();
});
