import type { AnyObject, ObjectMeta } from "../../../lib/api/declared/declared.ts";
import { ApiError } from "./api-error.ts";
import type { ApiServer } from "./api-server.ts";
import { jsonLines } from "./json-lines.ts";
import type { Selectors } from "./list.ts";
import { type ApiResource, apiVersionOfResource, pathOf } from "./resource.ts";

export interface WatchOptions extends Selectors {
  /** The resourceVersion after which the watch begins. */
  readonly from: string;
  /** Seconds after which the API server is asked to end the watch. */
  readonly seconds: number;
  /** Absent: all namespaces. */
  readonly namespace?: string | undefined;
  /** Milliseconds without a byte after which the watch counts as dead. */
  readonly idle: number;
}

export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  /** The object. A bookmark carries little more than a resourceVersion. */
  readonly object: AnyObject & { readonly metadata: ObjectMeta & { readonly resourceVersion?: string } };
}

interface ErrorEvent {
  readonly type: "ERROR";
  readonly object: { readonly code?: number; readonly reason?: string; readonly message?: string };
}

/**
 * Yields the changes of a collection as they happen, with bookmarks. Ends when the server ends the watch or when it
 * falls silent; the caller then continues from the last version it read.
 *
 * @throws ApiError for an error response, for an ERROR event in the stream, and for anything that is no event of this
 *   kind. The reason is Expired if `from` is too old.
 */
export async function* watch(
  server: ApiServer,
  resource: ApiResource,
  { from, seconds, idle, namespace, ...selectors }: WatchOptions,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent, void, undefined> {
  const query = {
    ...selectors,
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion: from,
    timeoutSeconds: seconds,
  };
  const path = pathOf(resource, namespace);
  const stream = await server.open({ method: "GET", path, query, signal, timeout: idle });
  try {
    for await (const event of jsonLines(stream)) {
      if (isError(event)) throw errorIn(event, path);
      if (!isEventOf(resource, event)) {
        throw new ApiError(502, "", `GET ${path}: the watch brings what is no event of ${resource.kind}`);
      }
      yield event;
    }
  } catch (error) {
    // The connection was cut, or we closed it because it was silent. Every event that was read is complete, and the
    // next watch begins after the last one.
    if (signal.aborted || !isCut(error)) throw error;
  } finally {
    stream.destroy();
  }
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function isError(event: unknown): event is ErrorEvent {
  return isFields(event) && event.type === "ERROR" && isFields(event.object);
}

const eventTypes: readonly unknown[] = ["ADDED", "MODIFIED", "DELETED", "BOOKMARK"] satisfies WatchEvent["type"][];

function isEventOf(resource: ApiResource, event: unknown): event is WatchEvent {
  if (!isFields(event) || !eventTypes.includes(event.type) || !isFields(event.object)) return false;
  const { apiVersion, kind, metadata } = event.object;
  if (apiVersion !== apiVersionOfResource(resource) || kind !== resource.kind || !isFields(metadata)) return false;
  return (
    typeof metadata.resourceVersion === "string" && (event.type === "BOOKMARK" || typeof metadata.name === "string")
  );
}

function errorIn({ object }: ErrorEvent, path: string): ApiError {
  const message = `GET ${path}: ${object.message ?? "the watch failed"}`;
  return new ApiError(object.code ?? 500, object.reason ?? "", message, { isStatus: true });
}

function isCut(error: unknown): boolean {
  if (error instanceof ApiError) return error.reason === "Timeout";
  return cuts.has((error as NodeJS.ErrnoException).code ?? "");
}

const cuts: ReadonlySet<string> = new Set([
  "ECONNRESET",
  "ERR_STREAM_PREMATURE_CLOSE",
  "ERR_STREAM_DESTROYED",
  "ETIMEDOUT",
]);
