import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { ApiError } from "./api-error.ts";
import type { ApiServer } from "./api-server.ts";
import { apiVersionOfResource, pathOf, type Resource } from "./resource.ts";

export interface Selectors {
  readonly fieldSelector?: string | undefined;
  readonly labelSelector?: string | undefined;
}

/** All objects of a collection at one version of the store. */
export interface Listed {
  readonly objects: readonly AnyObject[];
  /** From which a watch misses nothing. */
  readonly version: string;
}

interface ListAnswer {
  readonly apiVersion?: unknown;
  readonly metadata?: { readonly resourceVersion?: unknown; readonly continue?: string };
  /** Null for none. */
  readonly items?: readonly AnyObject[] | null;
}

const pageSize = 500;

/**
 * @param namespace absent: of all namespaces.
 * @throws ApiError, also for what is no list of this kind: an answer that is taken for an empty list would make the
 *   controller forget every object. Expired if the pages took so long that the store has forgotten their version.
 */
export async function list(
  server: ApiServer,
  resource: Resource,
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
