import assert from "node:assert/strict";
import { test } from "node:test";
import { gauges, highest, Stats } from "../../../proxy/dataplane/stats/stats.ts";
import { addStats, clearGauges, clearStats } from "../../../proxy/dataplane/stats/stats-sum.ts";

const gateway = { namespace: "edge", name: "test" };

/** Returns statistics with an entry in each map, in which every number is 1. */
function ones(): Stats {
  const stats = new Stats();
  const own = stats.gateway(gateway);
  own.listener("Gateway/edge/test/http").count(200);
  own.rule("rule").pickedOf("default/a:80").requests = 1;
  own.backend("default/a:80");
  own.route("HTTPRoute/default/a").observe(20, 200);
  own.countAnswer("NoRoute");
  stats.filter("acme.io/Custom");
  for (const [node, key] of numbers(stats)) set(node, key, 1);
  return stats;
}

function* numbers(node: object): Generator<readonly [object, string]> {
  const entries = node instanceof Map ? [...node] : Object.entries(node);
  for (const [key, value] of entries as [string, unknown][]) {
    if (typeof value === "number") yield [node, key];
    else if (typeof value === "object" && value !== null) yield* numbers(value);
  }
}

function get(node: object, key: string): unknown {
  return node instanceof Map ? node.get(key) : (node as Record<string, unknown>)[key];
}

function set(node: object, key: string, value: number): void {
  if (node instanceof Map) node.set(key, value);
  else (node as Record<string, unknown>)[key] = value;
}

test("every number of two threads is summed, as it comes in a message", () => {
  const sum = new Stats();
  for (const stats of [ones(), ones()]) addStats(sum, structuredClone(stats));
  const wrong = [...numbers(sum)].filter(([node, key]) => get(node, key) !== (highest.has(key) ? 1 : 2));
  assert.deepEqual(wrong, []);
  assert.equal([...numbers(sum)].length, [...numbers(ones())].length, "none is missing");
});

test("a sum has the methods of counters, and is the same objects after it was cleared", () => {
  const sum = new Stats();
  addStats(sum, structuredClone(ones()));
  assert.equal(sum.gateway(gateway).rule("rule").responses.total, 5);
  assert.deepEqual(sum.gateway(gateway).gateway, gateway);
  const { connections } = sum;
  clearStats(sum);
  assert.equal(sum.connections, connections);
  assert.deepEqual(sum, new Stats());
  addStats(sum, structuredClone(ones()));
  assert.equal(connections.accepted, 1);
});

test("what tells how things stand does not outlive its thread; everything else does", () => {
  const stats = ones();
  clearGauges(stats);
  for (const [node, key] of numbers(stats)) assert.equal(get(node, key), gauges.has(key) ? 0 : 1, key);
});

test("typed arrays are summed number by number, whatever their kind, and without touching what was told", () => {
  type WithBuckets = Stats & { buckets?: Uint32Array };
  const sum: WithBuckets = new Stats();
  const told = [Uint32Array.of(1, 2, 3), Uint32Array.of(10, 20, 30)].map((buckets) =>
    structuredClone(Object.assign(new Stats(), { buckets })),
  );
  for (const own of told) addStats(sum, own);
  assert.deepEqual(sum.buckets, Uint32Array.of(11, 22, 33));
  assert.deepEqual(told[0]?.buckets, Uint32Array.of(1, 2, 3));
});
