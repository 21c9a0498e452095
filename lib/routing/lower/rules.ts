import type { GRPCRoute, HTTPRoute } from "../../api/index.ts";
import { milliseconds } from "../../api/kinds/duration.ts";
import type { RouteAttachment, RouteReading } from "../attach/attachment.ts";
import type { ControllerProfile } from "../attach/controller-profile.ts";
import { readingOf } from "../attach/route.ts";
import type { Hash, RuleIR, WeightedBackendIR } from "../ir.ts";
import { namespaceOf } from "../objects.ts";
import { contentHash } from "./canonical-json.ts";
import { type FilterPlace, type FilterSpec, lowerFilters, targetAt } from "./filters.ts";
import { lowerGrpcMatches, lowerHttpMatches } from "./matches.ts";

/** A rule with its content hash. */
export interface HashedRule {
  readonly hash: Hash;
  readonly rule: RuleIR;
}

/** Caches lowered rules. Readings are immutable, so an unchanged route is not lowered and hashed again. */
const lowered = new WeakMap<RouteReading, readonly HashedRule[]>();

/**
 * Returns the rules of an HTTPRoute or GRPCRoute for a profile, in order and without dropped rules. Other kinds yield
 * an empty list.
 */
export function lowerRules(attachment: RouteAttachment, profile: ControllerProfile): readonly HashedRule[] {
  const reading = readingOf(attachment, profile);
  const known = lowered.get(reading);
  if (known !== undefined) return known;
  const rules = rulesOf(attachment, reading)
    .filter(({ index }) => reading.validRules[index] !== false)
    .map((rule) => ({ hash: contentHash(rule), rule }));
  lowered.set(reading, rules);
  return rules;
}

/** Returns every rule of an HTTPRoute or GRPCRoute for a reading, including dropped rules. */
export function rulesOf({ declared, key }: RouteAttachment, reading: RouteReading): readonly RuleIR[] {
  const route = declared.object;
  const read: KeyedReading = { key, ...reading };
  if (route.kind === "HTTPRoute") {
    return route.spec.rules.map((rule, index) => ({
      ...commonOf(read, route, rule, index),
      matches: lowerHttpMatches(rule.matches),
      ...timeoutsOf(rule.timeouts),
      ...retryOf(rule.retry),
    }));
  }
  if (route.kind === "GRPCRoute") {
    return (route.spec.rules ?? []).map((rule, index) => ({
      ...commonOf(read, route, rule, index),
      matches: lowerGrpcMatches(rule.matches),
    }));
  }
  return [];
}

interface RuleSpec {
  readonly name?: string;
  readonly filters?: readonly FilterSpec[];
  readonly backendRefs?: readonly { readonly weight?: number | string; readonly filters?: readonly FilterSpec[] }[];
}

/** A reading with the key of its route. */
type KeyedReading = Pick<RouteAttachment, "key"> & RouteReading;

function commonOf(
  { key, targets, extensions }: KeyedReading,
  route: HTTPRoute | GRPCRoute,
  { name, filters, backendRefs = [] }: RuleSpec,
  index: number,
): Omit<RuleIR, "matches"> {
  const namespace = namespaceOf(route);
  const { creationTimestamp: created } = route.metadata;
  const field = `spec.rules[${index}]`;
  const place: FilterPlace = { targets, extensions, namespace };
  return {
    id: `${key}/rules/${name ?? index}`,
    route: { kind: route.kind, namespace, name: route.metadata.name, ...(created === undefined ? {} : { created }) },
    index,
    ...(name === undefined ? {} : { name }),
    filters: lowerFilters(filters, field, place),
    backends: backendRefs.map(({ weight, filters: own }, i): WeightedBackendIR => {
      const at = `${field}.backendRefs[${i}]`;
      return { ...weightOf(weight), target: targetAt(targets, at), filters: lowerFilters(own, at, place) };
    }),
  };
}

/** @param weight the weight, or a placeholder text if it is known only at deployment. */
function weightOf(weight: number | string = 1): Pick<WeightedBackendIR, "weight" | "isWeightLate"> {
  return typeof weight === "number" ? { weight } : { weight: 1, isWeightLate: true };
}

/** Converts timeouts to milliseconds. 0 disables a timeout, as in the API (GEP-1742). */
function timeoutsOf(
  timeouts: { readonly request?: string; readonly backendRequest?: string } | undefined,
): Pick<RuleIR, "timeouts"> {
  if (timeouts?.request === undefined && timeouts?.backendRequest === undefined) return {};
  const { request, backendRequest } = timeouts;
  return {
    timeouts: {
      ...(request === undefined ? {} : { request: milliseconds(request) }),
      ...(backendRequest === undefined ? {} : { backendRequest: milliseconds(backendRequest) }),
    },
  };
}

/** Lowers retries (GEP-1731). The API's default is one additional attempt; 0 disables retries. */
function retryOf(
  retry: { readonly attempts?: number; readonly backoff?: string; readonly codes?: readonly number[] } | undefined,
): Pick<RuleIR, "retry"> {
  if (retry === undefined) return {};
  const { attempts = 1, backoff, codes = [] } = retry;
  return { retry: { attempts, ...(backoff === undefined ? {} : { backoff: milliseconds(backoff) }), codes } };
}
