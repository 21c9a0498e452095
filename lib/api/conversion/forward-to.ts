import { at, type Fields, isFields, isList, present } from "./fields.ts";
import type { Ledger } from "./ledger.ts";
import { currentReference } from "./references.ts";

/**
 * Converts a target of v1alpha1, an entry of `forwardTo` or a mirror. It has `serviceName` or `backendRef`, of which
 * `serviceName` wins, and `port`. The result is a current reference that keeps the entry's other fields.
 */
export function convertTarget(entry: Fields, field: string, ledger: Ledger): Fields {
  const { serviceName, backendRef, port, ...rest } = entry;
  if (serviceName !== undefined) {
    if (backendRef !== undefined) {
      ledger.settled(at(field, "backendRef"), "serviceName takes precedence over a backendRef beside it", {
        given: backendRef,
      });
    }
    return present({ name: serviceName, port, ...rest });
  }
  if (isFields(backendRef)) {
    const own = port === undefined ? {} : { port };
    return present({ ...(currentReference(backendRef) as Fields), ...own, ...rest });
  }
  if (backendRef !== undefined)
    ledger.malformed(at(field, "backendRef"), backendRef, "a mapping with group, kind and name");
  return present({ port, ...rest });
}

/** Converts a rule's `forwardTo` to `backendRefs`, appended to those that the rule already has. */
export function convertForwardTo(
  rule: Fields,
  field: string,
  ledger: Ledger,
  convertEntry: (entry: Fields, field: string) => Fields = (entry) => entry,
): Fields {
  const { forwardTo, ...rest } = rule;
  if (forwardTo === undefined) return rest;
  const place = at(field, "forwardTo");
  if (!isList(forwardTo)) {
    ledger.malformed(place, forwardTo, "a list of backends");
    return rest;
  }
  const converted = forwardTo.map((entry, index) => {
    const itemPlace = at(place, index);
    return isFields(entry) ? convertEntry(convertTarget(entry, itemPlace, ledger), itemPlace) : entry;
  });
  return { ...rest, backendRefs: [...(isList(rest.backendRefs) ? rest.backendRefs : []), ...converted] };
}
