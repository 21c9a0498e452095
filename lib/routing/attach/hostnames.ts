import { compareText } from "../objects.ts";
import type { EffectiveHostname } from "./attachment.ts";

/**
 * The hostnames that match both `a` and `b`, as one hostname again, or undefined if there are none. `*` is every host;
 * `*.example.com` is every name that ends in `.example.com`, however many labels stand in front of it.
 */
export function intersectHostnames(a: string, b: string): string | undefined {
  if (coversHostname(a, b)) return b;
  return coversHostname(b, a) ? a : undefined;
}

/** Whether every host that `hostname` matches is matched by `pattern`. */
export function coversHostname(pattern: string, hostname: string): boolean {
  if (pattern === "*" || pattern === hostname) return true;
  if (!pattern.startsWith("*.") || hostname === "*") return false;
  return hostname.endsWith(pattern.slice(1));
}

/** Exact names before wildcards, longer before shorter, `*` last: the precedence of the route kinds' `hostnames`. */
export function compareHostnames(a: string, b: string): number {
  return Number(a.startsWith("*")) - Number(b.startsWith("*")) || b.length - a.length || compareText(a, b);
}

/**
 * Under which hostnames a route with `routeHostnames` is reachable through a listener with `listenerHostname`; no
 * hostname means every host. The most specific first, each once: where several of the route's own lead to the same one,
 * the most specific of them is named.
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
