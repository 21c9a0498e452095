import type { Finding } from "../../findings/finding.ts";
import { gatewayApiGroup } from "../../routing/attach/reference-grants.ts";
import type { HostPaths, IndexedListener, PortIndex } from "../../routing/index/model.ts";
import type { GatewayIR, ListenerIR, RuleIR } from "../../routing/ir.ts";
import { routingOf } from "../../routing/match.ts";
import { fullName, routeName } from "../traffic/describe.ts";
import type { RoutedGateway } from "../traffic/model.ts";
import { type AdviceInput, adviseRule, fixOf } from "./input.ts";

/** GW3005: a more specific listener takes the requests for a host, and the route is not attached to that listener. */
export function takenHosts(input: AdviceInput): Finding[] {
  const found = new Map<string, Finding>();
  for (const gateway of input.gateways) {
    for (const port of gateway.index.ports.values()) {
      for (const listener of port.listeners) {
        for (const host of listener.hosts) {
          for (const [key, finding] of takenFrom(input, gateway, port, host)) found.set(key, finding);
        }
      }
    }
  }
  return [...found.values()];
}

function* takenFrom(
  input: AdviceInput,
  { ir }: RoutedGateway,
  port: PortIndex,
  host: HostPaths,
): Generator<[string, Finding]> {
  const routing = routingOf(port, host.hostname);
  if (routing === undefined || routing.listener === host.listener) return;
  const reached = new Set(routing.hosts.flatMap(({ rules }) => routesOf(ir, rules)).map(routeName));
  for (const rule of routesOf(ir, host.rules)) {
    const route = routeName(rule);
    if (reached.has(route)) continue;
    const advice = adviseRule(input, rule, {
      code: "GW3005",
      field: "",
      message: `Requests for ${host.hostname} on port ${port.port} of Gateway ${fullName(ir.gateway)} go to listener ${listenerWords(routing.listener)}, to which ${route} is not attached; it is attached to listener ${listenerWords(host.listener)}.`,
      given: host.hostname,
    });
    yield [
      JSON.stringify([route, ir.gateway, host.listener.name, host.hostname]),
      { ...advice, field: "spec.hostnames" },
    ];
  }
}

function listenerWords({ name, hostname }: IndexedListener): string {
  return `${name} (${hostname ?? "every host"})`;
}

/** Returns one rule of each route. */
function routesOf(ir: GatewayIR, hashes: HostPaths["rules"]): RuleIR[] {
  const rules = hashes.flatMap((hash) => ir.rules[hash] ?? []);
  return [...new Map(rules.map((rule) => [routeName(rule), rule])).values()];
}

const http: readonly string[] = ["HTTP", "HTTPS"];

/** GW3006: no route is attached to a listener, though the sources declare routes. */
export function idleListeners(input: AdviceInput): Finding[] {
  if (input.objects.routes.size === 0) return [];
  return input.gateways.flatMap(({ ir }) =>
    ir.ports.flatMap(({ port, protocol, listeners }) =>
      listeners
        .filter((listener) => http.includes(listener.protocol ?? protocol) && listener.hosts.length === 0)
        .filter((listener) => !isOpaque(input, listener))
        .map((listener) => idle(input, ir, port, listener)),
    ),
  );
}

/**
 * Returns true if the declared objects do not show everything that the listener serves: routes of kinds outside the
 * Gateway API may be attached to it, or only its controller knows the certificate.
 */
function isOpaque({ objects }: AdviceInput, { parent, name, tls }: ListenerIR): boolean {
  if (tls?.mode === "Terminate" && tls.certificates.length === 0) return true;
  const declared = (parent.kind === "Gateway" ? objects.gateways : objects.listenerSets).get(fullName(parent));
  const listener = declared?.object.spec.listeners.find((one) => one.name === name);
  const kinds: readonly { readonly group?: string }[] = listener?.allowedRoutes?.kinds ?? [];
  return kinds.some(({ group = gatewayApiGroup }) => group !== gatewayApiGroup);
}

function idle({ objects }: AdviceInput, { gateway }: GatewayIR, port: number, { parent, name }: ListenerIR): Finding {
  const declared = (parent.kind === "Gateway" ? objects.gateways : objects.listenerSets).get(fullName(parent));
  const index = declared?.object.spec.listeners.findIndex((listener) => listener.name === name) ?? -1;
  const code = "GW3006";
  return {
    code,
    severity: "advice",
    message: `No route is attached to listener ${name} (port ${port} of Gateway ${fullName(gateway)}): every request is answered 404.`,
    object: {
      apiVersion: declared?.object.apiVersion ?? "gateway.networking.k8s.io/v1",
      kind: parent.kind,
      namespace: parent.namespace,
      name: parent.name,
    },
    ...(declared === undefined ? {} : { origin: declared.origin }),
    field: index === -1 ? "spec.listeners" : `spec.listeners[${index}]`,
    ...fixOf(code),
  };
}
