import assert from "node:assert/strict";
import { test } from "node:test";
import { Settling } from "../../../../proxy/control/cluster/settling.ts";

test("a programmed Gateway that is behind settles for five seconds; a new one is never taken for programmed", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let clock = 0;
  t.mock.method(performance, "now", () => clock);
  let rechecks = 0;
  const settling = new Settling(() => rechecks++);
  settling.observe("a/new", true);
  assert.equal(settling.isSettling("a/new"), false);
  settling.decided("a/edge", true);
  // A proxy connects long after the last change.
  clock = 60_000;
  settling.observe("a/edge", true);
  assert.equal(settling.isSettling("a/edge"), true);
  clock += 4_000;
  settling.observe("a/edge", true);
  assert.equal(settling.isSettling("a/edge"), true);
  clock += 1_000;
  t.mock.timers.tick(5_200);
  assert.equal(rechecks, 1);
  assert.equal(settling.isSettling("a/edge"), false);
  settling.observe("a/edge", false);
  settling.observe("a/edge", true);
  assert.equal(settling.isSettling("a/edge"), true, "it had caught up in between");
  settling.decided("a/edge", false);
  assert.equal(settling.isSettling("a/edge"), false);
});
