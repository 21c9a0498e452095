import type { Declared } from "../../api/declared/declared.ts";
import { isIPAddress } from "../../api/kinds/fields.ts";
import type { Finding } from "../../findings/finding.ts";
import { type AdviceInput, fixOf } from "./input.ts";

/** This module finds names that the schema accepts and the API ignores or forbids. */

interface NamedEntry {
  readonly name: string;
}

interface ModifierSpec {
  readonly set?: readonly NamedEntry[];
  readonly add?: readonly NamedEntry[];
}

interface FilterNames {
  readonly requestHeaderModifier?: ModifierSpec;
  readonly responseHeaderModifier?: ModifierSpec;
}

interface RuleNames {
  readonly matches?: readonly { readonly headers?: readonly NamedEntry[] }[];
  readonly filters?: readonly FilterNames[];
  readonly backendRefs?: readonly { readonly filters?: readonly FilterNames[] }[];
}

/** GW3046: header names differ only in case. The API uses the first of them. */
export function repeatedNames({ objects }: AdviceInput): Finding[] {
  return [...objects.routes.values()].flatMap((declared) => {
    const { rules = [] } = declared.object.spec as { readonly rules?: readonly RuleNames[] };
    return rules.flatMap((rule, index) =>
      headerLists(rule, `spec.rules[${index}]`).flatMap(([field, entries]) => repeatedIn(declared, field, entries)),
    );
  });
}

type HeaderList = readonly [field: string, entries: readonly NamedEntry[]];

function headerLists(
  { matches = [], filters = [], backendRefs = [] }: RuleNames,
  under: string,
): readonly HeaderList[] {
  return [
    ...matches.map(({ headers = [] }, i): HeaderList => [`${under}.matches[${i}].headers`, headers]),
    ...modifierLists(filters, under),
    ...backendRefs.flatMap((backend, i) => modifierLists(backend.filters ?? [], `${under}.backendRefs[${i}]`)),
  ];
}

function modifierLists(filters: readonly FilterNames[], under: string): readonly HeaderList[] {
  return filters.flatMap((filter, i) =>
    (["requestHeaderModifier", "responseHeaderModifier"] as const).flatMap((type) =>
      (["set", "add"] as const).map(
        (list): HeaderList => [`${under}.filters[${i}].${type}.${list}`, filter[type]?.[list] ?? []],
      ),
    ),
  );
}

function repeatedIn(declared: Declared, field: string, entries: readonly NamedEntry[]): Finding[] {
  const first = new Map<string, number>();
  return entries.flatMap(({ name }, index) => {
    const before = first.get(name.toLowerCase());
    if (before === undefined) {
      first.set(name.toLowerCase(), index);
      return [];
    }
    const message = `Header names are case-insensitive, and ${entries[before]?.name} stands in front: this entry is ignored.`;
    return [advice(declared, { code: "GW3046", field: `${field}[${index}]`, message, given: name })];
  });
}

/** GW3048: an IP address stands where the API expects a hostname. */
export function addressesAsHostnames({ objects }: AdviceInput): Finding[] {
  const listeners = [...objects.gateways.values(), ...objects.listenerSets.values()].flatMap((declared) =>
    declared.object.spec.listeners.flatMap(({ hostname }, i) =>
      addressIn(declared, `spec.listeners[${i}].hostname`, hostname),
    ),
  );
  const routes = [...objects.routes.values()].flatMap((declared) => {
    const { hostnames = [] } = declared.object.spec as { readonly hostnames?: readonly unknown[] };
    return hostnames.flatMap((hostname, i) => addressIn(declared, `spec.hostnames[${i}]`, hostname));
  });
  return [...listeners, ...routes];
}

function addressIn(declared: Declared, field: string, hostname: unknown): Finding[] {
  if (typeof hostname !== "string" || !isIPAddress(hostname)) return [];
  const message = "A hostname must not be an IP address; the schema takes it, and controllers need not.";
  return [advice(declared, { code: "GW3048", field, message, given: hostname })];
}

function advice(
  { object, origin }: Declared,
  finding: { readonly code: `GW${number}`; readonly field: string; readonly message: string; readonly given: string },
): Finding {
  const { apiVersion, kind, metadata } = object;
  const { namespace, name } = metadata;
  const named = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
  return { ...finding, severity: "advice", object: named, origin, ...fixOf(finding.code) };
}
