import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { eventually } from "../../unit/dataplane/harness/wire.ts";
import { Lane } from "./lane.ts";
import { Random } from "./random.ts";

/**
 * Sends randomly changed requests. `FUZZ_SEED` repeats the requests of a run. The test takes five times `FUZZ_SECONDS`
 * (default 4), since each execution is a connection. lane.ts has the requirements for each connection; this test
 * requires that the proxy stays up, its memory does not grow, and no connection is left.
 */
const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 0x1_0000_0000));
const seconds = Number(process.env.FUZZ_SECONDS ?? 4) * 5;
const lanes = 4;
/** Bytes by which a heap without leaks may differ between two measurements. */
const tolerance = 24 * 1024 * 1024;

test(`requests changed at random for ${seconds} s, FUZZ_SEED=${seed}`, async (t) => {
  assert.ok(Number.isInteger(seed) && seconds > 0, "FUZZ_SEED is an integer and FUZZ_SECONDS is positive");
  const open = await Promise.all(Array.from({ length: lanes }, () => Lane.open(t)));
  const seeds = new Random(seed);
  let executions = 0;
  const run = async (until: number): Promise<void> => {
    await Promise.all(
      open.map(async (lane) => {
        for (let own = 0; performance.now() < until; own++) {
          executions++;
          await lane.execute(seeds.below(0x1_0000_0000));
          if (own % 100 === 0) await lane.checkAlive();
        }
      }),
    );
  };
  const start = performance.now();
  await run(start + seconds * 250);
  const before = heap();
  await run(start + seconds * 1_000);
  for (const lane of open) await lane.checkAlive();
  await eventually(
    () => open.every(({ proxy }) => proxy.stats.connections.active === 0),
    "all connections to be closed",
  );
  const grown = heap() - before;
  assert.ok(grown < tolerance, `memory has grown by ${grown} bytes`);
  const forwarded = open.reduce((sum, lane) => sum + lane.forwarded, 0);
  const refused = open.reduce((sum, lane) => sum + lane.refused, 0);
  const rate = Math.round(executions / seconds);
  t.diagnostic(`${executions} connections (${rate}/s): ${forwarded} requests forwarded, ${refused} refused`);
  assert.ok(forwarded > executions / 20 && refused > executions / 20, "the mutations reach both sides of the border");
});

function heap(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
