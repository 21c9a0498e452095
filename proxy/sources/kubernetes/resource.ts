import { apiVersionOf, type KindDefinition, kindDefinition } from "../../../lib/api/kinds/kinds.ts";

/** One version of one kind, as it appears in the URLs of the API server. */
export interface ApiResource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** @throws RangeError for a kind that Gatewright does not know. */
export function resourceOf(apiVersion: string, kind: string): ApiResource {
  const definition = kindDefinition(apiVersion, kind);
  if (definition === undefined) throw new RangeError(`Gatewright does not know ${kind} in ${apiVersion}`);
  return versionOf(definition, apiVersion.split("/").at(-1) as string);
}

export function versionOf({ group, kind, plural, scope }: KindDefinition, version: string): ApiResource {
  return { group, version, kind, plural, namespaced: scope === "Namespaced" };
}

export function apiVersionOfResource({ group, version }: ApiResource): string {
  return apiVersionOf(group, version);
}

/**
 * Returns the path of a collection or, with a name, of one object.
 *
 * @param namespace absent: all namespaces.
 */
export function pathOf(resource: ApiResource, namespace?: string, name?: string, subresource?: string): string {
  const { group, version, plural, namespaced } = resource;
  const base = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const within = namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  const object = name === undefined ? "" : `/${encodeURIComponent(name)}`;
  return `${base}${within}/${plural}${object}${subresource === undefined ? "" : `/${subresource}`}`;
}
