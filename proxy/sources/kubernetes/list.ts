import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { ApiError } from "./api-error.ts";
import type { ApiServer } from "./api-server.ts";
import { type ApiResource, apiVersionOfResource, pathOf } from "./resource.ts";

export interface Selectors {
  readonly fieldSelector?: string | undefined;
  readonly labelSelector?: string | undefined;
}

/** All objects of a collection at one resourceVersion. */
export interface Listed {
  readonly objects: readonly AnyObject[];
  /** The resourceVersion of the list. A watch that begins there misses no change. */
  readonly version: string;
}

interface ListAnswer {
  readonly apiVersion?: unknown;
  readonly metadata?: { readonly resourceVersion?: unknown; readonly continue?: string };
  /** Null if the collection is empty. */
  readonly items?: readonly AnyObject[] | null;
}

const pageSize = 500;

/**
 * Lists a collection, page by page.
 *
 * @param namespace absent: objects of all namespaces.
 * @throws ApiError for an error response, and for a response that is no list of this kind: taken for an empty list, it
 *   would make the controller forget every object. The reason is Expired if the pages took so long that the store has
 *   compacted their version.
 */
export async function list(
  server: ApiServer,
  resource: ApiResource,
  selectors: Selectors,
  signal: AbortSignal,
  namespace?: string,
): Promise<Listed> {
  const path = pathOf(resource, namespace);
  const kind = `${resource.kind}List`;
  const objects: AnyObject[] = [];
  let token: string | undefined;
  for (;;) {
    const query = { ...selectors, limit: pageSize, continue: token };
    const page = await server.json<ListAnswer>({ method: "GET", path, query, kind, signal, timeout: 60_000 });
    const { metadata: { resourceVersion, continue: next } = {}, items } = page;
    const isList = page.apiVersion === apiVersionOfResource(resource) && (items === null || Array.isArray(items));
    if (!isList || typeof resourceVersion !== "string" || resourceVersion === "") {
      throw new ApiError(502, "", `GET ${path}: the answer is no ${kind} of ${apiVersionOfResource(resource)}`);
    }
    objects.push(...(items ?? []));
    token = next;
    if (token === undefined || token === "") return { objects, version: resourceVersion };
  }
}
