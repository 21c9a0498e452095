/** Compiles `HTTPRouteRule.retry` (GEP-1731): which failures of a backend are retried, and when. */
import type { RuleIR } from "../../../lib/routing/ir.ts";
import type { UpstreamError } from "../stats/stats.ts";
import type { UpstreamChannel } from "./handler.ts";
import type { EndpointPool } from "./pool.ts";

export interface RetryPlan {
  /** Most retries of a request. */
  readonly attempts: number;
  /** Shortest wait before the first retry, in milliseconds. */
  readonly backoff: number;
  /** Status codes of responses that are retried while an attempt is left. */
  readonly codes: ReadonlySet<number>;
}

/** The retries of one request. */
export class Retries {
  /** True while the request waits for its next attempt. */
  waiting = false;
  /** True if the next attempt needs a connection that has served no request, since a reused one has failed. */
  fresh = false;
  #plan: RetryPlan | undefined;
  #made = 0;
  #failed: EndpointPool | undefined;
  #discarded: UpstreamChannel | undefined;

  begin(plan: RetryPlan | undefined): void {
    this.#plan = plan;
    this.#made = 0;
    this.fresh = false;
  }

  /** Returns whether a failure before the response is retried; after a broken connection, on a fresh one. */
  after(error: UpstreamError, method: string): boolean {
    const plan = this.#plan;
    if (plan === undefined || this.#made >= plan.attempts || !isRetried(plan, error, method)) return false;
    if (error === "reset") this.fresh = true;
    return true;
  }

  /** Returns whether a response with this status code is retried. */
  afterStatus(status: number): boolean {
    return this.#plan !== undefined && this.#made < this.#plan.attempts && this.#plan.codes.has(status);
  }

  /**
   * Returns whether a request is sent again at once, on a fresh connection, since this one broke before a response.
   * This happens only once. For a rule with `retry`, a failure on a new connection counts as an attempt instead; with 0
   * attempts the rule allows no second one of any kind. A request that was refused without processing counts like a
   * connection that was not made.
   */
  resends(error: UpstreamError, connection: UpstreamChannel | undefined, method: string): boolean {
    if (this.fresh || connection?.answered !== false) return false;
    if (error === "refused") return this.#plan === undefined;
    if (error !== "reset" || !isIdempotent(method)) return false;
    return this.#plan === undefined || (this.#plan.attempts > 0 && connection.reused);
  }

  /** Returns whether a request goes to another endpoint after a failed connect: nothing was written, so it is safe. */
  failsOver(error: UpstreamError): boolean {
    return (error === "connect" || error === "certificate") && !this.fresh && this.#plan === undefined;
  }

  /**
   * Begins to wait for the next attempt.
   *
   * @param failed the endpoint to avoid.
   * @returns the wait in milliseconds.
   */
  wait(failed: EndpointPool | undefined): number {
    this.waiting = true;
    this.#failed = failed;
    return Math.max(1, retryDelay(this.#plan as RetryPlan, this.#made++));
  }

  /** Ends the wait. Returns the endpoint to avoid. */
  endWait(): EndpointPool | undefined {
    const failed = this.#failed;
    this.clear();
    return failed;
  }

  /** Reads a response that will be dropped while the next attempt waits, so that its connection can be used again. */
  discard(connection: UpstreamChannel): void {
    this.#discarded = connection;
  }

  /** Returns whether the dropped response has ended, successfully or not. */
  discardEnded(): boolean {
    const discarded = this.#discarded !== undefined;
    this.#discarded = undefined;
    return discarded;
  }

  clear(): void {
    this.waiting = false;
    this.#failed = undefined;
    this.#discarded?.destroy();
    this.#discarded = undefined;
  }
}

/** Default of `backoff`, in milliseconds. */
const defaultBackoff = 25;

/** Largest factor by which the shortest wait may exceed `backoff`. */
const longestFactor = 16;

export function planRetry(retry: RuleIR["retry"]): RetryPlan | undefined {
  if (retry === undefined) return undefined;
  return { attempts: retry.attempts, backoff: retry.backoff ?? defaultBackoff, codes: new Set(retry.codes) };
}

/**
 * Returns milliseconds to wait before a retry: `backoff`, doubled for each earlier retry, up to 16 times; and up to
 * half as much again by chance, so that requests that have failed together do not return together.
 *
 * @param made number of earlier retries.
 */
export function retryDelay({ backoff }: RetryPlan, made: number): number {
  const shortest = backoff * Math.min(2 ** made, longestFactor);
  return shortest + (Math.random() * shortest) / 2;
}

/**
 * Returns whether a failure before the response is retried. If no connection was made, a retry is safe. After a broken
 * connection or a timeout, the backend may have processed the request: it is sent again only if that does no harm, or
 * if the rule lists 504, which asks for retries after timeouts.
 */
export function isRetried({ codes }: RetryPlan, error: UpstreamError, method: string): boolean {
  switch (error) {
    case "connect":
    case "connectTimeout":
    case "certificate":
    case "refused":
      return true;
    case "reset":
      return isIdempotent(method);
    case "timeout":
      return isIdempotent(method) || codes.has(504);
    default:
      return false;
  }
}

/** Returns whether a method is idempotent (RFC 9110 section 9.2.2). */
export function isIdempotent(method: string): boolean {
  return idempotent.has(method);
}

const idempotent: ReadonlySet<string> = new Set([
  ...["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"],
  ...["QUERY", "PROPFIND", "SEARCH", "REPORT"],
]);
