import assert from "node:assert/strict";
import { test } from "node:test";
import { HeadWatch, type WatchedSession } from "../../../proxy/dataplane/http2/head-watch.ts";
import { Deadlines } from "../../../proxy/dataplane/limits/deadlines.ts";
import { TestClock } from "./harness/clock.ts";

type Answer = (error: Error | null) => void;

/** A session for which the test sets the last started stream, and which answers PINGs. */
class TestSession {
  destroyed = false;
  lastProcStreamID = 0;
  readonly pings: Answer[] = [];

  get state() {
    return { lastProcStreamID: this.lastProcStreamID };
  }

  ping(answer: Answer): boolean {
    this.pings.push(answer);
    return true;
  }
}

function start(timeout = 10_000) {
  const clock = new TestClock();
  const session = new TestSession();
  let overdue = 0;
  const watch = new HeadWatch(session as unknown as WatchedSession, new Deadlines(clock), timeout, () => {
    overdue++;
  });
  return { clock, session, watch, overdue: () => overdue };
}

test("heads that are whole, and connections without any, are asked nothing", () => {
  const { clock, session, watch, overdue } = start();
  for (let stream = 1; stream < 20; stream += 2) {
    clock.advance(7_000);
    session.lastProcStreamID = stream;
    watch.whole = stream;
  }
  clock.advance(200_000);
  assert.deepEqual([session.pings.length, overdue()], [0, 0]);
});

test("a head that goes on is overdue after its time, and at the latest after twice that", () => {
  for (const begins of [0, 1_000, 5_000, 9_900, 10_200, 19_000]) {
    const { clock, session, overdue } = start();
    clock.advance(begins);
    session.lastProcStreamID = 1;
    clock.advance(10_000);
    assert.equal(overdue(), 0, `begun at ${begins}`);
    clock.advance(10_300);
    assert.equal(overdue(), 1, `begun at ${begins}`);
    clock.advance(60_000);
    assert.equal(overdue(), 1, "told once");
  }
});

test("a head that ends before its time, or that turns out to be refused, is not overdue", () => {
  const { clock, session, watch, overdue } = start();
  session.lastProcStreamID = 1;
  clock.advance(10_200);
  assert.equal(session.pings.length, 1);
  watch.whole = 1;
  clock.advance(30_000);
  session.lastProcStreamID = 3;
  clock.advance(10_200);
  assert.equal(session.pings.length, 2);
  session.pings[1]?.(null);
  clock.advance(60_000);
  assert.deepEqual([session.pings.length, overdue()], [2, 0]);
  // A stream that began after the answer is checked again.
  session.lastProcStreamID = 5;
  clock.advance(20_300);
  assert.deepEqual([session.pings.length, overdue()], [3, 1]);
});

test("a PING that fails says nothing; without a time nothing is looked at; what has stopped is over", () => {
  const failed = start();
  failed.session.lastProcStreamID = 1;
  failed.clock.advance(10_200);
  failed.session.pings[0]?.(new Error("cancelled"));
  failed.clock.advance(10_200);
  assert.equal(failed.overdue(), 1);
  const never = start(0);
  never.session.lastProcStreamID = 1;
  never.clock.advance(100_000);
  assert.deepEqual([never.session.pings.length, never.overdue()], [0, 0]);
  const over = start();
  over.session.lastProcStreamID = 1;
  over.watch.stop();
  over.clock.advance(100_000);
  assert.deepEqual([over.session.pings.length, over.overdue()], [0, 0]);
});
