import { type ApiError, hasStatus, isMissingPath } from "./api-error.ts";
import type { ApiServer } from "./api-server.ts";
import { type ApiResource, apiVersionOfResource } from "./resource.ts";

interface ApiResourceList {
  readonly groupVersion?: unknown;
  readonly resources?: readonly { readonly name?: unknown }[] | null;
}

interface ApiGroupList {
  readonly groups?: readonly {
    readonly name?: unknown;
    readonly versions?: readonly { readonly groupVersion?: unknown }[];
  }[];
}

/**
 * Returns whether the API server serves a version of a kind, after a list or watch of that kind was answered with 404.
 * Only discovery decides: a load balancer, a gateway or a proxy in front of the API server answers 404 as well, and
 * objects that were read before must not count as deleted then.
 *
 * @param missing the 404 error; it is thrown again unless discovery confirms that the kind is missing.
 */
export async function isServed(
  server: ApiServer,
  resource: ApiResource,
  missing: ApiError,
  signal: AbortSignal,
): Promise<boolean> {
  const { group, version, plural } = resource;
  const groupVersion = apiVersionOfResource(resource);
  const path = group === "" ? `/api/${version}` : `/apis/${groupVersion}`;
  try {
    const found = await server.json<ApiResourceList>({ method: "GET", path, kind: "APIResourceList", signal });
    if (found.groupVersion !== groupVersion || !Array.isArray(found.resources)) throw missing;
    return found.resources.some(({ name }) => name === plural);
  } catch (error) {
    if (isUnreadable(error, missing)) return false;
    if (!isMissingPath(error) || error === missing || group === "") throw missing;
  }
  const { groups } = await server
    .json<ApiGroupList>({ method: "GET", path: "/apis", kind: "APIGroupList", signal })
    .catch(() => Promise.reject(missing));
  if (!Array.isArray(groups) || groups.length === 0) throw missing;
  const versions = groups.flatMap((each) => (each.name === group ? (each.versions ?? []) : []));
  // `/apis` lists the version, but its resource list was not found: the two responses come from different servers.
  if (versions.some((each) => each.groupVersion === groupVersion)) throw missing;
  return false;
}

/**
 * Returns whether the API server forbids discovery. By default every user may read it (`system:discovery`), but an
 * administrator can take that right away. The 404 then counts if its text is that of the API server.
 */
function isUnreadable(error: unknown, missing: ApiError): boolean {
  return hasStatus(error, 403) && (missing.isStatus || missing.answer === "HTTP 404: 404 page not found");
}
