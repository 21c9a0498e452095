import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Client, ClientShares, isCrowded } from "../../../proxy/dataplane/overload/client-shares.ts";
import type { UpstreamHandler } from "../../../proxy/dataplane/upstream/handler.ts";
import { type Room, WaitingRequests } from "../../../proxy/dataplane/upstream/waiting.ts";

const limits = { addressShare: 90, connectionShare: 25 };

/** A resource whose clients take as much as they are admitted to. */
class Resource {
  used = 0;
  readonly shares: ClientShares = new ClientShares(limits);
  readonly #capacity: number;
  readonly #counted: Client[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  take(client: Client): boolean {
    const free = this.#capacity - this.used;
    const crowded = isCrowded(this.used, this.#capacity);
    if (free === 0 || (crowded && !this.shares.admits(client, free))) return false;
    this.used++;
    if (!crowded) return true;
    this.shares.enter(client);
    this.#counted.push(client);
    return true;
  }

  giveAll(): void {
    for (const client of this.#counted.splice(0)) this.shares.leave(client);
  }
}

/** Lets clients take in turn, as long as any of them is admitted. */
function takeAll(resource: Resource, clients: readonly Client[]): void {
  while (clients.filter((client) => resource.take(client)).length > 0);
}

const clients = (addresses: number, connections: number): readonly Client[] =>
  Array.from({ length: addresses * connections }, (_, i) => ({ address: `192.0.2.${i % addresses}` }));

test("one address has a small resource for itself, and leaves a part of a large one", () => {
  for (const [capacity, most] of [
    [1, 1],
    [2, 2],
    [16, 16],
    [40, 38],
    [1_024, 973],
  ] as const) {
    const resource = new Resource(capacity);
    takeAll(resource, clients(1, capacity));
    assert.equal(resource.used, most, `of ${capacity}`);
  }
});

test("one connection leaves more of it", () => {
  const resource = new Resource(1_024);
  takeAll(resource, clients(1, 1));
  assert.equal(resource.used, 512 + 128);
});

test("eleven connections of one address leave room for others of the same address", () => {
  const resource = new Resource(1_024);
  takeAll(resource, clients(1, 11));
  for (const client of clients(1, 20)) assert.ok(resource.take(client));
});

test("as long as anything is free, a client that holds nothing is admitted, and nothing is left of shares", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2_000 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 20 }),
      (capacity, addresses, connections) => {
        const resource = new Resource(capacity);
        takeAll(resource, clients(addresses, connections));
        const isFree = resource.used < capacity;
        assert.equal(resource.take({ address: "203.0.113.1" }), isFree);
        // Ten greedy addresses leave about a hundredth of the second half free.
        if (capacity >= 400 && addresses <= 10) assert.ok(isFree);
        resource.giveAll();
        assert.equal(resource.shares.size, 0);
      },
    ),
  );
});

const handlerOf = (client: Client): UpstreamHandler => ({ client }) as UpstreamHandler;
const ample: Room = { free: 1_000, crowded: false };

test("clients take turns, and the requests of one are served in their order", () => {
  const waiting = new WaitingRequests(new ClientShares(limits));
  const [a, b] = [{ address: "192.0.2.1" }, { address: "192.0.2.2" }];
  const handlers = [a, a, a, b, b].map(handlerOf);
  for (const handler of handlers) waiting.add(handler, false);
  const order = handlers.map(() => handlers.indexOf(waiting.next(ample, () => true) as UpstreamHandler));
  assert.deepEqual(order, [0, 3, 1, 4, 2]);
  assert.equal(waiting.size, 0);
});

test("a client that has its share is passed over until it has less", () => {
  const shares = new ClientShares(limits);
  const waiting = new WaitingRequests(shares);
  const [greedy, other] = [{ address: "192.0.2.1" }, { address: "192.0.2.2" }];
  for (let i = 0; i < 20; i++) shares.enter(greedy);
  const [first, second] = [handlerOf(greedy), handlerOf(other)];
  waiting.add(first, false);
  waiting.add(second, false);
  const room: Room = { free: 1, crowded: true };
  assert.equal(waiting.eligible(room), 1);
  assert.equal(
    waiting.next(room, () => true),
    second,
  );
  assert.equal(
    waiting.next(room, () => true),
    undefined,
  );
  for (let i = 0; i < 20; i++) shares.leave(greedy);
  assert.equal(
    waiting.next(room, () => true),
    first,
  );
});

test("every request that is added is taken once, whatever order they come and go in", () => {
  const operation = fc.record({ add: fc.boolean(), client: fc.nat(3), fresh: fc.boolean() });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
      const waiting = new WaitingRequests(new ClientShares(limits));
      const inside = new Set<UpstreamHandler>();
      const some = clients(4, 1);
      for (const { add, client, fresh } of operations) {
        if (add) {
          const handler = handlerOf(some[client] as Client);
          waiting.add(handler, fresh);
          inside.add(handler);
        } else {
          const handler = waiting.next(ample, () => true);
          assert.equal(handler !== undefined, inside.size > 0);
          if (handler !== undefined) assert.ok(inside.delete(handler));
        }
        assert.equal(waiting.size, inside.size);
        assert.equal(waiting.eligible(ample), inside.size);
        assert.deepEqual(new Set([...waiting.entries()].map(([handler]) => handler)), inside);
      }
      for (const handler of inside) assert.ok(waiting.delete(handler));
      assert.equal(waiting.size, 0);
    }),
  );
});
