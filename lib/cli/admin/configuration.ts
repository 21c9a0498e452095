import { notShown, publicExpression, publicPath, publicValue, shownText } from "../../api/kinds/credentials.ts";
import type {
  FilterIR,
  GatewayIR,
  HeaderIR,
  HeaderModifierIR,
  MatchIR,
  PathModifierIR,
  RuleIR,
  ValueMatchIR,
  WeightedBackendIR,
} from "../../routing/ir.ts";
import type { AdminState } from "./state.ts";

/**
 * Returns the state without credentials: everything that the admin address shows is made from it. Values of matches and
 * filters are hidden unless they are known to be harmless (`lib/api/kinds/credentials.ts`).
 */
export function withoutCredentials(state: AdminState): AdminState {
  return {
    ready: state.ready,
    gateways: withShownTexts(state.gateways.map(publicGateway)),
    sockets: state.sockets,
    conditions: withShownTexts(state.conditions),
    problems: withShownTexts(state.problems),
    traffic: state.traffic,
  };
}

/** Returns the content of /config: the configuration that the proxy enforces, and the conditions of every object. */
export function configuration({ ready, gateways, sockets, conditions, problems }: AdminState): unknown {
  return { ready, gateways, sockets, conditions, problems };
}

/** Removes from all texts, including names and messages, the parts that look like a credential. */
function withShownTexts<Value>(value: Value): Value {
  const shown = (part: unknown): unknown => {
    if (typeof part === "string") return shownText(part);
    if (Array.isArray(part)) return part.map(shown);
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([name, member]) => [name, shown(member)]));
  };
  return shown(value) as Value;
}

/** Replaces the hashes of rules by their ids: a hash would let a short credential in the rule be guessed. */
function publicGateway(ir: GatewayIR): GatewayIR {
  const keys = new Map<string, string>();
  for (const [hash, { id }] of Object.entries(ir.rules)) {
    const isTaken = [...keys.values()].includes(id);
    keys.set(hash, isTaken ? `${id} (${keys.size})` : id);
  }
  const ports = ir.ports.map((port) => ({
    ...port,
    listeners: port.listeners.map((listener) => ({
      ...listener,
      hosts: listener.hosts.map((host) => ({ ...host, rules: host.rules.map((hash) => keys.get(hash) ?? notShown) })),
    })),
  }));
  const rules = Object.entries(ir.rules).map(([hash, rule]) => [keys.get(hash) ?? notShown, publicRule(rule)] as const);
  return { ...ir, ports, rules: Object.fromEntries(rules) };
}

function publicRule(rule: RuleIR): RuleIR {
  return {
    ...rule,
    matches: rule.matches.map(publicMatch),
    filters: rule.filters.map(publicFilter),
    backends: rule.backends.map(publicBackend),
  };
}

function publicBackend(backend: WeightedBackendIR): WeightedBackendIR {
  return { ...backend, filters: backend.filters.map(publicFilter) };
}

function publicMatch({ path, headers, queryParams, ...rest }: MatchIR): MatchIR {
  const isExpression = path.type === "RegularExpression";
  return {
    ...rest,
    path: { type: path.type, value: isExpression ? publicExpression(path.value) : publicPath(path.value) },
    headers: headers.map(publicField),
    queryParams: queryParams.map(publicField),
  };
}

function publicField<Field extends HeaderIR | ValueMatchIR>(field: Field): Field {
  return { ...field, value: publicValue(field.name, field.value) };
}

/** Every type of filter needs a case: otherwise this does not compile. */
function publicFilter(filter: FilterIR): FilterIR {
  switch (filter.type) {
    case "RequestHeaderModifier":
    case "ResponseHeaderModifier":
      return { ...filter, ...publicModifier(filter) };
    case "RequestRedirect":
    case "URLRewrite":
      return filter.path === undefined ? filter : { ...filter, path: publicPathModifier(filter.path) };
    case "RequestMirror":
    case "CORS":
      return filter;
    case "ExtensionRef": {
      const { object } = filter;
      if ("invalid" in object) return filter;
      return { ...filter, object: "opaque" in object ? { opaque: notShown } : { spec: publicSpec(object.spec) } };
    }
    case "Opaque":
      return { ...filter, opaque: notShown };
  }
}

function publicModifier({ set, add, remove }: HeaderModifierIR): HeaderModifierIR {
  return { set: set.map(publicField), add: add.map(publicField), remove };
}

function publicPathModifier(path: PathModifierIR): PathModifierIR {
  return { ...path, value: publicPath(path.value) };
}

/** Shows the members of a custom filter's spec, but no values, since only the filter knows their meaning. */
function publicSpec(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(publicSpec);
  if (typeof value !== "object" || value === null)
    return typeof value === "boolean" || value === null ? value : notShown;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, publicSpec(member)]));
}
