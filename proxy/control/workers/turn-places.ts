import type { GatewayIR } from "../../../lib/routing/ir.ts";
import { type SharedTurns, sharedTurnKeys } from "../../dataplane/routing/split-counters.ts";

/** Counters in one piece of memory. */
const perPiece = 1024;

/**
 * For how long the place of a rule that is gone is given to no other: a thread may not have taken the change in yet, or
 * may still decide about a request by the rule. Milliseconds; longer than a thread can go without either answering or
 * being replaced.
 */
const graceMs = 60_000;

/** Gives the turns that threads share their places: each rule keeps its own for as long as it is there. */
export class TurnPlaces {
  readonly #memory: SharedArrayBuffer[] = [];
  readonly #places = new Map<string, number>();
  /** Places of turns that are gone, the earliest first. */
  readonly #left: { readonly place: number; readonly since: number }[] = [];
  readonly #now: () => number;
  #next = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The places of all turns of a configuration, which is the one to come. */
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
