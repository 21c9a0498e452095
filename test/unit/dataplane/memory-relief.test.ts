import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { Deadlines } from "../../../proxy/dataplane/limits/deadlines.ts";
import { memoryShare } from "../../../proxy/dataplane/overload/load.ts";
import { largestHolders, type MemoryHolder, MemoryRelief } from "../../../proxy/dataplane/overload/memory-relief.ts";
import { ok } from "./harness/backend.ts";
import { TestClock } from "./harness/clock.ts";
import { codes } from "./harness/frames.ts";
import { startPair } from "./harness/setup.ts";
import { openZeroWindows } from "./harness/slow-readers.ts";
import { dial, eventually } from "./harness/wire.ts";

const kibi = 1024;
const holderOf = (heldBytes: number): MemoryHolder => ({ heldBytes, endForMemory: () => {} });

test("the largest are ended, as many as are needed, and none that holds little", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(4_000 * kibi), { maxLength: 100 }), fc.nat(40_000 * kibi), (sizes, excess) => {
      const ended = largestHolders(sizes.map(holderOf), excess).map(({ heldBytes }) => heldBytes);
      const counted = sizes.filter((size) => size >= 16 * kibi).sort((a, b) => b - a);
      const sum = (of: readonly number[]) => of.reduce((all, size) => all + size, 0);
      if (excess === 0 || sum(counted) < excess / 10) assert.deepEqual(ended, []);
      else {
        assert.deepEqual(ended, counted.slice(0, ended.length));
        assert.ok(sum(ended) >= excess || ended.length === counted.length, "enough");
        assert.ok(sum(ended.slice(0, -1)) < excess, "not too many");
      }
    }),
  );
});

test("what was given up is given time to be collected", () => {
  const clock = new TestClock();
  const deadlines = new Deadlines(clock);
  deadlines.set({ due: 0, slot: -1, onDeadline: () => {} }, 60_000);
  const holders = new Set<MemoryHolder>();
  for (let i = 0; i < 10; i++) {
    const holder: MemoryHolder = { heldBytes: 1_000 * kibi, endForMemory: () => holders.delete(holder) };
    holders.add(holder);
  }
  const ended = { memory: 0 };
  const relief = new MemoryRelief(deadlines, () => holders, ended);
  clock.advance(50);
  for (const left of [7, 7, 4]) {
    relief.relieve(3_000 * kibi);
    assert.equal(holders.size, left);
    clock.advance(600);
  }
  assert.equal(ended.memory, 6);
});

test("short of memory, the connections that hold most are ended, and others go on", { timeout: 60_000 }, async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "gatewright-"));
  t.after(() => rm(directory, { recursive: true }));
  const log = join(directory, "access.log");
  const body = ok("x".repeat(256 * kibi));
  const share = memoryShare();
  const bound = share() * 1.5;
  const { backend, proxy, port } = await startPair(t, ({ line }) => (line.includes("/small") ? ok("small") : body), {
    limits: { memoryPercent: bound * 100 },
    accessLog: { to: log },
  });
  const attackers = await openZeroWindows(port, 3, 100);
  t.after(() => {
    for (const each of attackers) each.close();
  });
  await eventually(() => backend.requests.length === 300, "the requests");
  assert.equal(proxy.stats.ended.memory, 0);
  const ballast: Buffer[] = [];
  while (share() < bound * 1.2) ballast.push(Buffer.alloc(16 * 1024 * kibi, 1));
  await eventually(() => proxy.stats.ended.memory > 0, "the end of a connection");
  const ended = attackers.find(({ raw }) => raw.ended) ?? attackers[0];
  assert.equal(await ended?.goaway(), codes.ENHANCE_YOUR_CALM);
  const steady = await dial(port);
  steady.send("GET /small HTTP/1.1\r\nHost: acme.io\r\n\r\n");
  assert.equal((await steady.message()).status, 200);
  assert.ok(ballast.length > 0);
  await proxy.close();
  assert.match(readFileSync(log, "utf8"), /"reason":"ShortOfMemory"/);
});
