import { extensionKey } from "../../../../lib/api/load/extension.ts";
import type { FilterKind } from "../../../../lib/filters/definition.ts";
import type {
  BackendIR,
  EndpointIR,
  FilterIR,
  GatewayIR,
  MatchIR,
  ProtocolIR,
  RuleIR,
  WeightedBackendIR,
} from "../../../../lib/routing/ir.ts";
import type { Snapshot } from "../../../../proxy/dataplane/routing/snapshot.ts";

/** A rule in the short form of tests: a prefix, its backends by name with their weights, filters. */
export interface RuleOptions {
  readonly id?: string;
  readonly path?: MatchIR["path"];
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Weights by backend name; `!Reason` is an invalid backend. */
  readonly backends?: Readonly<Record<string, number>>;
  readonly filters?: readonly FilterIR[];
  readonly backendFilters?: readonly FilterIR[];
  readonly timeouts?: RuleIR["timeouts"];
  readonly retry?: RuleIR["retry"];
}

export interface SnapshotOptions {
  readonly rules?: readonly RuleOptions[];
  /** Ports on 127.0.0.1 by backend name; a list for several endpoints. */
  readonly endpoints: Readonly<Record<string, number | readonly number[]>>;
  readonly hostname?: string;
  readonly localPort?: number;
  readonly protocol?: ProtocolIR;
  readonly backend?: Partial<BackendIR>;
  /** Filters that are registered for ExtensionRef. */
  readonly filters?: readonly FilterKind[];
}

export const gateway = { namespace: "edge", name: "test" };

const backendKey = (name: string): string => `default/${name}:80`;

/** Returns a Gateway with one listener on port 80, one host and these rules in their order. */
export function snapshot(options: SnapshotOptions): Snapshot {
  const { rules = [{}], endpoints, hostname = "*", localPort = 0, protocol = "HTTP" } = options;
  const irs = rules.map((rule, index) => ruleIR(rule, index, Object.keys(endpoints)[0] ?? "none"));
  const hashed = irs.map((ir) => [JSON.stringify(ir), ir] as const);
  const parent = { kind: "Gateway" as const, ...gateway };
  const ir: GatewayIR = {
    version: 1,
    gateway,
    ports: [
      {
        port: 80,
        protocol,
        listeners: [{ name: "http", parent, hosts: [{ hostname, rules: hashed.map(([hash]) => hash) }] }],
      },
    ],
    rules: Object.fromEntries(hashed),
    backends: Object.fromEntries(
      Object.keys(endpoints).map((name) => [backendKey(name), { ...backendIR(name), ...options.backend }]),
    ),
  };
  return {
    gateways: [ir],
    sockets: [{ gateway, port: 80, host: "127.0.0.1", localPort }],
    endpoints: new Map(
      Object.entries(endpoints).map(([name, ports]) => [backendKey(name), [ports].flat().map(endpoint)]),
    ),
    ...(options.filters !== undefined && {
      filters: { modules: [], kinds: new Map(options.filters.map((kind) => [extensionKey(kind), kind])) },
    }),
  };
}

function backendIR(name: string): BackendIR {
  return { kind: "Service", namespace: "default", name, port: 80, protocol: "http1" };
}

export function endpoint(port: number): EndpointIR {
  return { address: "127.0.0.1", port, ready: true, serving: true, terminating: false };
}

function ruleIR(options: RuleOptions, index: number, first: string): RuleIR {
  const { path = { type: "PathPrefix", value: "/" }, method, headers = {}, timeouts, retry } = options;
  const match: MatchIR = {
    path,
    ...(method !== undefined && { method }),
    headers: Object.entries(headers).map(([name, value]) => ({ name, type: "Exact", value })),
    queryParams: [],
  };
  return {
    id: options.id ?? `HTTPRoute/default/test/rules/${index}`,
    route: { kind: "HTTPRoute", namespace: "default", name: "test" },
    index,
    matches: [match],
    filters: options.filters ?? [],
    backends: Object.entries(options.backends ?? { [first]: 1 }).map(([name, weight]) =>
      backendRef(name, weight, options.backendFilters ?? []),
    ),
    ...(timeouts !== undefined && { timeouts }),
    ...(retry !== undefined && { retry }),
  };
}

function backendRef(name: string, weight: number, filters: readonly FilterIR[]): WeightedBackendIR {
  const target = name.startsWith("!")
    ? { invalid: name.slice(1), message: "The test says so." }
    : { backend: backendKey(name) };
  return { weight, target, filters };
}

/** Returns an ExtensionRef to an object of acme.io with this spec. */
export function extension(kind: string, spec?: unknown, name = "one"): FilterIR {
  return { type: "ExtensionRef", group: "acme.io", kind, namespace: "default", name, object: { spec } };
}

export function mirrorTo(name: string, numerator = 1, denominator = 1): FilterIR {
  return { type: "RequestMirror", target: { backend: backendKey(name) }, numerator, denominator };
}

export function modifier(
  type: "RequestHeaderModifier" | "ResponseHeaderModifier",
  changes: {
    readonly set?: Readonly<Record<string, string>>;
    readonly add?: Readonly<Record<string, string>>;
    readonly remove?: readonly string[];
  },
): FilterIR {
  const headers = (of: Readonly<Record<string, string>> = {}) =>
    Object.entries(of).map(([name, value]) => ({ name, value }));
  return { type, set: headers(changes.set), add: headers(changes.add), remove: changes.remove ?? [] };
}
