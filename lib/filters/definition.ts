import type { ExtensionKind, SpecSchema } from "../api/load/extension.ts";
import type { FilterContext, FilteredRequest, FilteredResponse } from "./message.ts";
import type { RequestOutcome, ResponseOutcome } from "./outcome-types.ts";

/** The definition of a custom filter for ExtensionRef. It has a `request` function, a `response` function, or both. */
export interface FilterDefinition<Spec, Input> {
  /** API group of the filter's objects, such as `acme.io`. It must not be one of Kubernetes or of the Gateway API. */
  readonly group: string;
  /** Kind of the filter's objects, such as `RequireApiKey`. */
  readonly kind: string;
  /** Version in which `CustomFilter` writes the objects. Default: `v1`. Objects of every version are read. */
  readonly version?: string;
  /**
   * The schema of the objects' `spec`, of zod, valibot, arktype or any other library that implements Standard Schema
   * and validates synchronously. Default: any spec is valid.
   */
  readonly schema?: SpecSchema<Spec, Input>;
  /**
   * Called for each request that reaches the filter. It returns nothing to pass the request unchanged, or changes, or a
   * response to send instead. It may be asynchronous; the request then waits, up to a timeout.
   *
   * If it throws, rejects, times out or returns an outcome that cannot be sent, the request is answered with 500.
   */
  request?(request: FilteredRequest, context: FilterContext<Spec>): RequestOutcome | Promise<RequestOutcome>;
  /**
   * Called with the head of each backend response to such a request. It may change the status and the header fields. It
   * must be synchronous. If it throws, 500 is sent in place of the response.
   */
  response?(response: FilteredResponse, context: Omit<FilterContext<Spec>, "signal">): ResponseOutcome;
}

/** A filter that `defineFilter` returns. To register it, export it in a list: `export const filters = [ … ]`. */
export interface FilterKind<Spec = unknown, Input = unknown> extends FilterDefinition<Spec, Input>, ExtensionKind {
  readonly version: string;
  readonly schema?: SpecSchema<Spec, Input>;
}

/**
 * Defines a custom filter, which HTTPRoutes and GRPCRoutes reference by `extensionRef`.
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
 * Throws a TypeError that describes the error in the definition.
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

/** Marks a filter. The symbol is registered, because the program and the command may use two copies of this package. */
const filterMark: unique symbol = Symbol.for("gatewright.Filter") as never;

/** Reports whether `defineFilter` of this or another copy of the package returned a value. */
export function isFilterKind(value: unknown): value is FilterKind {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[filterMark] === 1;
}

/** The API's pattern for Group, with at least one dot, because groups of custom resources contain a dot. */
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
