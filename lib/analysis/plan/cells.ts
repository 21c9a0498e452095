import type { CandidateList, HostPaths, PortIndex, RequestHead } from "../../routing/index/model.ts";
import { mismatch, routingOf } from "../../routing/match.ts";
import { normalizeHost } from "../../routing/normalize.ts";
import type { RoutedGateway } from "../traffic/model.ts";
import type { Assumptions } from "./assumptions.ts";
import { compare, type Side } from "./compare.ts";
import { type HostArea, HostAreas } from "./host-areas.ts";
import { Outcomes, type Unserved } from "./outcome.ts";
import { type PathArea, PathAreas } from "./path-areas.ts";
import { type Entry, entryOf } from "./predicates.ts";

/** A set of requests that each configuration treats uniformly, and the two treat differently. */
export interface Cell {
  readonly port: number;
  readonly scheme: "http" | "https";
  readonly host: HostArea;
  readonly path: PathArea;
  /** All path areas of the host. */
  readonly areas: readonly PathArea[];
  readonly assumptions: Assumptions;
  readonly before: Entry | Unserved;
  readonly after: Entry | Unserved;
  /** Returns true if a request to the port is in this cell. */
  has(request: RequestHead): boolean;
}

/** One Gateway before and after a change. It is undefined on a side that does not serve it. */
export interface GatewayPair {
  readonly before: RoutedGateway | undefined;
  /** Its index is built from `before`, so unchanged parts are the same objects on both sides. */
  readonly after: RoutedGateway | undefined;
}

/** Lists the requests to a Gateway that the change treats differently. Ports of TLS, TCP and UDP are left out. */
export function cellsOf({ before, after }: GatewayPair): readonly Cell[] {
  const outcomes = { before: new Outcomes(before?.ir), after: new Outcomes(after?.ir) };
  const spokenAlike = sameWays(before, after);
  const numbers = new Set([...(before?.index.ports.keys() ?? []), ...(after?.index.ports.keys() ?? [])]);
  return [...numbers].flatMap((port) => {
    const [old, now] = [requestsTo(before, port), requestsTo(after, port)];
    if (spokenAlike && old !== undefined && old === now) return [];
    return ofPort({ port, old, now, outcomes, spokenAlike });
  });
}

interface PortPair {
  readonly port: number;
  readonly old: PortIndex | undefined;
  readonly now: PortIndex | undefined;
  readonly outcomes: { readonly before: Outcomes; readonly after: Outcomes };
  /** True if the backends' protocols and TLS settings are equal on both sides, so equal entries have equal outcomes. */
  readonly spokenAlike: boolean;
}

/** A port with a protocol other than HTTP and HTTPS accepts no HTTP requests, so it counts as closed. */
function requestsTo(gateway: RoutedGateway | undefined, port: number): PortIndex | undefined {
  const index = gateway?.index.ports.get(port);
  return index !== undefined && ["HTTP", "HTTPS", "Opaque"].includes(index.protocol) ? index : undefined;
}

function sameWays(before: RoutedGateway | undefined, after: RoutedGateway | undefined): boolean {
  const [old, now] = [before?.ir.backends ?? {}, after?.ir.backends ?? {}];
  const way = (backends: typeof old, key: string) => JSON.stringify([backends[key]?.protocol, backends[key]?.tls]);
  return Object.keys(now).every((key) => old[key] === undefined || way(old, key) === way(now, key));
}

