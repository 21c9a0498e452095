import { type ApplicationDeveloper, CustomFilter, extensionRef, type HTTPRouteFilter } from "gatewright";
import { defineFilter, type FilterKind, type SpecSchema } from "gatewright/filters";
import { simulate } from "gatewright/testing";

interface Limit {
  readonly perSecond: number;
}

/** A schema of a schema library: the type of its input, and that of its output. */
declare const limit: SpecSchema<Limit, { readonly perSecond?: number }>;

export const limited = defineFilter({
  group: "acme.io",
  kind: "Limit",
  schema: limit,
  async request({ headers, path }, { spec, name, signal }) {
    const allowed: number = spec.perSecond;
    if (signal.aborted || headers.has("x-free")) return undefined;
    if (allowed === 0)
      return { respond: { status: 429, headers: { "retry-after": "1", "set-cookie": ["a=1", "b=2"] } } };
    return { path: `/${name}${path}`, headers: { set: { "x-limit": String(allowed) }, remove: ["x-secret"] } };
  },
});

export const marked = defineFilter({
  group: "acme.io",
  kind: "Mark",
  request({ headers }) {
    for (const [name, value] of headers) if (name === value) return { respond: { status: 400 } };
  },
  response({ status }) {
    return status === 404 ? { status: 410, headers: { add: { via: "mark" } } } : undefined;
  },
});

export const filters: readonly FilterKind[] = [limited, marked];

export function declare(scope: ApplicationDeveloper): HTTPRouteFilter {
  new CustomFilter(scope, "marked", { filter: marked });
  // @ts-expect-error The schema requires a number.
  new CustomFilter(scope, "wrong", { filter: limited, spec: { perSecond: "10" } });
  return extensionRef(new CustomFilter(scope, "limited", { filter: limited, spec: { perSecond: 10 } }));
}

export const answer = simulate([], { filters }).handle("GET", "http://acme.io/");
