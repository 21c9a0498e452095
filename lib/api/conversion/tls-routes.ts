import { at, type Fields, isFields, isList, present } from "./fields.ts";
import { convertForwardTo } from "./forward-to.ts";
import { convertHostnames } from "./hostnames.ts";
import type { Ledger } from "./ledger.ts";
import { eachRule, reportExtensions } from "./routes.ts";

/** One of the routes that a TLSRoute of v1alpha1 becomes. */
export interface ConvertedTlsRoute {
  /** Appended to the name of the route; empty for the first. */
  readonly suffix: string;
  readonly spec: Fields;
}

/**
 * TLSRoute of v1alpha1, but for `gateways`. Its rules had server names each (`matches[].snis`); today the route has them
 * (`hostnames`), and a single rule. Rules with the same server names stay together, others become routes of their own.
 */
export function convertTlsRoute(spec: Fields, ledger: Ledger): readonly ConvertedTlsRoute[] {
  const { rules, hostnames, ...rest } = spec;
  if (!isList(rules)) return [{ suffix: "", spec }];
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
  return [...groups.values()].map((group, index) => {
    const all = [...new Set([...shared, ...group.hostnames])];
    if (index > 0) noteDivision(index, group.hostnames, ledger);
    return {
      suffix: index === 0 ? "" : `-${index + 1}`,
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

function noteDivision(index: number, names: readonly unknown[], ledger: Ledger): void {
  ledger.note(
    "GW1310",
    "spec.rules",
    `The rules for ${names.join(", ") || "every server name"} became a TLSRoute of their own, with -${index + 1} appended to its name`,
  );
}
