import type { Hash, ListenerIR, MatchIR, NamespacedName, ProtocolIR, RuleIR } from "../ir.ts";
import type { Split } from "../split.ts";
import type { HostTable } from "./hosts.ts";
import type { Pattern } from "./pattern.ts";
import type { PrefixTable } from "./prefixes.ts";

/** The routing of one Gateway, with precedence resolved. Immutable: requests in flight keep the one they started on. */
export interface GatewayIndex {
  readonly gateway: NamespacedName;
  /** Keyed by port number. UDP ports are left out; their numbers may equal those of TCP ports. */
  readonly ports: ReadonlyMap<number, PortIndex>;
  /** Every rule that at least one host routes to, keyed by content hash. */
  readonly rules: ReadonlyMap<Hash, IndexedRule>;
  /** Matches that no request can match, with the reason. */
  readonly problems: readonly IndexProblem[];
}

export interface PortIndex {
  readonly port: number;
  readonly protocol: ProtocolIR;
  /** The listeners, in the order of the IR. */
  readonly listeners: readonly ListenerIndex[];
  /** Maps a host to the listener with the most specific hostname, which alone serves it (listener isolation). */
  readonly byHost: HostTable<ListenerIndex>;
}

export interface ListenerIndex {
  readonly listener: IndexedListener;
  /** The hosts, in the order of the IR. */
  readonly hosts: readonly HostPaths[];
  /** The entries of each hostname. A hostname that the IR lists repeatedly has several, tried in the order listed. */
  readonly byHost: HostTable<readonly HostPaths[]>;
}

/** The routing of one host: the listener that serves it, and those of its hostnames that cover the host. */
export interface HostRouting {
  readonly listener: IndexedListener;
  /** The most specific hostname first. A request that matches nothing in one falls through to the next. */
  readonly hosts: readonly HostPaths[];
}

/** A listener without its hosts, so that a reference to it does not keep an old IR in memory. */
export type IndexedListener = Pick<ListenerIR, "name" | "parent" | "hostname">;

/** The routing of one effective hostname of one listener. */
export interface HostPaths {
  readonly hostname: string;
  readonly listener: IndexedListener;
  readonly rules: readonly Hash[];
  /** Tried first, keyed by the whole path. */
  readonly exact: ReadonlyMap<string, CandidateList>;
  /** Tried second, in order, the longest expression first. */
  readonly expressions: readonly Expression[];
  /** Tried last, the longest prefix first. */
  readonly prefixes: PrefixTable<CandidateList>;
}

export interface Expression {
  readonly pattern: Pattern;
  readonly list: CandidateList;
}

/** Candidates with equally specific paths, in order of precedence. The first whose other conditions hold wins. */
export interface CandidateList {
  readonly candidates: readonly Candidate[];
  /** An index for long lists. Undefined: the list is searched linearly. */
  readonly byHeader: HeaderIndex | undefined;
}

/**
 * Files each candidate with an exact header condition under one such header, so that only candidates are tried whose
 * header the request carries. Positions are ascending, which is the order of precedence.
 */
export interface HeaderIndex {
  readonly headers: readonly { readonly name: string; readonly positions: ReadonlyMap<string, readonly number[]> }[];
  /** Positions of the candidates without an exact header condition. */
  readonly others: readonly number[];
}

/** One match of one rule, for one hostname of one listener. It is the result of matching a request. */
export interface Candidate {
  readonly rule: IndexedRule;
  readonly match: MatchIR;
  /** Index of `match` in the rule. */
  readonly matchIndex: number;
  readonly listener: IndexedListener;
  /** The effective hostname under which the match was found: an exact name, `*.suffix`, or `*`. */
  readonly hostname: string;
  readonly conditions: MatchConditions;
}

/** One rule of one route, compiled once for all hosts and listeners that use it. */
export interface IndexedRule {
  readonly ir: RuleIR;
  readonly hash: Hash;
  readonly split: Split;
  /** The route's creation time in milliseconds since 1970. Infinity if it has none: it counts as the youngest. */
  readonly created: number;
  /** One for each of `ir.matches`, in the same order. */
  readonly matches: readonly MatchConditions[];
  readonly problems: readonly IndexProblem[];
}

/** A compiled match, with a normalized path and compiled expressions. */
export interface MatchConditions {
  readonly pathType: MatchIR["path"]["type"];
  /** Normalized like request paths. A prefix has no trailing slash, so the prefix `/` is the empty string. */
  readonly path: string;
  /** The compiled expression. Set for RegularExpression paths only. */
  readonly pattern: Pattern | undefined;
  readonly method: string | undefined;
  readonly headers: readonly ValueCondition[];
  readonly queryParams: readonly ValueCondition[];
  /** False if no request can meet the conditions. The rule's `problems` have the reason. */
  readonly possible: boolean;
}

export interface ValueCondition {
  readonly name: string;
  readonly value: string;
  /** Undefined: the value is compared literally. */
  readonly pattern: Pattern | undefined;
}

/** A match that no request can match: its expression does not compile, or the proxy refuses all such paths. */
export interface IndexProblem {
  readonly route: RuleIR["route"];
  /** Index of the rule in its route. */
  readonly rule: number;
  /** Field path within the route, such as `spec.rules[0].matches[1].path.value`. */
  readonly field: string;
  readonly given: string;
  readonly message: string;
}

/** The parts of a request that routing reads. */
export interface RequestHead {
  readonly method: string;
  /** The result of `normalizeHost`. */
  readonly host: string;
  /** The result of `normalizePath`. */
  readonly path: string;
  /** The raw query, without `?`. */
  readonly query: string;
  /** Returns a field by lower-case name, lines joined with ", " (RFC 9110 section 5.3), or undefined if absent. */
  header(name: string): string | undefined;
}
