import { firstUnmet, type Unmet } from "./index/conditions.ts";
import type { Candidate, HostPaths, HostRouting, PortIndex, RequestHead } from "./index/model.ts";
import { matchPaths } from "./index/paths.ts";
import { comparePrecedence } from "./index/precedence.ts";

export type { Candidate, GatewayIndex, IndexedListener, IndexedRule, PortIndex, RequestHead } from "./index/model.ts";

/**
 * Decides a request: which match of which rule serves it, or undefined when none does, which is answered 404.
 *
 * The most specific listener of the port takes the host, and only its routes are looked at. Among them the most
 * specific hostname goes first; when nothing there matches, the next one is tried. docs/decisions/0011-match-precedence.md
 */
export function match(port: PortIndex, request: RequestHead): Candidate | undefined {
  const routing = port.hosts.find(request.host);
  if (routing === undefined) return undefined;
  const { hosts } = routing;
  for (let i = 0; i < hosts.length; i++) {
    const candidate = matchPaths(hosts[i] as HostPaths, request);
    if (candidate !== undefined) return candidate;
  }
  return undefined;
}

/** The listener that a host belongs to, and its hostnames that cover it; undefined when no listener takes the host. */
export function routingOf(port: PortIndex, host: string): HostRouting | undefined {
  return port.hosts.find(host);
}

/** Every match that could serve a host, in the order in which they are tried: what `explain` compares. */
export function candidatesOf(port: PortIndex, host: string): Candidate[] {
  return (routingOf(port, host)?.hosts ?? []).flatMap((paths) => {
    const lists = [
      ...paths.exact.values(),
      ...paths.expressions.map(({ list }) => list),
      ...paths.prefixes.entries.map(({ value }) => value),
    ];
    return lists.flatMap(({ candidates }) => candidates).sort(comparePrecedence);
  });
}

/** Why a candidate does not match a request: its path, or the first other condition that is not met. */
export function mismatch({ conditions }: Candidate, request: RequestHead): "path" | Unmet | undefined {
  return matchesPath(conditions, request.path) ? firstUnmet(conditions, request) : "path";
}

function matchesPath({ pathType, path: wanted, pattern }: Candidate["conditions"], path: string): boolean {
  if (pathType === "Exact") return path === wanted;
  if (pathType === "RegularExpression") return pattern?.matches(path) ?? false;
  return wanted === "" || path === wanted || path.startsWith(`${wanted}/`);
}
