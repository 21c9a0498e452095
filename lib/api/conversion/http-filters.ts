import { at, type Fields, isFields, isList, present } from "./fields.ts";
import { convertTarget } from "./forward-to.ts";
import type { Ledger } from "./ledger.ts";
import { currentReference } from "./references.ts";

/** Converts the filters of a rule or backend in an HTTPRoute of v1alpha1. A value of another type is unchanged. */
export function convertFilters(filters: unknown, field: string, ledger: Ledger): unknown {
  if (!isList(filters)) return filters;
  return filters.map((filter, index) => (isFields(filter) ? convertFilter(filter, at(field, index), ledger) : filter));
}

function convertFilter(filter: Fields, field: string, ledger: Ledger): Fields {
  const { requestHeaderModifier, requestMirror, extensionRef, ...rest } = filter;
  return present({
    ...rest,
    requestHeaderModifier: isFields(requestHeaderModifier)
      ? convertModifier(requestHeaderModifier)
      : requestHeaderModifier,
    requestMirror: isFields(requestMirror)
      ? convertMirror(requestMirror, at(field, "requestMirror"), ledger)
      : requestMirror,
    extensionRef: currentReference(extensionRef),
  });
}

/** Converts the maps of headers to set and to add to lists. */
function convertModifier(modifier: Fields): Fields {
  const { set, add, ...rest } = modifier;
  return present({ set: headerList(set), add: headerList(add), ...rest });
}

function headerList(headers: unknown): unknown {
  return isFields(headers) ? Object.entries(headers).map(([name, value]) => ({ name, value })) : headers;
}

/** Converts `serviceName`, or `backendRef` with a separate `port`, to a backendRef. */
function convertMirror(mirror: Fields, field: string, ledger: Ledger): Fields {
  const { serviceName, backendRef, port, ...rest } = mirror;
  const target = convertTarget(present({ serviceName, backendRef, port }), field, ledger);
  return Object.keys(target).length === 0 ? rest : { ...rest, backendRef: target };
}
