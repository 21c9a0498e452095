import type { FilterIR } from "../ir.ts";
import { answerCORS } from "../rewrite/cors.ts";
import { type EncodeValue, prepareModifier, prepareRequestModifier } from "./header-modifier.ts";
import type { RequestChanges } from "./request-changes.ts";

/** Applies one filter to a request. */
export type FilterStep = (changes: RequestChanges<object>) => void;

/** How the filters of one type act. */
export interface FilterType<Filter> {
  /** Compiles a filter once per configuration; the step then runs for each request. */
  compile(filter: Filter, encode: EncodeValue): FilterStep;
}

/** The filter of the IR that has this type. */
export type FilterOf<Type extends FilterIR["type"]> = Extract<FilterIR, { readonly type: Type }>;

/**
 * The one meaning of each filter type of the IR, for simulate, explain and the wire. A type without an entry does not
 * compile.
 */
export const filterTypes: { readonly [Type in FilterIR["type"]]: FilterType<FilterOf<Type>> } = {
  RequestHeaderModifier: {
    compile(filter, encode) {
      const { headers, host } = prepareRequestModifier(filter, encode);
      const isEmpty = headers.set.length + headers.add.length + headers.remove.length === 0;
      return (changes) => {
        if (host !== undefined) changes.sendTo(host);
        if (!isEmpty) changes.headers = [...changes.headers, headers];
      };
    },
  },
  ResponseHeaderModifier: {
    compile(filter, encode) {
      const modifier = prepareModifier(filter, encode);
      return (changes) => {
        changes.responseSteps = [...changes.responseSteps, modifier];
      };
    },
  },
  URLRewrite: { compile: (filter) => (changes) => changes.rewrite(filter) },
  RequestRedirect: { compile: (filter) => (changes) => changes.redirect(filter) },
  RequestMirror: {
    compile: (filter) => (changes) => {
      changes.mirrors = [...changes.mirrors, filter];
    },
  },
  CORS: {
    compile: (filter) => (changes) => {
      const { kind, headers } = answerCORS(filter, changes.request);
      if (kind === "actual") changes.cors = [...changes.cors, headers];
      else {
        const fields = [...headers.set, ...headers.add];
        changes.answer = { status: 200, reason: "CORSPreflight", message: "", headers: fields };
      }
    },
  },
  /** Filters of somebody's own are run by lib/filters. Here there is nothing to run, and a filter is never skipped. */
  ExtensionRef: {
    compile({ group, kind, namespace, name, object }) {
      const missing = `The route's filter ${group}/${kind} ${namespace}/${name} is not known to this proxy.`;
      const [reason, message] =
        "invalid" in object ? [object.invalid, object.message] : (["UnsupportedFilter", missing] as const);
      return (changes) => {
        changes.answer = { status: 500, reason, message, headers: [] };
      };
    },
  },
  /** A type that our own proxy does not have. What only follows requests leaves opaque filters out before this. */
  Opaque: {
    compile({ filterType }) {
      const message = `This proxy has no filters of type ${filterType}.`;
      return (changes) => {
        changes.answer = { status: 500, reason: "UnsupportedFilter", message, headers: [] };
      };
    },
  },
};

/** Compiles one filter by the entry of its type. */
export function compileFilter(filter: FilterIR, encode: EncodeValue = (value) => value): FilterStep {
  const type = filterTypes[filter.type] as FilterType<FilterIR>;
  return type.compile(filter, encode);
}

/** Compiles a list of filters, in its order. */
export function compileFilters(filters: readonly FilterIR[], encode?: EncodeValue): readonly FilterStep[] {
  return filters.map((filter) => compileFilter(filter, encode));
}

/** Applies a list of steps until one of them answers in the backend's place. */
export function applyFilters(steps: readonly FilterStep[], changes: RequestChanges<object>): void {
  for (let i = 0; i < steps.length && changes.answer === undefined; i++) (steps[i] as FilterStep)(changes);
}
