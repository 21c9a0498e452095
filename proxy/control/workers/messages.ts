import type { FilterModuleReference } from "../../dataplane/filters/registered-filters.ts";
import type { ProxyOptions } from "../../dataplane/proxy.ts";
import type { BoundSocket, Snapshot } from "../../dataplane/routing/snapshot.ts";
import type { Stats } from "../../dataplane/stats/stats.ts";

/** What a thread is started with. */
export interface ThreadData {
  readonly options: ProxyOptions;
  /** One 32-bit number, which the thread raises for as long as its event loop turns. */
  readonly beats: SharedArrayBuffer;
}

/** A snapshot as it is posted: filters are functions, so that each thread loads them by itself. */
export interface PostedSnapshot extends Omit<Snapshot, "filters"> {
  readonly modules: readonly FilterModuleReference[];
}

/** To a thread. Each has one answer with the same `id`. */
export type Request = { readonly id: number } & (
  | { readonly type: "apply"; readonly snapshot: PostedSnapshot }
  | { readonly type: "report" }
  | { readonly type: "drain"; readonly delayMs: number }
  | { readonly type: "close" }
);

/** From a thread. */
export type Report =
  | { readonly type: "applied"; readonly id: number; readonly sockets: readonly BoundSocket[] }
  | { readonly type: "stats"; readonly id: number; readonly stats: Stats }
  /** Drained, or closed: nothing follows. */
  | { readonly type: "ended"; readonly id: number; readonly stats: Stats }
  | { readonly type: "failed"; readonly id: number; readonly error: PostedError }
  | { readonly type: "filterFailed"; readonly filter: string; readonly error: PostedError; readonly untold: number }
  /** Nothing caught this: the thread is to be replaced, and serves until it is. */
  | { readonly type: "fault"; readonly error: PostedError; readonly stats: Stats }
  /** A promise that nobody waits for has failed; the thread goes on. */
  | { readonly type: "rejection"; readonly error: PostedError }
  /** Modules with filters that this thread could not load. */
  | { readonly type: "filtersNotLoaded"; readonly messages: readonly string[] };

/** An error as plain data: what a program throws need not be such that it can be posted. */
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