function ofPort(pair: PortPair): Cell[] {
  const { port, old, now, spokenAlike } = pair;
  if (old !== undefined && now !== undefined && old.protocol !== now.protocol) {
    // The port changes between HTTP and HTTPS: all requests of the old scheme end, and those of the new scheme begin.
    return [...ofPort({ ...pair, now: undefined }), ...ofPort({ ...pair, old: undefined })];
  }
  const hosts = new HostAreas([old, now]);
  return hosts.all.flatMap((host) => {
    const [before, after] = [old, now].map((index) => index && (routingOf(index, host.sample)?.hosts ?? []));
    if (spokenAlike && before !== undefined && after !== undefined && isSameList(before, after)) return [];
    const paths = new PathAreas([...(before ?? []), ...(after ?? [])]);
    return paths.all.flatMap((path) => {
      if (spokenAlike && isSameAt(before, after, path)) return [];
      const sides = {
        before: sideOf(before, hosts, host, path, pair.outcomes.before),
        after: sideOf(after, hosts, host, path, pair.outcomes.after),
      };
      return compare(sides.before, sides.after).map(
        (difference): Cell => ({
          port,
          scheme: (old ?? now)?.protocol === "HTTPS" ? "https" : "http",
          host,
          path,
          areas: paths.all,
          assumptions: difference.assumptions,
          before: difference.before ?? unservedBy(before),
          after: difference.after ?? unservedBy(after),
          has: (request) =>
            hosts.of(request.host) === host.hostname &&
            paths.has(path, request.path) &&
            meetsAll(request, difference.assumptions),
        }),
      );
    });
  });
}

/** Returns true if the path is looked up in identical candidate lists on both sides. */
function isSameAt(before: readonly HostPaths[] | undefined, after: readonly HostPaths[] | undefined, path: PathArea) {
  if (before === undefined || after === undefined || before.length !== after.length) return false;
  return before.every((host, i) => {
    const other = after[i];
    if (other === host) return true;
    return other !== undefined && isSameList(listsAt(host, path), listsAt(other, path));
  });
}

/** The candidate lists of a host that may match a path, in the order in which they are tried. */
function listsAt({ exact, expressions, prefixes }: HostPaths, { type, sample }: PathArea): readonly CandidateList[] {
  const whole = type === "Exact" ? exact.get(sample) : undefined;
  const lists = [...(whole === undefined ? [] : [whole]), ...expressions.map(({ list }) => list)];
  for (let prefix = prefixes.find(sample); prefix !== undefined; prefix = prefixes.shorter(prefix)) {
    lists.push(prefix.value);
  }
  return lists;
}

function sideOf(
  served: readonly HostPaths[] | undefined,
  areas: HostAreas,
  host: HostArea,
  area: PathArea,
  outcomes: Outcomes,
): Side {
  const path = area.type === "Exact" ? area.path : undefined;
  const candidates = (served ?? []).flatMap((one) => listsAt(one, area).flatMap((list) => list.candidates));
  const entries = candidates
    .flatMap((candidate) => entryOf(candidate, path) ?? [])
    .filter((entry) => isFor(entry, areas, host) && mayHold(entry, area));
  return { entries, outcomeOf: (entry) => (entry === undefined ? unservedBy(served) : outcomes.keyOf(entry)) };
}

function unservedBy(served: readonly HostPaths[] | undefined): Unserved {
  return served === undefined ? "closed" : "unrouted";
}

function meetsAll(request: RequestHead, { met, unmet }: Assumptions): boolean {
  const meets = ({ candidate }: Entry) => mismatch(candidate, request) === undefined;
  return met.every(meets) && !unmet.some(meets);
}

/** Returns false if the entry matches a `Host` header value that belongs to another area. */
function isFor({ predicates }: Entry, areas: HostAreas, { hostname }: HostArea): boolean {
  return predicates.every(({ of, value, pattern }) => {
    if (of !== "header host" || pattern !== undefined) return true;
    const named = normalizeHost(value);
    return named.refused === undefined && areas.of(named.host) === hostname;
  });
}

/** An expression that begins with plain text matches no path with another beginning. */
function mayHold({ predicates }: Entry, { type, path }: PathArea): boolean {
  if (type === "Exact") return true;
  return predicates.every(({ of, value }) => {
    if (of !== "path" || value.includes("|")) return true;
    const [plain = ""] = /^\/[\w/-]*(?![\w/*?{+-])/.exec(value) ?? [];
    return plain.startsWith(path) || `${path}/`.startsWith(plain);
  });
}

function isSameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
