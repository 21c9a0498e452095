import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
  type SeatHost,
  type SlotThread,
  type WorkerEvent,
  WorkerSlot,
} from "../../../../proxy/control/workers/seat.ts";

type Events = Parameters<SeatHost<FakeThread>["start"]>[0];

/** A thread that does what the test asks for. */
class FakeThread implements SlotThread {
  silent = 0;
  started = true;
  isDraining = false;
  why: Error | undefined;
  /** The thread ends when it is terminated. */
  canEnd = true;
  readonly up = Promise.withResolvers<void>();
  readonly #events: Events;

  constructor(events: Events) {
    this.#events = events;
  }

  look() {
    return { silent: this.silent, started: this.started };
  }

  terminate(why: Error): void {
    this.why = why;
    if (this.canEnd) this.exit(why);
  }

  async drain(): Promise<void> {
    this.isDraining = true;
  }

  exit(error?: Error): void {
    this.up.reject(new Error("the thread has ended"));
    this.#events.onExit(this, error);
  }

  fault(message: string): void {
    this.#events.onFault(this, new Error(message));
  }
}

function take(t: TestContext, sharesPorts = true) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const threads: FakeThread[] = [];
  const told: string[] = [];
  const tell = (event: WorkerEvent) => told.push("why" in event ? `${event.type}: ${event.why.message}` : event.type);
  const seat = new WorkerSlot<FakeThread>({
    sharesPorts,
    lookEvery: 1_000,
    start: (events) => {
      const thread = new FakeThread(events);
      threads.push(thread);
      return thread;
    },
    bringUp: (thread) => thread.up.promise,
    gone: () => undefined,
    tell,
  });
  const comesUp = async (index: number) => {
    threads[index]?.up.resolve();
    await settled();
  };
  return { seat, threads, told, comesUp, tick: (ms: number) => t.mock.timers.tick(ms) };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test("a thread that ends is replaced at once, the next ones later and later", async (t) => {
  const { seat, threads, told, comesUp, tick } = take(t);
  await comesUp(0);
  assert.deepEqual([seat.isServing, seat.threads], [true, threads]);
  threads[0]?.exit(new Error("one"));
  assert.deepEqual([seat.isServing, seat.threads], [false, []]);
  tick(0);
  assert.equal(threads.length, 2);
  await comesUp(1);
  assert.deepEqual(told, ["crashed: one", "replaced"]);
  for (const [index, wait] of [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000].entries()) {
    threads.at(-1)?.exit(new Error("again"));
    tick(wait - 1);
    assert.equal(threads.length, index + 2, `not before ${wait} ms`);
    tick(1);
    assert.equal(threads.length, index + 3);
    await settled();
  }
});

test("one that threw serves on until another does, and then finishes what it has", async (t) => {
  const { seat, threads, told, comesUp, tick } = take(t);
  await comesUp(0);
  threads[0]?.fault("thrown");
  threads[0]?.fault("thrown again");
  tick(0);
  assert.deepEqual(seat.threads, threads, "both are to enforce what comes");
  assert.equal(threads[0]?.isDraining, false);
  await comesUp(1);
  assert.deepEqual([seat.threads, threads[0]?.isDraining], [[threads[1]], true]);
  assert.deepEqual(seat.alive, [threads[1], threads[0]]);
  threads[0]?.exit();
  assert.deepEqual(seat.alive, [threads[1]]);
  assert.deepEqual(told, ["crashed: thrown", "replaced"]);
  assert.equal(threads.length, 2);
});

test("one that threw and then ends all the same is replaced once", async (t) => {
  const { threads, told, comesUp, tick } = take(t);
  await comesUp(0);
  threads[0]?.fault("thrown");
  threads[0]?.exit(new Error("ended"));
  tick(1_000);
  await comesUp(1);
  assert.deepEqual([threads.length, told], [2, ["crashed: thrown", "replaced"]]);
});

test("where two threads cannot have one port, one that threw makes room first", async (t) => {
  const { threads, comesUp, tick } = take(t, false);
  await comesUp(0);
  threads[0]?.fault("thrown");
  assert.equal(threads[0]?.why?.message, "thrown");
  tick(0);
  assert.equal(threads.length, 2);
});

test("one that cannot be brought up is ended and replaced", async (t) => {
  const { threads, told, tick } = take(t);
  threads[0]?.up.reject(new Error("no configuration"));
  await settled();
  assert.equal(threads[0]?.why?.message, "no configuration");
  tick(0);
  assert.deepEqual([threads.length, told], [2, ["crashed: no configuration"]]);
});

test("one that does not answer is told after five looks and ended after fifteen; while it starts it has a minute", async (t) => {
  const { seat, threads, told, comesUp } = take(t);
  await comesUp(0);
  const [thread] = threads as [FakeThread];
  const look = (silent: number) => {
    thread.silent = silent;
    seat.look();
  };
  for (let silent = 1; silent < 15; silent++) look(silent);
  assert.deepEqual([told, thread.why], [["hung"], undefined]);
  look(0);
  for (let silent = 1; silent <= 5; silent++) look(silent);
  assert.deepEqual(told, ["hung", "hung"]);
  thread.started = false;
  const why = () => thread.why?.message;
  look(59);
  assert.equal(why(), undefined);
  look(60);
  assert.equal(why(), "the thread has not started for 60 s");
});

test("one that cannot be ended is told", async (t) => {
  const { seat, threads, told, comesUp, tick } = take(t);
  await comesUp(0);
  const [thread] = threads as [FakeThread];
  thread.canEnd = false;
  thread.silent = 15;
  seat.look();
  tick(9_999);
  assert.deepEqual(told, []);
  tick(1);
  assert.deepEqual(told, ["stuck"]);
});

test("from when it is stopped on, a seat replaces nothing", async (t) => {
  const { seat, threads, told, comesUp, tick } = take(t);
  await comesUp(0);
  seat.stop();
  threads[0]?.exit(new Error("late"));
  tick(100_000);
  assert.deepEqual([threads.length, told], [1, []]);
});
