import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectionBudget, type Spender } from "../../../../proxy/dataplane/upstream/budget.ts";

/** A spender that wants a number of connections and takes them when it can. */
class Pool implements Spender {
  connections = 0;
  idle = 0;
  wants = 0;
  readonly #budget: ConnectionBudget;

  constructor(budget: ConnectionBudget) {
    this.#budget = budget;
  }

  want(connections: number): void {
    this.wants += connections;
    for (let i = 0; i < connections; i++) this.#connect();
  }

  onRoom(): void {
    this.#connect();
    if (this.wants > 0) this.#budget.wait(this);
  }

  closeIdle(): boolean {
    if (this.idle === 0) return false;
    this.idle--;
    this.close();
    return true;
  }

  close(): void {
    this.connections--;
    this.#budget.give(this);
  }

  #connect(): void {
    if (this.wants === 0 || !this.#budget.take(this)) return;
    this.wants--;
    this.connections++;
  }
}

test("an idle connection to another endpoint makes room", () => {
  const budget = new ConnectionBudget(4);
  const [a, b, c] = [new Pool(budget), new Pool(budget), new Pool(budget)];
  a.want(2);
  b.want(2);
  b.idle = 1;
  c.want(1);
  assert.deepEqual([a.connections, b.connections, c.connections, budget.used], [2, 1, 1, 4]);
});

test("where none is idle, endpoints get in turn what comes free", () => {
  const budget = new ConnectionBudget(3);
  const [a, b, c] = [new Pool(budget), new Pool(budget), new Pool(budget)];
  a.want(3);
  b.want(2);
  c.want(1);
  assert.deepEqual([b.connections, c.connections], [0, 0]);
  a.close();
  assert.deepEqual([b.connections, c.connections], [1, 0]);
  a.close();
  assert.deepEqual([b.connections, c.connections], [1, 1]);
  a.close();
  assert.deepEqual([b.connections, c.connections, b.wants], [2, 1, 0]);
  assert.equal(budget.used, 3);
});

test("who has more than an equal share gives up what comes free, while others wait only", () => {
  const budget = new ConnectionBudget(4);
  const [a, b] = [new Pool(budget), new Pool(budget)];
  a.want(3);
  b.want(1);
  assert.equal(budget.isClaimed(a, true), false);
  assert.equal(budget.isClaimed(a, false), false);
  b.want(1);
  assert.equal(budget.isClaimed(a, true), true);
  assert.equal(budget.isClaimed(b, true), false);
  assert.equal(budget.isClaimed(b, false), true);
  a.close();
  assert.deepEqual([a.connections, b.connections], [2, 2]);
  assert.equal(budget.isClaimed(a, true), false);
});

test("0 is no bound", () => {
  const budget = new ConnectionBudget(0);
  const pool = new Pool(budget);
  pool.want(100_000);
  assert.equal(pool.connections, 100_000);
});
