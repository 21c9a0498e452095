import { at, type Fields, isFields, isList, present } from "./fields.ts";
import { convertForwardTo } from "./forward-to.ts";
import { convertHostnames } from "./hostnames.ts";
import { convertFilters } from "./http-filters.ts";
import { convertMatches } from "./http-matches.ts";
import type { Ledger } from "./ledger.ts";
import { convertRouteTls } from "./listener-tls.ts";

/** Converts an HTTPRoute of v1alpha1 except for `gateways`, which bind-routes.ts reads. */
export function convertHttpRoute(spec: Fields, ledger: Ledger): Fields {
  const { hostnames, tls, rules, ...rest } = spec;
  convertRouteTls(tls, "spec.tls", ledger);
  return present({
    ...rest,
    hostnames: convertHostnames(hostnames, "spec.hostnames", ledger),
    rules: eachRule(rules, (rule, field) => convertHttpRule(rule, field, ledger)),
  });
}

function convertHttpRule(rule: Fields, field: string, ledger: Ledger): Fields {
  const { matches, filters, ...rest } = rule;
  const converted = present({
    matches: convertMatches(matches, at(field, "matches"), ledger),
    filters: convertFilters(filters, at(field, "filters"), ledger),
    ...rest,
  });
  return convertForwardTo(converted, field, ledger, ({ filters: own, ...backend }, place) =>
    present({ ...backend, filters: convertFilters(own, at(place, "filters"), ledger) }),
  );
}

/** Converts a TCPRoute or UDPRoute of v1alpha1 except for `gateways`. Their matches contain only extensions. */
export function convertStreamRoute(spec: Fields, ledger: Ledger): Fields {
  const { rules, ...rest } = spec;
  return present({
    ...rest,
    rules: eachRule(rules, ({ matches, ...rule }, field) => {
      reportExtensions(matches, at(field, "matches"), ledger);
      return convertForwardTo(rule, field, ledger);
    }),
  });
}

/** Applies `convert` to each rule with its field path. A value that is not a list is unchanged. */
export function eachRule(rules: unknown, convert: (rule: Fields, field: string) => Fields): unknown {
  if (!isList(rules)) return rules;
  return rules.map((rule, index) => (isFields(rule) ? convert(rule, `spec.rules[${index}]`) : rule));
}

/** Reports all fields of `matches` that are not in `known`. */
export function reportExtensions(matches: unknown, field: string, ledger: Ledger, known: readonly string[] = []): void {
  if (matches === undefined) return;
  if (!isList(matches)) {
    ledger.malformed(field, matches, "a list of matches");
    return;
  }
  matches.forEach((match, index) => {
    const place = at(field, index);
    if (!isFields(match)) {
      ledger.malformed(place, match, "a mapping");
      return;
    }
    for (const [key, value] of Object.entries(match)) {
      if (known.includes(key)) continue;
      ledger.lost(at(place, key), "Matches cannot be extended by another object any more", {
        given: value,
        fix: "Remove it; until then this rule takes more connections than it did.",
      });
    }
  });
}
