import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { dial, get, type RawConnection } from "../../unit/dataplane/harness/wire.ts";
import type { Holding, ProxyChild } from "../load/proxy-child.ts";

const mebibyte = 1024 * 1024;

export interface FloodOptions {
  /** The most additional memory that the proxy may hold during the flood, in MiB. */
  readonly mebibytes: number;
  /** Sends one valid request and returns its status. Default: over a new connection each time. */
  readonly canary?: () => Promise<number>;
}

/**
 * Runs a flood and asserts the common requirements: other clients are served meanwhile, memory is bounded, and nothing
 * is left of the flood afterwards.
 *
 * @returns what the proxy held at the height of the flood.
 */
export async function withstand(
  context: TestContext,
  proxy: ProxyChild,
  { mebibytes, canary = () => served(proxy.port) }: FloodOptions,
  flood: (measure: () => Promise<void>) => Promise<void>,
): Promise<Holding> {
  assert.equal(await canary(), 200, "before the flood");
  // Memory is stable once code is compiled and pools are filled.
  for (let i = 0; i < 50; i++) await canary();
  const before = await proxy.measure();
  let height = before;
  const measure = async () => {
    const holding = await proxy.measure();
    if (holding.rss > height.rss) height = holding;
  };
  const watch = new Watch(canary);
  try {
    await flood(measure);
  } finally {
    await watch.end();
  }
  const grown = (height.rss - before.rss) / mebibyte;
  context.diagnostic(`${watch.served} others served, the slowest in ${Math.round(watch.slowest)} ms`);
  assert.ok(watch.served > 0, "nobody else was served");
  assert.deepEqual(watch.failures, [], "others were served otherwise");
  assert.ok(grown < mebibytes, `${grown.toFixed(1)} MiB more at the height of the flood`);
  const after = await recovered(proxy, before);
  const held = (after.heapUsed + after.external - before.heapUsed - before.external) / mebibyte;
  context.diagnostic(`memory grew by ${grown.toFixed(1)} MiB; ${held.toFixed(1)} MiB of it in use when it was over`);
  assert.equal(await canary(), 200, "after the flood");
  assert.ok(proxy.running);
  return height;
}

/**
 * Returns the status of a valid request over a new connection, without a deadline, which would depend on the machine.
 */
export async function served(port: number): Promise<number> {
  const connection = await dial(port);
  try {
    connection.send(get("/"));
    const answered = () => /^HTTP\/1\.1 (\d{3}) /.exec(connection.received)?.[1];
    return Number(await connection.until(answered, "an answer", 60_000));
  } finally {
    connection.close();
  }
}

/** Sends valid requests, one after another, as long as a flood lasts. */
class Watch {
  served = 0;
  slowest = 0;
  readonly failures: string[] = [];
  readonly #canary: () => Promise<number>;
  readonly #running: Promise<void>;
  #over = false;

  constructor(canary: () => Promise<number>) {
    this.#canary = canary;
    this.#running = this.#run();
  }

  end(): Promise<void> {
    this.#over = true;
    return this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#over) {
      const began = performance.now();
      const outcome = await this.#canary().catch((error: Error) => error.message);
      this.slowest = Math.max(this.slowest, performance.now() - began);
      if (outcome === 200) this.served++;
      else this.failures.push(String(outcome));
      await sleep(20);
    }
  }
}

/** Waits until connections are gone and the heap is within a few MiB of before. Resident memory is the system's. */
async function recovered(proxy: ProxyChild, before: Holding): Promise<Holding> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const holding = await proxy.measure();
    const held = holding.heapUsed + holding.external - before.heapUsed - before.external;
    if (holding.active === 0 && held < 8 * mebibyte) return holding;
    if (performance.now() > deadline) {
      throw new Error(`${holding.active} connections and ${(held / mebibyte).toFixed(1)} MiB are left of the flood`);
    }
    await sleep(100);
  }
}

/** Waits until the proxy has ended each of these connections, and returns the number of responses by status. */
export async function endings(connections: readonly RawConnection[]): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const connection of connections) {
    await connection.until(() => (connection.ended ? true : undefined), "the end of a flooding connection", 30_000);
    const status = /^HTTP\/1\.1 (\d+)/.exec(connection.received)?.[1] ?? "none";
    counts[status] = (counts[status] ?? 0) + 1;
    connection.close();
  }
  return counts;
}
