import assert from "node:assert/strict";
import { test } from "node:test";
import { Deadlines } from "../../../proxy/dataplane/limits/deadlines.ts";
import { defaultLimits, type Limits } from "../../../proxy/dataplane/limits/limits.ts";
import { Load, memoryShare } from "../../../proxy/dataplane/overload/load.ts";
import { TestClock } from "./harness/clock.ts";

function setUp(limits: Partial<Limits> = {}) {
  const clock = new TestClock();
  const state = { memory: 0.5, watched: true, short: 0 };
  const load = new Load(
    new Deadlines(clock),
    { ...defaultLimits, ...limits },
    () => state.watched,
    () => state.short++,
    () => state.memory,
  );
  load.watch();
  return { clock, state, load };
}

test("memory is short from its bound on, until it is well below", () => {
  const { clock, state, load } = setUp();
  clock.advance(1_000);
  assert.equal(load.shortOfMemory, false);
  state.memory = 0.9;
  clock.advance(500);
  assert.equal(load.shortOfMemory, true);
  assert.ok(state.short > 0);
  state.memory = 0.87;
  clock.advance(500);
  assert.equal(load.shortOfMemory, true);
  state.memory = 0.85;
  clock.advance(500);
  assert.equal(load.shortOfMemory, false);
});

test("one long pause is no overload; pauses over and again are, by and by, and it ends by and by", () => {
  const { clock, load } = setUp();
  clock.jump(8_000);
  clock.advance(1_000);
  assert.equal(load.refusedTenths, 0);
  for (let i = 0; i < 4; i++) clock.jump(2_000);
  assert.equal(load.refusedTenths, 2);
  for (let i = 0; i < 40; i++) clock.jump(2_000);
  assert.equal(load.refusedTenths, 9);
  clock.advance(1_000);
  assert.ok(load.refusedTenths < 9 && load.refusedTenths > 0, String(load.refusedTenths));
  clock.advance(4_000);
  assert.equal(load.refusedTenths, 0);
});

test("timeouts that are met a little late are no overload", () => {
  const { clock, load } = setUp({ loopDelay: 300 });
  for (let i = 0; i < 100; i++) clock.jump(90);
  assert.equal(load.refusedTenths, 0);
});

test("0 watches neither", () => {
  const { clock, state, load } = setUp({ memoryPercent: 0, loopDelay: 0 });
  state.memory = 1;
  for (let i = 0; i < 20; i++) clock.jump(5_000);
  assert.deepEqual([load.shortOfMemory, load.refusedTenths], [false, 0]);
});

test("nothing is watched while there is nothing to watch, but what is over its bound is seen to its end", () => {
  const { clock, state, load } = setUp();
  state.memory = 1;
  clock.advance(500);
  state.watched = false;
  clock.advance(1_000);
  assert.equal(load.shortOfMemory, true);
  state.memory = 0;
  clock.advance(500);
  assert.equal(load.shortOfMemory, false);
  const { short } = state;
  state.memory = 1;
  clock.advance(5_000);
  assert.equal(state.short, short);
  load.watch();
  clock.advance(500);
  assert.ok(state.short > short);
});

test("the share of memory is that of this process", () => {
  const share = memoryShare()();
  assert.ok(share > 0 && share < 1, String(share));
});
