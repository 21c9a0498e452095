import { compareText } from "../objects.ts";
import type { EffectiveHostname } from "./attachment.ts";

/**
 * Returns the hostname that matches exactly the hosts that both `a` and `b` match, or undefined if there are none. `*`
 * matches every host; `*.example.com` matches every name that ends in `.example.com`, with any number of labels before
 * it.
 */
export function intersectHostnames(a: string, b: string): string | undefined {
  if (coversHostname(a, b)) return b;
  return coversHostname(b, a) ? a : undefined;
}

/** Reports whether `pattern` matches every host that `hostname` matches. */
export function coversHostname(pattern: string, hostname: string): boolean {
  if (pattern === "*" || pattern === hostname) return true;
  if (!pattern.startsWith("*.") || hostname === "*") return false;
  return hostname.endsWith(pattern.slice(1));
}

/** Orders hostnames by precedence (`hostnames` of routes): exact before wildcard, longer before shorter, `*` last. */
export function compareHostnames(a: string, b: string): number {
  return Number(a.startsWith("*")) - Number(b.startsWith("*")) || b.length - a.length || compareText(a, b);
}

/**
 * Returns the hostnames under which a route with `routeHostnames` is reachable through a listener with
 * `listenerHostname`. An absent hostname means every host. Each hostname appears once, the most specific first. If
 * several hostnames of the route yield the same one, `routeHostname` is the most specific of them.
 */
export function effectiveHostnames(
  listenerHostname: string | undefined,
  routeHostnames: readonly string[] | undefined,
): readonly EffectiveHostname[] {
  const wanted = routeHostnames === undefined || routeHostnames.length === 0 ? ["*"] : routeHostnames;
  const found = new Map<string, EffectiveHostname>();
  for (const own of wanted.map((name) => name.toLowerCase()).sort(compareHostnames)) {
    const hostname = intersectHostnames((listenerHostname || "*").toLowerCase(), own);
    if (hostname !== undefined && !found.has(hostname)) found.set(hostname, { hostname, routeHostname: own });
  }
  return [...found.values()].sort((a, b) => compareHostnames(a.hostname, b.hostname));
}
