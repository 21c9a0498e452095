import type { RequestHead } from "../../../lib/routing/index/model.ts";
import type { GatewayIR, HostIR, ListenerIR, MatchIR, RuleIR } from "../../../lib/routing/ir.ts";

/** Short forms of the IR for the tests of the index. */

export function matchOf(match: Partial<MatchIR> & { prefix?: string; exact?: string; regex?: string } = {}): MatchIR {
  const { prefix, exact, regex, ...rest } = match;
  const path =
    exact !== undefined
      ? ({ type: "Exact", value: exact } as const)
      : regex !== undefined
        ? ({ type: "RegularExpression", value: regex } as const)
        : ({ type: "PathPrefix", value: prefix ?? "/" } as const);
  return { path, headers: [], queryParams: [], ...rest };
}

export function ruleOf(name: string, matches: readonly MatchIR[], rest: Partial<RuleIR> = {}): RuleIR {
  return {
    id: `HTTPRoute/store/${name}/rules/0`,
    route: { kind: "HTTPRoute", namespace: "store", name },
    index: 0,
    matches,
    filters: [],
    backends: [],
    ...rest,
  };
}

/** Returns a Gateway with port 80. The hash of a rule is its id and its content. */
export function gatewayOf(listeners: readonly Listener[]): GatewayIR {
  const rules: Record<string, RuleIR> = {};
  const hashed = (rule: RuleIR) => {
    const hash = `${rule.id}#${JSON.stringify(rule)}`;
    rules[hash] = rule;
    return hash;
  };
  const irs = listeners.map(({ name, hostname, hosts }): ListenerIR => {
    const list = hosts.map(([host, routed]): HostIR => ({ hostname: host, rules: routed.map(hashed) }));
    const parent = { kind: "Gateway", namespace: "edge", name: "acme" } as const;
    return { name, parent, ...(hostname !== undefined && { hostname }), hosts: list };
  });
  return {
    version: 1,
    gateway: { namespace: "edge", name: "acme" },
    ports: [{ port: 80, protocol: "HTTP", listeners: irs }],
    rules,
    backends: {},
  };
}

export interface Listener {
  readonly name: string;
  readonly hostname?: string | undefined;
  readonly hosts: readonly (readonly [hostname: string, rules: readonly RuleIR[]])[];
}

export function requestOf(
  request: Partial<Omit<RequestHead, "header">> & { headers?: Readonly<Record<string, string>> } = {},
): RequestHead & { readonly headers: Readonly<Record<string, string>> } {
  const { headers = {}, ...rest } = request;
  return { method: "GET", host: "acme.io", path: "/", query: "", ...rest, headers, header: (name) => headers[name] };
}
