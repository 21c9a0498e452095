/** `HTTPRouteRule.retry` (GEP-1731): which failures of a backend are tried again, and when. */
import type { RuleIR } from "../../../lib/routing/ir.ts";
import type { UpstreamError } from "../stats/stats.ts";
import type { UpstreamChannel } from "./handler.ts";
import type { EndpointPool } from "./pool.ts";

export interface RetryPlan {
  /** How many times a request is sent beyond the first. */
  readonly attempts: number;
  /** The shortest wait before the first of them, in milliseconds. */
  readonly backoff: number;
  /** Status codes of responses that are not passed on while an attempt is left. */
  readonly codes: ReadonlySet<number>;
}

/** The retries of one request. */
export class Retries {
  /** The time of the next one has not come. */
  waiting = false;
  /** Only a connection that has served no request will do: one that had has failed. */
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

  /** Whether a failure before the response is tried again; behind a connection that broke, on a fresh one. */
  after(error: UpstreamError, method: string): boolean {
    const plan = this.#plan;
    if (plan === undefined || this.#made >= plan.attempts || !isRetried(plan, error, method)) return false;
    if (error === "reset") this.fresh = true;
    return true;
  }

  /** Whether a response with this status is. */
  afterStatus(status: number): boolean {
    return this.#plan !== undefined && this.#made < this.#plan.attempts && this.#plan.codes.has(status);
  }

  /**
   * Whether a request is sent again at once, once only and on a fresh connection, when this one broke before it
   * answered. What fails on a new connection is an attempt to a rule with a `retry`; and with 0 attempts it wants no
   * second one of any kind. What was refused without being looked at is as if no connection had been made.
   */
  resends(error: UpstreamError, connection: UpstreamChannel | undefined, method: string): boolean {
    if (this.fresh || connection?.answered !== false) return false;
    if (error === "refused") return this.#plan === undefined;
    if (error !== "reset" || !isIdempotent(method)) return false;
    return this.#plan === undefined || (this.#plan.attempts > 0 && connection.reused);
  }

  /** The same where no connection could be made: nothing was written, so it is safe whatever the method. */
  failsOver(error: UpstreamError): boolean {
    return (error === "connect" || error === "certificate") && !this.fresh && this.#plan === undefined;
  }

  /**
   * Begins to wait for the next attempt.
   *
   * @param failed the endpoint that it avoids.
   * @returns for how many milliseconds.
   */
  wait(failed: EndpointPool | undefined): number {
    this.waiting = true;
    this.#failed = failed;
    return Math.max(1, retryDelay(this.#plan as RetryPlan, this.#made++));
  }

  /** The time has come. Returns the endpoint to avoid. */
  endWait(): EndpointPool | undefined {
    const failed = this.#failed;
    this.clear();
    return failed;
  }

  /** A response that nobody gets is read while the next attempt waits, so that its connection can be used again. */
  discard(connection: UpstreamChannel): void {
    this.#discarded = connection;
  }

  /** Whether it was that response that has ended, one way or the other. */
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

/** Milliseconds, where the rule names no `backoff`. */
const defaultBackoff = 25;

/** How many times longer than `backoff` the shortest wait may grow. */
const longestFactor = 16;

export function planRetry(retry: RuleIR["retry"]): RetryPlan | undefined {
  if (retry === undefined) return undefined;
  return { attempts: retry.attempts, backoff: retry.backoff ?? defaultBackoff, codes: new Set(retry.codes) };
}

/**
 * How long to wait before a retry, in milliseconds: `backoff`, doubled for each one before it, up to 16 times; and up
 * to half as much again by chance, so that requests that have failed together do not return together.
 *
 * @param made how many retries there have been.
 */
export function retryDelay({ backoff }: RetryPlan, made: number): number {
  const shortest = backoff * Math.min(2 ** made, longestFactor);
  return shortest + (Math.random() * shortest) / 2;
}

/**
 * Whether a failure before the response is tried again. Where no connection was made, nothing has happened. Behind a
 * connection that broke, or a time that ran out, the request may have been carried out: it is sent again only if that
 * does no harm, or if the author lists 504 and thereby asks for it after a time that ran out.
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

/** RFC 9110 section 9.2.2. */
export function isIdempotent(method: string): boolean {
  return idempotent.has(method);
}

const idempotent: ReadonlySet<string> = new Set([
  ...["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"],
  ...["QUERY", "PROPFIND", "SEARCH", "REPORT"],
]);
