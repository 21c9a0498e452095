import assert from "node:assert/strict";
import { test } from "node:test";
import { Deadlines } from "../../../../proxy/dataplane/limits/deadlines.ts";
import { defaultEjection, type EjectionOptions, EndpointHealth } from "../../../../proxy/dataplane/upstream/health.ts";
import { TestClock } from "../harness/clock.ts";

/** Returns a time that is longer, or shorter, than any ejection of this many milliseconds. */
const beyond = (time: number) => time * 1.25 + 200;
const within = (time: number) => time - 100;

function setUp(options: Partial<EjectionOptions> = {}) {
  const clock = new TestClock();
  const probes: number[] = [];
  const changes: string[] = [];
  const health = new EndpointHealth({ ...defaultEjection, ...options }, new Deadlines(clock), {
    probe: () => probes.push(clock.now()),
    healthChanged: () => changes.push(health.onTrial ? "trial" : health.ejected ? "out" : "in"),
  });
  const fail = (times: number) => {
    for (let i = 0; i < times; i++) health.failed();
  };
  return { clock, probes, changes, health, fail };
}

test("failures in a row eject an endpoint; a response between them does not let it come to that", () => {
  const { health, fail } = setUp();
  fail(4);
  health.responded(500);
  fail(4);
  assert.equal(health.ejected, false);
  fail(1);
  assert.equal(health.ejected, true);
});

test("after its time a connection is tried, then one request decides", () => {
  const { clock, probes, changes, health, fail } = setUp();
  fail(5);
  clock.advance(within(10_000));
  assert.equal(probes.length, 0);
  clock.advance(beyond(10_000) - within(10_000));
  assert.equal(probes.length, 1);
  assert.equal(health.ejected && !health.onTrial, true);
  health.connected();
  assert.equal(health.onTrial, true);
  health.responded(200);
  assert.deepEqual(changes, ["out", "trial", "in"]);
});

test("each failed return doubles the time, up to a bound", () => {
  const { clock, probes, health, fail } = setUp();
  fail(5);
  for (const time of [10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000]) {
    const before = probes.length;
    clock.advance(within(time));
    assert.equal(probes.length, before, `${time}: not before`);
    clock.advance(beyond(time) - within(time));
    assert.equal(probes.length, before + 1, `${time}: then`);
    // Alternately, the connection is refused or the trial request fails.
    if (before % 2 === 1) health.connected();
    health.failed();
    assert.equal(health.onTrial, false);
  }
});

test("who comes back and fails soon is out for longer, who was well for as long as it was out is not", () => {
  const { clock, probes, health, fail } = setUp();
  const comeBack = (time: number) => {
    const before = probes.length;
    clock.advance(within(time));
    assert.equal(probes.length, before);
    clock.advance(beyond(time) - within(time));
    health.connected();
    health.responded(200);
    assert.equal(health.ejected, false);
  };
  fail(5);
  comeBack(10_000);
  clock.advance(5_000);
  fail(5);
  comeBack(20_000);
  clock.advance(21_000);
  fail(5);
  comeBack(10_000);
});

test("what earlier requests bring neither ends an ejection nor makes it longer", () => {
  const { clock, probes, health, fail } = setUp();
  fail(5);
  health.responded(200);
  fail(20);
  assert.equal(health.ejected, true);
  clock.advance(beyond(10_000));
  assert.equal(probes.length, 1);
});

test("statuses count as failures only where that is asked for", () => {
  const plain = setUp();
  for (let i = 0; i < 10; i++) plain.health.responded(503);
  assert.equal(plain.health.ejected, false);
  const asked = setUp({ statuses: [502, 503, 504] });
  for (let i = 0; i < 4; i++) asked.health.responded(503);
  asked.health.responded(500);
  for (let i = 0; i < 5; i++) asked.health.responded(503);
  assert.equal(asked.health.ejected, true);
});

test("0 failures eject none, and an endpoint that is named no more waits for nothing", () => {
  const off = setUp({ failures: 0 });
  off.fail(100);
  assert.equal(off.health.ejected, false);
  const { clock, probes, health, fail } = setUp();
  fail(5);
  health.end();
  clock.advance(60_000);
  fail(5);
  assert.equal(probes.length, 0);
});
