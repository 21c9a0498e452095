import type { FilterModuleReference } from "../../dataplane/filters/registered-filters.ts";
import type { ProxyOptions } from "../../dataplane/proxy.ts";
import type { BoundSocket, Snapshot } from "../../dataplane/routing/snapshot.ts";
import type { Stats } from "../../dataplane/stats/stats.ts";

/** The data with which a thread is started. */
export interface ThreadData {
  readonly options: ProxyOptions;
  /** A 32-bit counter, which the thread increments as long as its event loop runs. */
  readonly beats: SharedArrayBuffer;
}

/** A snapshot as it is posted: filters are functions and cannot be posted, so each thread loads them itself. */
export interface PostedSnapshot extends Omit<Snapshot, "filters"> {
  readonly modules: readonly FilterModuleReference[];
}

/** A message to a thread. Each one gets one answer with the same `id`. */
export type WorkerRequest = { readonly id: number } & (
  | { readonly type: "apply"; readonly snapshot: PostedSnapshot }
  | { readonly type: "report" }
  | { readonly type: "drain"; readonly delayMs: number }
  | { readonly type: "close" }
);

/** A message from a thread. */
export type Report =
  | { readonly type: "applied"; readonly id: number; readonly sockets: readonly BoundSocket[] }
  | { readonly type: "stats"; readonly id: number; readonly stats: Stats }
  /** The thread has drained or closed; no message follows. */
  | { readonly type: "ended"; readonly id: number; readonly stats: Stats }
  | { readonly type: "failed"; readonly id: number; readonly error: PostedError }
  | { readonly type: "filterFailed"; readonly filter: string; readonly error: PostedError; readonly untold: number }
  /** The thread has had an uncaught exception. It serves until it is replaced. */
  | { readonly type: "fault"; readonly error: PostedError; readonly stats: Stats }
  /** A promise was rejected without a handler; the thread continues. */
  | { readonly type: "rejection"; readonly error: PostedError }
  /** Modules with filters that this thread could not load. */
  | { readonly type: "filtersNotLoaded"; readonly messages: readonly string[] };

/** An error as plain data. A program may throw values that cannot be posted. */
export interface PostedError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

export function postedError(error: unknown): PostedError {
  if (!(error instanceof Error)) return { name: "Error", message: textOf(error) };
  const { name, message, stack } = error;
  return { name: String(name), message: String(message), ...(stack !== undefined && { stack: String(stack) }) };
}

export function errorOf({ name, message, stack }: PostedError): Error {
  const error = new Error(message);
  error.name = name;
  error.stack = stack ?? `${name}: ${message}`;
  return error;
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "something that is no error and has no text";
  }
}
