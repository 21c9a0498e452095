import type { FilterIR } from "../ir.ts";
import { answerCORS } from "../rewrite/cors.ts";
import { type EncodeValue, prepareModifier, prepareRequestModifier } from "./header-modifier.ts";
import type { FilteredRequestState } from "./request-changes.ts";

/** Applies one filter to a request. */
export type FilterStep = (changes: FilteredRequestState<object>) => void;

/** The implementation of one filter type. */
export interface FilterType<Filter> {
  /** Compiles a filter once per configuration; the step then runs for each request. */
  compile(filter: Filter, encode: EncodeValue): FilterStep;
}

/** The filter of the IR with this type. */
export type FilterOf<Type extends FilterIR["type"]> = Extract<FilterIR, { readonly type: Type }>;

/**
 * The implementation of every filter type of the IR, shared by `simulate`, `explain` and the proxy. A filter type
 * without an entry is a compile error.
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
  /** Answers with 500, because a filter must never be skipped. lib/filters runs registered custom filters first. */
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
  /** Answers with 500: our proxy lacks this filter type. Code that only traces requests skips opaque filters. */
  Opaque: {
    compile({ filterType }) {
      const message = `This proxy has no filters of type ${filterType}.`;
      return (changes) => {
        changes.answer = { status: 500, reason: "UnsupportedFilter", message, headers: [] };
      };
    },
  },
};

/** The filter types of the API that the proxy has. `Opaque` stands for all others. */
export const servedFilterTypes: readonly string[] = Object.keys(filterTypes).filter((type) => type !== "Opaque");

/** Compiles one filter by the entry of its type. */
export function compileFilter(filter: FilterIR, encode: EncodeValue = (value) => value): FilterStep {
  const type = filterTypes[filter.type] as FilterType<FilterIR>;
  return type.compile(filter, encode);
}

/** Compiles a list of filters, in order. */
export function compileFilters(filters: readonly FilterIR[], encode?: EncodeValue): readonly FilterStep[] {
  return filters.map((filter) => compileFilter(filter, encode));
}

/** Applies steps in order until one of them answers in place of the backend. */
export function applyFilters(steps: readonly FilterStep[], changes: FilteredRequestState<object>): void {
  for (let i = 0; i < steps.length && changes.answer === undefined; i++) (steps[i] as FilterStep)(changes);
}
