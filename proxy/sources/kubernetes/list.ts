import type { AnyObject } from "../../../lib/api/declared.ts";
import type { ApiServer } from "./api-server.ts";

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
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items?: readonly AnyObject[] | null;
}

const pageSize = 500;

/** @throws ApiError; Expired if the pages took so long that the store has forgotten their version. */
export async function list(
  server: ApiServer,
  path: string,
  selectors: Selectors,
  signal: AbortSignal,
): Promise<Listed> {
  const objects: AnyObject[] = [];
  let token: string | undefined;
  for (;;) {
    const query = { ...selectors, limit: pageSize, continue: token };
    const { metadata, items } = await server.json<ListAnswer>({ method: "GET", path, query, signal, timeout: 60_000 });
    objects.push(...(items ?? []));
    token = metadata.continue;
    if (token === undefined || token === "") return { objects, version: metadata.resourceVersion };
  }
}
