import type { ExtensionKind, SpecSchema } from "../api/load/extension.ts";
import type { FilterContext, FilteredRequest, FilteredResponse } from "./message.ts";
import type { RequestOutcome, ResponseOutcome } from "./outcome-types.ts";

/** What a filter for ExtensionRef is made of. It has a `request`, a `response`, or both. */
export interface FilterDefinition<Spec, Input> {
  /** API group of its objects, such as `acme.io`: not one of Kubernetes' or of the Gateway API's own. */
  readonly group: string;
  /** Kind of its objects, such as `RequireApiKey`. */
  readonly kind: string;
  /** Version in which `CustomFilter` writes its objects. By default `v1`. They are read in every version. */
  readonly version?: string;
  /**
   * What `spec` of its objects must be: a schema of zod, valibot, arktype or any other library that follows Standard
   * Schema and validates synchronously. By default anything is.
   */
  readonly schema?: SpecSchema<Spec, Input>;
  /**
   * Sees each request that comes to the filter, and says what becomes of it: nothing (it passes as it is), changes, or
   * an answer. It may be asynchronous; the request then waits, within a limit of time.
   *
   * If it throws, rejects or takes too long, or if what it returns cannot be sent, the request is answered 500.
   */
  request?(request: FilteredRequest, context: FilterContext<Spec>): RequestOutcome | Promise<RequestOutcome>;
  /**
   * Sees the head of each response of a backend to such a request, and may change its status and its header fields. It is
   * synchronous. If it throws, the response is answered 500 in its place.
   */
  response?(response: FilteredResponse, context: Omit<FilterContext<Spec>, "signal">): ResponseOutcome;
}

/** A filter as `defineFilter` makes it: register it by exporting it in a list, `export const filters = [ … ]`. */
export interface FilterKind<Spec = unknown, Input = unknown> extends FilterDefinition<Spec, Input>, ExtensionKind {
  readonly version: string;
  readonly schema?: SpecSchema<Spec, Input>;
}

/**
 * Defines a filter of a kind of your own, which HTTPRoutes and GRPCRoutes name by `extensionRef`.
 *
 * ```ts
 * export const requireHeader = defineFilter({
 *   group: "acme.io",
 *   kind: "RequireHeader",
 *   schema: z.object({ name: z.string() }),
 *   request(request, { spec }) {
 *     if (!request.headers.has(spec.name)) return { respond: { status: 403 } };
 *   },
 * });
 *
 * export const filters = [requireHeader];
 * ```
 *
 * Throws a TypeError that says what is wrong with the definition.
 */
export function defineFilter<Spec = unknown, Input = unknown>(
  definition: FilterDefinition<Spec, Input>,
): FilterKind<Spec, Input> {
  const { group, kind, version = "v1", schema, request, response } = definition;
  const name = `${group}/${kind}`;
  if (typeof group !== "string" || !groupName.test(group)) {
    refuse(name, `group ${shown(group)} is no API group of yours`, 'a DNS name with a dot, such as "acme.io"');
  }
  if (reserved.test(group)) {
    refuse(name, `group ${shown(group)} belongs to Kubernetes`, 'a domain of your own, such as "acme.io"');
  }
  if (typeof kind !== "string" || !kindName.test(kind)) {
    refuse(name, `kind ${shown(kind)} is no Kubernetes kind`, 'letters and digits, such as "RequireApiKey"');
  }
  if (typeof version !== "string" || !versionName.test(version)) {
    refuse(name, `version ${shown(version)} is no Kubernetes version`, '"v1", "v1alpha1", "v2beta3" and the like');
  }
  if (schema !== undefined && typeof schema["~standard"]?.validate !== "function") {
    refuse(name, "schema is no Standard Schema", "a schema of zod, valibot, arktype or the like");
  }
  if (request === undefined && response === undefined) {
    refuse(name, "it does nothing", "a request function, a response function, or both");
  }
  for (const [field, value] of Object.entries({ request, response })) {
    if (value !== undefined && typeof value !== "function") refuse(name, `${field} is no function`, "a function");
  }
  return Object.freeze({ ...definition, version, [filterMark]: 1 as const });
}

/** Marks a filter, also for another copy of this package: the program's and the command's may be two. */
const filterMark: unique symbol = Symbol.for("gatewright.Filter") as never;

/** Whether a value was made by `defineFilter` of this or another copy of the package. */
export function isFilterKind(value: unknown): value is FilterKind {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[filterMark] === 1;
}

/** The API's pattern for a Group that is not empty, with a dot: groups of custom resources have one. */
const groupName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/;
const reserved = /(^|\.)(k8s|kubernetes)\.io$/;
const kindName = /^[a-zA-Z]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/;
const versionName = /^v[1-9][0-9]*((alpha|beta)[1-9][0-9]*)?$/;

function refuse(name: string, what: string, allowed: string): never {
  throw new TypeError(`defineFilter of ${name}: ${what}; it takes ${allowed}.`);
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
