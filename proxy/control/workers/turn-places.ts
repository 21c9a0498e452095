import type { GatewayIR } from "../../../lib/routing/ir.ts";
import { type SharedTurns, sharedTurnKeys } from "../../dataplane/routing/split-counters.ts";

/** Number of counters in one block of shared memory. */
const perPiece = 1024;

/**
 * Milliseconds for which the place of a removed rule is not reused: a thread may not have applied the change yet, or
 * may still route a request by the rule. It is longer than a thread can be silent without being replaced.
 */
const graceMs = 60_000;

/** Assigns places in shared memory to the threads' split counters. A rule keeps its place as long as it exists. */
export class TurnPlaces {
  readonly #memory: SharedArrayBuffer[] = [];
  readonly #places = new Map<string, number>();
  /** Places of removed counters, the earliest first. */
  readonly #left: { readonly place: number; readonly since: number }[] = [];
  readonly #now: () => number;
  #next = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Returns the places of all counters of the next configuration. */
  assign(gateways: readonly GatewayIR[]): SharedTurns {
    const wanted = new Set(gateways.flatMap(sharedTurnKeys));
    const now = this.#now();
    for (const [key, place] of this.#places) {
      if (wanted.has(key)) continue;
      this.#places.delete(key);
      this.#left.push({ place, since: now });
    }
    for (const key of wanted) if (!this.#places.has(key)) this.#places.set(key, this.#take(now));
    return { memory: [...this.#memory], places: new Map(this.#places) };
  }

  #take(now: number): number {
    const earliest = this.#left[0];
    if (earliest !== undefined && now - earliest.since >= graceMs) {
      this.#left.shift();
      const counts = new Int32Array(this.#memory[Math.floor(earliest.place / perPiece)] as SharedArrayBuffer);
      Atomics.store(counts, earliest.place % perPiece, 0);
      return earliest.place;
    }
    if (this.#next % perPiece === 0) {
      this.#memory.push(new SharedArrayBuffer(perPiece * Int32Array.BYTES_PER_ELEMENT));
    }
    return this.#next++;
  }
}
