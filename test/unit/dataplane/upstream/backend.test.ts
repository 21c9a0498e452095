import assert from "node:assert/strict";
import { test } from "node:test";
import type { EndpointIR } from "../../../../lib/routing/ir.ts";
import { ParserPool } from "../../../../proxy/dataplane/http1/message-parser.ts";
import { Deadlines } from "../../../../proxy/dataplane/limits/deadlines.ts";
import { defaultLimits } from "../../../../proxy/dataplane/limits/limits.ts";
import { BackendStats } from "../../../../proxy/dataplane/stats/stats.ts";
import { Backend } from "../../../../proxy/dataplane/upstream/backend.ts";
import { EndpointPools } from "../../../../proxy/dataplane/upstream/endpoint-pools.ts";
import type { EndpointPool } from "../../../../proxy/dataplane/upstream/pool.ts";
import { TestClock } from "../harness/clock.ts";

const ir = { kind: "Service", namespace: "default", name: "main", port: 80, protocol: "http1" } as const;

function endpoint(port: number, conditions: Partial<EndpointIR> = {}): EndpointIR {
  return { address: "127.0.0.1", port, ready: true, serving: true, terminating: false, ...conditions };
}

const terminating = { ready: false, serving: true, terminating: true };

class Setup {
  readonly clock = new TestClock();
  readonly pools = new EndpointPools({
    deadlines: new Deadlines(this.clock),
    limits: defaultLimits,
    parsers: new ParserPool("response", defaultLimits),
  });

  /** Applies a snapshot. */
  apply(...wanted: readonly (readonly [Backend, readonly EndpointIR[]])[]): void {
    const used = new Set<EndpointPool>();
    for (const [backend, endpoints] of wanted)
      for (const pool of backend.update(ir, endpoints, this.pools)) used.add(pool);
    this.pools.retain(used);
  }

  eject(port: number): void {
    for (let i = 0; i < 5; i++) this.pools.at(endpoint(port)).health.failed();
    this.clock.advance(50);
  }

  /** Lets an endpoint recover without a connection, as after a successful probe. */
  recover(port: number): void {
    const { health } = this.pools.at(endpoint(port));
    health.onDeadline();
    health.connected();
    health.responded(200);
  }
}

/** Returns the endpoints that get requests. */
function chosen(backend: Backend): readonly number[] {
  const ports = new Set<number>();
  for (let i = 0; i < 100; i++) ports.add(backend.choose()?.port ?? 0);
  return [...ports].sort((a, b) => a - b);
}

function make(): Backend {
  return new Backend(new BackendStats("default/main:80"));
}

test("at most half of a backend's endpoints are left out, those first that were ejected first", () => {
  const setup = new Setup();
  const backend = make();
  setup.apply([backend, [1, 2, 3, 4, 5].map((port) => endpoint(port))]);
  setup.eject(4);
  assert.deepEqual(chosen(backend), [1, 2, 3, 5]);
  setup.eject(1);
  setup.eject(2);
  assert.deepEqual(chosen(backend), [2, 3, 5]);
  assert.deepEqual([backend.stats.ejected, backend.stats.ejections], [2, 2]);
  setup.recover(4);
  assert.deepEqual(chosen(backend), [3, 4, 5]);
  assert.deepEqual([backend.stats.ejected, backend.stats.ejections], [2, 3]);
});

test("the last endpoint is never left out", () => {
  const setup = new Setup();
  const backend = make();
  setup.apply([backend, [endpoint(1)]]);
  setup.eject(1);
  assert.deepEqual(chosen(backend), [1]);
  setup.apply([backend, [endpoint(1), endpoint(2)]]);
  assert.deepEqual(chosen(backend), [2]);
  setup.eject(2);
  assert.deepEqual(chosen(backend), [2]);
  setup.apply([backend, [endpoint(1)]]);
  assert.deepEqual(chosen(backend), [1]);
});

test("endpoints that stay keep their state, one that returns begins anew", () => {
  const setup = new Setup();
  const backend = make();
  setup.apply([backend, [endpoint(1), endpoint(2), endpoint(3)]]);
  setup.eject(1);
  setup.apply([backend, [endpoint(4), endpoint(1), endpoint(2)]]);
  assert.deepEqual(chosen(backend), [2, 4]);
  setup.apply([backend, [endpoint(2), endpoint(4)]]);
  setup.apply([backend, [endpoint(1), endpoint(2), endpoint(4)]]);
  assert.deepEqual(chosen(backend), [1, 2, 4]);
});

test("an endpoint of two backends has one state, and each backend its own bound", () => {
  const setup = new Setup();
  const many = make();
  const alone = make();
  const gone = make();
  setup.apply([many, [endpoint(1), endpoint(2)]], [alone, [endpoint(1)]], [gone, [endpoint(1), endpoint(2)]]);
  setup.apply([many, [endpoint(1), endpoint(2)]], [alone, [endpoint(1)]]);
  setup.eject(1);
  assert.deepEqual(chosen(many), [2]);
  assert.deepEqual(chosen(alone), [1]);
  assert.equal(gone.stats.ejected, 0);
});

test("an endpoint on trial gets one request at a time, whatever is left of earlier ones", () => {
  const setup = new Setup();
  const backend = make();
  setup.apply([backend, [endpoint(1), endpoint(2)]]);
  const pool = setup.pools.at(endpoint(1));
  pool.active = 3;
  setup.eject(1);
  pool.health.onDeadline();
  pool.health.connected();
  assert.equal(backend.choose(), pool);
  pool.active++;
  assert.deepEqual(chosen(backend), [2]);
  pool.active--;
  pool.active--;
  assert.equal(backend.choose(), pool);
  pool.active++;
  assert.deepEqual(chosen(backend), [2]);
  pool.health.responded(404);
  pool.active = 0;
  assert.deepEqual(chosen(backend), [1, 2]);
});

test("a request that has failed is sent to an endpoint that has not, if there is one", () => {
  const setup = new Setup();
  const backend = make();
  setup.apply([backend, [1, 2, 3, 4].map((port) => endpoint(port))]);
  const at = (port: number) => setup.pools.at(endpoint(port));
  at(1).health.failed();
  at(2).health.failed();
  at(3).active = 10;
  for (let i = 0; i < 10; i++) assert.equal(backend.choose(at(4)), at(3));
  setup.eject(3);
  for (let i = 0; i < 10; i++) assert.notEqual(backend.choose(at(4)), at(3));
  const alone = make();
  setup.apply([alone, [endpoint(1)]]);
  assert.equal(alone.choose(at(1)), at(1));
  assert.equal(make().choose(at(1)), undefined);
});

const readiness: readonly (readonly [string, readonly EndpointIR[], readonly number[]])[] = [
  ["ready ones", [endpoint(1), endpoint(2, { ready: false, serving: false })], [1]],
  ["no terminating one while one is ready", [endpoint(1), endpoint(2, terminating)], [1]],
  ["terminating ones that serve if none is ready", [endpoint(1, terminating), endpoint(2, terminating)], [1, 2]],
  ["none that terminates and does not serve", [endpoint(1, { ...terminating, serving: false })], [0]],
  ["none that is not ready, though it serves", [endpoint(1, { ready: false })], [0]],
  ["ready ones that terminate, as with publishNotReadyAddresses", [endpoint(1, { terminating: true })], [1]],
];

for (const [what, endpoints, expected] of readiness) {
  test(`of a Service's endpoints are used ${what}`, () => {
    const setup = new Setup();
    const backend = make();
    setup.apply([backend, endpoints]);
    assert.deepEqual(chosen(backend), expected);
  });
}
