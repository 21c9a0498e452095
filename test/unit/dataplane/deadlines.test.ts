import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Deadlines, type Waiter } from "../../../proxy/dataplane/limits/deadlines.ts";

class Clock implements Waiter {
  due = 0;
  slot = -1;
  readonly met: number[] = [];
  readonly #started = performance.now();
  readonly #then: (() => void) | undefined;

  constructor(then?: () => void) {
    this.#then = then;
  }

  onDeadline(): void {
    this.met.push(performance.now() - this.#started);
    this.#then?.();
  }
}

test("a deadline is met once, never early and little late", async () => {
  const deadlines = new Deadlines();
  const timeouts = [1, 49, 50, 51, 120, 333];
  const clocks = timeouts.map((timeout) => {
    const clock = new Clock();
    deadlines.set(clock, timeout);
    return clock;
  });
  await sleep(600);
  for (const [i, timeout] of timeouts.entries()) {
    const { met } = clocks[i] ?? assert.fail();
    assert.equal(met.length, 1);
    assert.ok((met[0] ?? 0) >= timeout - 1 && (met[0] ?? 0) < timeout + 200, `${timeout}: ${met[0]}`);
  }
});

test("a deadline that moves on or nearer counts from its last setting", async () => {
  const deadlines = new Deadlines();
  const later = new Clock();
  const nearer = new Clock();
  deadlines.set(later, 100);
  deadlines.set(nearer, 60_000);
  await sleep(60);
  deadlines.set(later, 200);
  deadlines.set(nearer, 50);
  await sleep(500);
  assert.ok((later.met[0] ?? 0) >= 255, String(later.met[0]));
  assert.ok((nearer.met[0] ?? Number.POSITIVE_INFINITY) < 350, String(nearer.met[0]));
});

test("a deadline that is cleared, removed or set to 0 is not met", async () => {
  const deadlines = new Deadlines();
  const clocks = [new Clock(), new Clock(), new Clock()] as const;
  for (const clock of clocks) deadlines.set(clock, 100);
  deadlines.clear(clocks[0]);
  deadlines.remove(clocks[1]);
  deadlines.set(clocks[2], 0);
  await sleep(300);
  assert.deepEqual(
    clocks.map(({ met }) => met.length),
    [0, 0, 0],
  );
});

test("whoever is told may remove the others that are due with it, and set itself again", async () => {
  const deadlines = new Deadlines();
  const others = [new Clock(), new Clock(), new Clock()];
  let times = 0;
  const first: Clock = new Clock(() => {
    for (const other of others) deadlines.remove(other);
    if (++times < 3) deadlines.set(first, 10);
  });
  deadlines.set(first, 10);
  for (const other of others) deadlines.set(other, 10);
  await sleep(600);
  assert.equal(first.met.length, 3);
  for (const other of others) assert.equal(other.met.length, 0);
});

test("deadlines beyond one turn of the wheel are met in their time", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  let now = 0;
  t.mock.method(performance, "now", () => now);
  const deadlines = new Deadlines();
  const clock = new Clock();
  deadlines.set(clock, 100_000);
  for (; now < 100_000; now += 50) t.mock.timers.tick(50);
  assert.equal(clock.met.length, 0);
  for (; now < 100_300; now += 50) t.mock.timers.tick(50);
  assert.equal(clock.met.length, 1);
});
