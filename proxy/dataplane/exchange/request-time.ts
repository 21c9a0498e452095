import type { Deadlines, Waiter } from "../limits/deadlines.ts";
import type { Limits } from "../limits/limits.ts";

/**
 * The time of a request: what its rule allows it in all, and what it waits for meanwhile. A gRPC call has one time for
 * both of its sides: either may be quiet for as long as something moves on the other.
 */
export class RequestTime implements Waiter {
  due = 0;
  slot = -1;
  /** A gRPC call of a GRPCRoute. */
  isCall = false;
  readonly #owner: Pick<Waiter, "onDeadline">;
  readonly #deadlines: Deadlines;
  readonly #limits: Limits;
  /** When all that the rule allows is over; 0 for never. */
  #allowedUntil = 0;
  /** A call of which nothing has moved since its deadline came last. */
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

  /** The request may take so long from now on, in milliseconds; 0 for without limit. */
  allow(timeout: number): void {
    if (timeout > 0) this.#allowedUntil = this.#deadlines.after(timeout);
  }

  /** All that the rule allows is over. */
  get isOver(): boolean {
    return this.#allowedUntil > 0 && this.#allowedUntil <= this.#deadlines.now;
  }

  /** Sets the earlier deadline of what the rule allows and `wait`; 0 waits for the former only. */
  wait(wait: number): void {
    const left = this.#allowedUntil === 0 ? 0 : Math.max(1, this.#allowedUntil - this.#deadlines.now);
    this.#deadlines.set(this, left === 0 ? wait : wait === 0 ? left : Math.min(left, wait));
  }

  /** The request has a connection: from now on nothing but its end is waited for. */
  connected(): void {
    if (this.isCall) this.wait(this.#limits.callIdleTimeout);
    else if (this.#allowedUntil > 0 || this.due > 0) this.wait(0);
  }

  /** Data of a body has come, from either side. */
  moved(): void {
    this.#quiet = false;
  }

  /** Whether it is a call that has moved since its deadline came last: then it is given another. */
  isExtended(): boolean {
    if (!this.isCall || this.#quiet || this.isOver) return false;
    this.#quiet = true;
    this.wait(this.#limits.callIdleTimeout);
    return true;
  }

  /** Nothing is waited for any more. */
  end(): void {
    this.#allowedUntil = 0;
    if (this.slot !== -1) this.#deadlines.remove(this);
  }

  onDeadline(): void {
    this.#owner.onDeadline();
  }
}
