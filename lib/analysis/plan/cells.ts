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

/** Requests that one configuration treats alike, and the other one differently. */
export interface Cell {
  readonly port: number;
  readonly scheme: "http" | "https";
  readonly host: HostArea;
  readonly path: PathArea;
  /** All areas of the host's paths. */
  readonly areas: readonly PathArea[];
  readonly assumptions: Assumptions;
  readonly before: Entry | Unserved;
  readonly after: Entry | Unserved;
  /** Whether a request to the port is among them. */
  has(request: RequestHead): boolean;
}

/** One Gateway before and after a change; undefined: it is not served. */
export interface GatewayPair {
  readonly before: RoutedGateway | undefined;
  /** Indexed from `before`, so that what has not changed is the same. */
  readonly after: RoutedGateway | undefined;
}

/** All requests to a Gateway that the change treats differently. Ports of protocols without requests are left out. */
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
  /** No backend is spoken to in another way: what is the same on both sides does the same. */
  readonly spokenAlike: boolean;
}

/** A port of another protocol is closed to the requests of this one. */
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
    // Clear text where there was TLS, or the other way: nobody who came before comes any more.
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

/** The lists that a path is looked up in are the same ones. */
function isSameAt(before: readonly HostPaths[] | undefined, after: readonly HostPaths[] | undefined, path: PathArea) {
  if (before === undefined || after === undefined || before.length !== after.length) return false;
  return before.every((host, i) => {
    const other = after[i];
    if (other === host) return true;
    return other !== undefined && isSameList(listsAt(host, path), listsAt(other, path));
  });
}

/** The candidates of a host that may take a path, in the order in which they are tried. */
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

/** A match of the header `Host` can be for another area's hosts. */
function isFor({ predicates }: Entry, areas: HostAreas, { hostname }: HostArea): boolean {
  return predicates.every(({ of, value, pattern }) => {
    if (of !== "header host" || pattern !== undefined) return true;
    const named = normalizeHost(value);
    return named.refused === undefined && areas.of(named.host) === hostname;
  });
}

/** An expression that begins with plain text is for no path that begins otherwise. */
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
