import assert from "node:assert/strict";
import { test } from "node:test";
import { buildSplit, pick, startOf } from "../../../lib/routing/split.ts";
import { TurnPlaces } from "../../../proxy/control/workers/turn-places.ts";
import { GatewayTurns, type SharedTurns, splitTurnKey } from "../../../proxy/dataplane/routing/split-counters.ts";
import { gateway, mirrorTo, type RuleOptions, snapshot } from "./harness/configuration.ts";

const irs = (...rules: RuleOptions[]) => snapshot({ rules, endpoints: { a: 1, b: 2 } }).gateways;
const split = (id: string): RuleOptions => ({ id, backends: { a: 1, b: 1 } });
const placeOf = ({ places }: SharedTurns, id: string) => places.get(splitTurnKey(gateway, id));

test("threads that share a turn count together; one that shares none counts alone", () => {
  const shared = new TurnPlaces().assign(irs(split("one"), split("two")));
  const threads = [new GatewayTurns(gateway, undefined), new GatewayTurns(gateway, undefined)];
  for (const turns of threads) turns.update(new Set(["one", "two", "three"]), shared);
  const counted = (id: string) => threads.flatMap((turns) => [turns.split(id).next(), turns.split(id).next()]);
  assert.deepEqual(counted("one"), [0, 1, 2, 3]);
  assert.deepEqual(counted("two"), [0, 1, 2, 3]);
  assert.deepEqual(counted("three"), [0, 1, 0, 1], "a rule without a choice");
});

test("a turn of one thread goes on for as long as its rule is there", () => {
  const turns = new GatewayTurns(gateway, undefined);
  turns.update(new Set(["one"]), undefined);
  turns.split("one").next();
  turns.mirror("one", "rule/0").next();
  turns.update(new Set(["one", "two"]), undefined);
  assert.deepEqual([turns.split("one").next(), turns.mirror("one", "rule/0").next()], [1, 1]);
  turns.update(new Set(["two"]), undefined);
  turns.update(new Set(["one"]), undefined);
  assert.equal(turns.split("one").next(), 0);
});

test("replicas begin where their seed says, without one at the first turn", () => {
  const cycle = buildSplit([9, 1]);
  assert.equal(new GatewayTurns(gateway, undefined).start(cycle), 0);
  const starts = Array.from({ length: 40 }, (_, i) => new GatewayTurns(gateway, `pod-${i}`).start(cycle));
  assert.deepEqual(
    starts,
    starts.map((_, i) => startOf(cycle, `pod-${i}`)),
  );
  assert.equal(new Set(starts.map((start) => pick(cycle, start))).size, 2, "not all at the same backend");
});

test("only what can be observed is counted in shared memory: splits with a choice, mirrors of a part", () => {
  const { places } = new TurnPlaces().assign(
    irs(
      { id: "whole", backends: { a: 1 }, filters: [mirrorTo("b")] },
      { id: "zero", backends: { a: 1, b: 0 } },
      { id: "part", backends: { a: 1, b: 1 }, filters: [mirrorTo("b", 1, 10)], backendFilters: [mirrorTo("b", 1, 2)] },
    ),
  );
  assert.deepEqual(
    [...places.keys()],
    ["part", "part rule/0", "part backend/0/0", "part backend/1/0"].map((key) => `edge/test ${key}`),
  );
});

test("a rule keeps its place, and that of one that is gone is given away a minute later, from zero", () => {
  let now = 0;
  const places = new TurnPlaces(() => now);
  const first = places.assign(irs(split("one"), split("two")));
  const turns = new GatewayTurns(gateway, undefined);
  turns.update(new Set(["one"]), first);
  for (let i = 0; i < 5; i++) turns.split("one").next();
  const second = places.assign(irs(split("two"), split("three")));
  assert.equal(placeOf(second, "two"), placeOf(first, "two"));
  assert.notEqual(placeOf(second, "three"), placeOf(first, "one"));
  now = 59_999;
  const third = places.assign(irs(split("two"), split("three"), split("four")));
  assert.notEqual(placeOf(third, "four"), placeOf(first, "one"));
  now = 60_000;
  const fourth = places.assign(irs(split("two"), split("three"), split("four"), split("five")));
  assert.equal(placeOf(fourth, "five"), placeOf(first, "one"));
  turns.update(new Set(["five"]), fourth);
  assert.equal(turns.split("five").next(), 0);
});

test("no two rules ever have one place, however many there are and whatever comes and goes", () => {
  let now = 0;
  const places = new TurnPlaces(() => now);
  for (let version = 0; version < 30; version++) {
    now += 25_000;
    const rules = Array.from({ length: 1_500 }, (_, i) => split(`rule-${(i * (version + 1)) % 2_500}`));
    const assigned = places.assign(irs(...rules));
    const used = [...assigned.places.values()];
    assert.equal(new Set(used).size, used.length);
    assert.equal(used.length, new Set(rules.map(({ id }) => id)).size);
    const room = assigned.memory.reduce((sum, each) => sum + each.byteLength / 4, 0);
    assert.ok(used.every((place) => place < room));
    assert.ok(room <= 16 * 1024, `${room} counters`);
  }
});
