import { at, type Fields, isFields, isList, present } from "./fields.ts";
import type { Ledger } from "./ledger.ts";

/** Converts the matches of a rule in an HTTPRoute of v1alpha1. A value of another type is unchanged. */
export function convertMatches(matches: unknown, field: string, ledger: Ledger): unknown {
  if (!isList(matches)) return matches;
  return matches.map((match, index) => (isFields(match) ? convertMatch(match, at(field, index), ledger) : match));
}

function convertMatch(match: Fields, field: string, ledger: Ledger): Fields {
  const { path, headers, queryParams, extensionRef, ...rest } = match;
  if (extensionRef !== undefined) {
    ledger.lost(at(field, "extensionRef"), "Matches cannot be extended by another object any more", {
      given: extensionRef,
      fix: "Express the match with path, headers, queryParams and method; until then this rule matches more than it did.",
    });
  }
  return present({
    path: isFields(path) ? convertPath(path, at(field, "path"), ledger) : path,
    headers: convertValues(headers, at(field, "headers"), ledger),
    queryParams: convertValues(queryParams, at(field, "queryParams"), ledger),
    ...rest,
  });
}

/** Converts the type `Prefix`, which compares whole path elements like `PathPrefix`. */
function convertPath(path: Fields, field: string, ledger: Ledger): Fields {
  if (path.type === "Prefix") return { ...path, type: "PathPrefix" };
  if (path.type === implementationSpecific) {
    reportImplementationSpecific(at(field, "type"), "PathPrefix", ledger);
    return { ...path, type: "PathPrefix" };
  }
  return path;
}

/** Converts one type with a map of `values` to a list in which each header has its own type. */
function convertValues(matches: unknown, field: string, ledger: Ledger): unknown {
  if (!isFields(matches)) return matches;
  const { type, values, ...rest } = matches;
  for (const [key, value] of Object.entries(rest)) {
    ledger.malformed(at(field, key), value, "type and values");
  }
  if (!isFields(values)) {
    ledger.malformed(field, matches, "values: a mapping from names to values");
    return undefined;
  }
  if (type === implementationSpecific) reportImplementationSpecific(at(field, "type"), "Exact", ledger);
  const each = type === implementationSpecific ? "Exact" : type;
  return Object.entries(values).map(([name, value]) => present({ type: each, name, value }));
}

const implementationSpecific = "ImplementationSpecific";

function reportImplementationSpecific(field: string, converted: string, ledger: Ledger): void {
  ledger.error(
    "GW1311",
    field,
    `The type ImplementationSpecific does not exist any more; it was converted to ${converted}`,
    {
      given: implementationSpecific,
      allowed: converted === "Exact" ? "Exact, RegularExpression" : "Exact, PathPrefix, RegularExpression",
      fix: "Choose the type that says what is meant.",
    },
  );
}
