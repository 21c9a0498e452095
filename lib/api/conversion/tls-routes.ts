import { at, type Fields, isFields, isList, present } from "./fields.ts";
import { convertForwardTo } from "./forward-to.ts";
import { convertHostnames } from "./hostnames.ts";
import type { Ledger } from "./ledger.ts";
import { eachRule, reportExtensions } from "./routes.ts";

/** One of the routes into which a TLSRoute of v1alpha1 is divided. */
export interface ConvertedTlsRoute {
  /** A suffix for the route's name, empty for the first. */
  readonly suffix: string;
  readonly spec: Fields;
}

/**
 * Converts a TLSRoute of v1alpha1 except for `gateways`. Each of its rules has server names (`matches[].snis`), while a
 * current route has `hostnames` and a single rule. Rules with equal server names stay together; others become separate
 * routes, whose names end with the first number that is not taken.
 */
export function convertTlsRoute(
  spec: Fields,
  ledger: Ledger,
  isTaken: (suffix: string) => boolean,
): readonly ConvertedTlsRoute[] {
  const { rules, hostnames, ...rest } = spec;
  if (!isList(rules) || rules.length === 0) return [{ suffix: "", spec }];
  const groups = new Map<string, { readonly hostnames: readonly unknown[]; readonly rules: unknown[] }>();
  const converted = eachRule(rules, ({ matches: _, ...rule }, field) =>
    convertForwardTo(rule, field, ledger),
  ) as unknown[];
  rules.forEach((rule, index) => {
    const names = isFields(rule) ? serverNames(rule.matches, `spec.rules[${index}].matches`, ledger) : [];
    const key = JSON.stringify([...names].sort());
    const group = groups.get(key) ?? { hostnames: names, rules: [] };
    group.rules.push(converted[index]);
    groups.set(key, group);
  });
  const shared = isList(hostnames) ? hostnames : [];
  let number = 1;
  const nextFree = (): string => {
    do number += 1;
    while (isTaken(`-${number}`));
    return `-${number}`;
  };
  return [...groups.values()].map((group, index) => {
    const all = [...new Set([...shared, ...group.hostnames])];
    const suffix = index === 0 ? "" : nextFree();
    if (index > 0) noteDivision(suffix, group.hostnames, ledger);
    return {
      suffix,
      spec: present({ ...rest, hostnames: all.length === 0 ? hostnames : all, rules: group.rules }),
    };
  });
}

function serverNames(matches: unknown, field: string, ledger: Ledger): readonly unknown[] {
  reportExtensions(matches, field, ledger, ["snis"]);
  if (!isList(matches)) return [];
  return matches.flatMap((match, index) => {
    if (!isFields(match) || match.snis === undefined) return [];
    const place = at(at(field, index), "snis");
    if (!isList(match.snis)) {
      ledger.malformed(place, match.snis, "a list of server names");
      return [];
    }
    convertHostnames(match.snis, place, ledger);
    return match.snis;
  });
}

function noteDivision(suffix: string, names: readonly unknown[], ledger: Ledger): void {
  const rules = names.length === 0 ? "without server names" : `for ${names.join(", ")}`;
  ledger.note(
    "GW1310",
    "spec.rules",
    `The rules ${rules} became a TLSRoute of their own, with ${suffix} appended to its name`,
  );
}
