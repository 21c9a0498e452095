import { type ExtensionKind, extensionKey, parseSpec } from "../api/load/extension.ts";
import { compileFilter, type FilterStep } from "../routing/filters/filter-types.ts";
import type { EncodeValue } from "../routing/filters/header-modifier.ts";
import type { FilterIR } from "../routing/ir.ts";
import { type FilterKind, isFilterKind } from "./definition.ts";

export type ExtensionFilterIR = Extract<FilterIR, { type: "ExtensionRef" }>;

/** A filter of somebody's own, together with the object that a route names. */
export interface BoundFilter {
  readonly type: "BoundFilter";
  readonly kind: FilterKind;
  /** `acme.io/RequireApiKey`. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  /** As the schema gives it. */
  readonly spec: unknown;
  readonly watch: FilterWatch | undefined;
}

/** An ExtensionRef behind which there is nothing to run: every request that comes to it is answered 500. */
export interface MissingFilter {
  readonly type: "MissingFilter";
  /** The standard's, of the condition ResolvedRefs; UnsupportedFilter if it is this proxy that lacks the filter. */
  readonly reason: string;
  readonly message: string;
}

/** One entry of a list of filters, ready to be passed: a filter of the API, compiled, or one of somebody's own. */
export type PassageStep = FilterStep | BoundFilter | MissingFilter;

/** How often a filter came to which end; and what it failed with. */
export interface FilterWatch {
  readonly counts: FilterCounts;
  failed(error: unknown): void;
}

export interface FilterCounts {
  /** Requests that passed, changed or not. */
  passed: number;
  /** Requests that it answered itself. */
  answered: number;
  /** Requests on which it threw, or returned what cannot be sent. */
  failed: number;
  /** Requests for which it took too long. */
  timedOut: number;
  /** Responses that passed, changed or not. */
  responsesPassed: number;
  /** Responses on which it threw, or returned what cannot be sent. */
  responsesFailed: number;
}

export function noCounts(): FilterCounts {
  return { passed: 0, answered: 0, failed: 0, timedOut: 0, responsesPassed: 0, responsesFailed: 0 };
}

/** Filters by `group/kind`. */
export type FilterKinds = ReadonlyMap<string, FilterKind>;

/** Those of the registered kinds that `defineFilter` has made, which are all. */
export function filterKinds(kinds: readonly ExtensionKind[]): FilterKinds {
  return new Map(kinds.filter(isFilterKind).map((kind) => [extensionKey(kind), kind]));
}

/**
 * Puts filters beside the references to them, and compiles those of the API. An opaque one is never skipped here: it is
 * one that this proxy lacks.
 */
export function bindFilters(
  filters: readonly FilterIR[],
  kinds: FilterKinds,
  watchOf: (key: string) => FilterWatch | undefined = () => undefined,
  encode?: EncodeValue,
): readonly PassageStep[] {
  return filters.map((filter) =>
    filter.type === "ExtensionRef" ? bind(filter, kinds, watchOf) : compileFilter(filter, encode),
  );
}

function bind(
  filter: ExtensionFilterIR,
  kinds: FilterKinds,
  watchOf: (key: string) => FilterWatch | undefined,
): BoundFilter | MissingFilter {
  const { namespace, name, object } = filter;
  if ("invalid" in object) return { type: "MissingFilter", reason: object.invalid, message: object.message };
  const key = extensionKey(filter);
  const kind = kinds.get(key);
  const place = `${key} ${namespace}/${name}`;
  if (kind === undefined || "opaque" in object)
    return unsupported(`The route's filter ${place} is not known to this proxy.`);
  // A copy: a schema may pass on what it is given, and that belongs to the IR.
  const parsed = parseSpec(kind.schema, structuredClone(object.spec));
  if ("issues" in parsed) return unsupported(`The spec of the route's filter ${place} is not valid.`);
  return { type: "BoundFilter", kind, key, namespace, name, spec: frozen(parsed.value), watch: watchOf(key) };
}

/** All requests share it: what one of them wrote into it, the next ones would read. */
function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && !Array.isArray(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) frozen(member);
  return value;
}

function unsupported(message: string): MissingFilter {
  return { type: "MissingFilter", reason: "UnsupportedFilter", message };
}
