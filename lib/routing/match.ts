import { firstUnmet, type Unmet } from "./index/conditions.ts";
import { MatchWork } from "./index/match-work.ts";
import type { Candidate, HostPaths, HostRouting, IndexedListener, PortIndex, RequestHead } from "./index/model.ts";
import { matchPaths } from "./index/paths.ts";
import { comparePrecedence } from "./index/precedence.ts";

export { MatchWork, maxMatchSteps } from "./index/match-work.ts";
export type {
  Candidate,
  GatewayIndex,
  HostRouting,
  IndexedListener,
  IndexedRule,
  PortIndex,
  RequestHead,
} from "./index/model.ts";

/**
 * Finds the match that serves a request. Returns undefined if no rule matches; the request is then answered with 404.
 *
 * The listener of the port with the most specific hostname serves the host, and only its routes are considered. Of its
 * hostnames the most specific is tried first, then the others in turn. docs/decisions/0011-match-precedence.md has the
 * rules.
 *
 * @param work counts the steps. If the request exceeds its limit (`work.exhausted`), the result is undefined, and the
 * request is answered with 500, because its conditions were not fully evaluated.
 */
export function match(port: PortIndex, request: RequestHead, work: MatchWork = new MatchWork()): Candidate | undefined {
  const candidate = firstOfHosts(port, request, work);
  return work.exhausted ? undefined : candidate;
}

function firstOfHosts(port: PortIndex, request: RequestHead, work: MatchWork): Candidate | undefined {
  const { host } = request;
  const listener = port.byHost.find(host);
  if (listener === undefined) return undefined;
  const { exact, wildcards, any } = listener.byHost;
  const own = exact.get(host);
  if (own !== undefined) {
    const candidate = matchHost(own, request, work);
    if (candidate !== undefined) return candidate;
  }
  for (let wildcard = wildcards.find(host); wildcard !== undefined; wildcard = wildcards.shorter(wildcard)) {
    const candidate = matchHost(wildcard.value, request, work);
    if (candidate !== undefined) return candidate;
  }
  return any === undefined ? undefined : matchHost(any, request, work);
}

function matchHost(entries: readonly HostPaths[], request: RequestHead, work: MatchWork): Candidate | undefined {
  for (let i = 0; i < entries.length; i++) {
    const candidate = matchPaths(entries[i] as HostPaths, request, work);
    if (candidate !== undefined) return candidate;
  }
  return undefined;
}

/** Returns the listener that serves a host, or undefined if the port has none. Allocates nothing, for the proxy. */
export function listenerOf(port: PortIndex, host: string): IndexedListener | undefined {
  return port.byHost.find(host)?.listener;
}

/** Returns the listener that serves a host, with the hostnames that cover it, or undefined if there is none. */
export function routingOf(port: PortIndex, host: string): HostRouting | undefined {
  const found = port.byHost.find(host);
  return found && { listener: found.listener, hosts: found.byHost.covering(host).flat() };
}

/** Returns every match that could serve a host, in the order in which they are tried. `explain` compares them. */
export function candidatesOf(port: PortIndex, host: string): Candidate[] {
  return (routingOf(port, host)?.hosts ?? []).flatMap(({ exact, expressions, prefixes }) => {
    const lists = [...exact.values(), ...expressions.map(({ list }) => list), ...prefixes.values()];
    return lists.flatMap(({ candidates }) => candidates).sort(comparePrecedence);
  });
}

/** Returns the reason why a candidate does not match: the path, or the first other condition that is not met. */
export function mismatch({ conditions }: Candidate, request: RequestHead): "path" | Unmet | undefined {
  return matchesPath(conditions, request.path) ? firstUnmet(conditions, request, new MatchWork()) : "path";
}

function matchesPath({ pathType, path: wanted, pattern }: Candidate["conditions"], path: string): boolean {
  if (pathType === "Exact") return path === wanted;
  if (pathType === "RegularExpression") return pattern?.matches(path) ?? false;
  return wanted === "" || path === wanted || path.startsWith(`${wanted}/`);
}
