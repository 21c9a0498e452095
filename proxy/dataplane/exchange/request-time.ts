import type { Deadlines, Waiter } from "../limits/deadlines.ts";
import type { Limits } from "../limits/limits.ts";

/**
 * The time of a request: its rule's limit for all of it, and the wait for the next step. A gRPC call has one idle time
 * for both sides: one side may be quiet as long as the other one sends.
 */
export class RequestTime implements Waiter {
  due = 0;
  slot = -1;
  /** A gRPC call of a GRPCRoute. */
  isCall = false;
  readonly #owner: Pick<Waiter, "onDeadline">;
  readonly #deadlines: Deadlines;
  readonly #limits: Limits;
  /** End of the time that the rule allows; 0 for never. */
  #allowedUntil = 0;
  /** A call without data since its last deadline. */
  #quiet = false;

  constructor(owner: Pick<Waiter, "onDeadline">, deadlines: Deadlines, limits: Limits) {
    this.#owner = owner;
    this.#deadlines = deadlines;
    this.#limits = limits;
  }

  begin(): void {
    this.isCall = false;
    this.#allowedUntil = 0;
  }

  /** Limits the request to `timeout` milliseconds from now; 0 for no limit. */
  allow(timeout: number): void {
    if (timeout > 0) this.#allowedUntil = this.#deadlines.after(timeout);
  }

  /** The time that the rule allows is over. */
  get isOver(): boolean {
    return this.#allowedUntil > 0 && this.#allowedUntil <= this.#deadlines.now;
  }

  /** Sets the earlier one of the rule's deadline and `wait`; 0 leaves only the former. */
  wait(wait: number): void {
    const left = this.#allowedUntil === 0 ? 0 : Math.max(1, this.#allowedUntil - this.#deadlines.now);
    this.#deadlines.set(this, left === 0 ? wait : wait === 0 ? left : Math.min(left, wait));
  }

  /** Called when the request has a connection: from now on, only its end has a deadline. */
  connected(): void {
    if (this.isCall) this.wait(this.#limits.callIdleTimeout);
    else if (this.#allowedUntil > 0 || this.due > 0) this.wait(0);
  }

  /** Data of a body has arrived, from either side. */
  moved(): void {
    this.#quiet = false;
  }

  /** Extends the deadline of a call with data since its last deadline; returns whether it did. */
  isExtended(): boolean {
    if (!this.isCall || this.#quiet || this.isOver) return false;
    this.#quiet = true;
    this.wait(this.#limits.callIdleTimeout);
    return true;
  }

  /** Removes all deadlines. */
  end(): void {
    this.#allowedUntil = 0;
    if (this.slot !== -1) this.#deadlines.remove(this);
  }

  onDeadline(): void {
    this.#owner.onDeadline();
  }
}
