import type { Hash, ListenerIR, MatchIR, NamespacedName, ProtocolIR, RuleIR } from "../ir.ts";
import type { Split } from "../split.ts";
import type { HostTable } from "./hosts.ts";
import type { Pattern } from "./pattern.ts";
import type { PrefixTable } from "./prefixes.ts";

/** One Gateway's routing, with every precedence resolved. Immutable; requests in flight finish on the one they began with. */
export interface GatewayIndex {
  readonly gateway: NamespacedName;
  /** By port number; UDP ports, which may share a number with these, have nothing to index. */
  readonly ports: ReadonlyMap<number, PortIndex>;
  /** Every rule that some host routes to, by its content hash. */
  readonly rules: ReadonlyMap<Hash, IndexedRule>;
  /** Matches that can never match, and why. Never thrown. */
  readonly problems: readonly IndexProblem[];
}

export interface PortIndex {
  readonly port: number;
  readonly protocol: ProtocolIR;
  /** In the order of the IR. */
  readonly listeners: readonly ListenerIndex[];
  /** The most specific hostname takes a host, and its listener alone serves it: listener isolation. */
  readonly byHost: HostTable<ListenerIndex>;
}

export interface ListenerIndex {
  readonly listener: IndexedListener;
  /** In the order of the IR. */
  readonly hosts: readonly HostPaths[];
  /** A hostname that the IR lists more than once has several entries, tried in the order listed. */
  readonly byHost: HostTable<readonly HostPaths[]>;
}

/** What requests for a host see: the one listener that serves it, and of its hostnames those that cover the host. */
export interface HostRouting {
  readonly listener: IndexedListener;
  /** The most specific first; a request that nothing in one matches falls through to the next. */
  readonly hosts: readonly HostPaths[];
}

/** A listener without the hosts below it, so that what points to it does not keep an old IR alive. */
export type IndexedListener = Pick<ListenerIR, "name" | "parent" | "hostname">;

/** The routing of one effective hostname of one listener. */
export interface HostPaths {
  readonly hostname: string;
  readonly listener: IndexedListener;
  readonly rules: readonly Hash[];
  /** Tried first: by the whole path. */
  readonly exact: ReadonlyMap<string, CandidateList>;
  /** Tried second, one after the other: the longer expression first. */
  readonly expressions: readonly Expression[];
  /** Tried last: the longest prefix first. */
  readonly prefixes: PrefixTable<CandidateList>;
}

export interface Expression {
  readonly pattern: Pattern;
  readonly list: CandidateList;
}

/** Candidates whose paths match alike, in order of precedence: the first whose other conditions hold wins. */
export interface CandidateList {
  readonly candidates: readonly Candidate[];
  /** A short cut through long lists. */
  readonly byHeader: HeaderIndex | undefined;
}

/**
 * Files each candidate of a list that wants a header with an exact value under one such header, so that only those
 * are tried whose header the request carries. Positions are ascending, hence in order of precedence.
 */
export interface HeaderIndex {
  readonly headers: readonly { readonly name: string; readonly positions: ReadonlyMap<string, readonly number[]> }[];
  /** Candidates that want no exact header. */
  readonly others: readonly number[];
}

/** One match of one rule, for one hostname of one listener: what a decision yields. */
export interface Candidate {
  readonly rule: IndexedRule;
  readonly match: MatchIR;
  /** Position of `match` in the rule. */
  readonly matchIndex: number;
  readonly listener: IndexedListener;
  /** The effective hostname under which the match was found: an exact name, `*.suffix`, or `*`. */
  readonly hostname: string;
  readonly conditions: MatchConditions;
}

/** One rule of one route, compiled once however many hosts and listeners it serves. */
export interface IndexedRule {
  readonly ir: RuleIR;
  readonly hash: Hash;
  readonly split: Split;
  /** The route's creation in milliseconds since 1970; infinite when it has none, which makes it the youngest. */
  readonly created: number;
  /** One for each of `ir.matches`, in the same order. */
  readonly matches: readonly MatchConditions[];
  readonly problems: readonly IndexProblem[];
}

/** A match made ready: its path in normalized form, its expressions compiled. */
export interface MatchConditions {
  readonly pathType: MatchIR["path"]["type"];
  /** Normalized as request paths are; a prefix without its trailing slash, so the prefix `/` is empty. */
  readonly path: string;
  /** Of a RegularExpression path. */
  readonly pattern: Pattern | undefined;
  readonly method: string | undefined;
  readonly headers: readonly ValueCondition[];
  readonly queryParams: readonly ValueCondition[];
  /** False when no request can meet it; the reason is among the rule's problems. */
  readonly possible: boolean;
}

export interface ValueCondition {
  readonly name: string;
  readonly value: string;
  /** Absent: the value is compared as it is. */
  readonly pattern: Pattern | undefined;
}

/** A match that can never match: its expression does not compile, or no request that is let in has such a path. */
export interface IndexProblem {
  readonly route: RuleIR["route"];
  /** Position of the rule in its route. */
  readonly rule: number;
  /** Path below the route, such as `spec.rules[0].matches[1].path.value`. */
  readonly field: string;
  readonly given: string;
  readonly message: string;
}

/** A request as routing sees it. */
export interface RequestHead {
  readonly method: string;
  /** From `normalizeHost`. */
  readonly host: string;
  /** From `normalizePath`. */
  readonly path: string;
  /** Raw, without `?`. */
  readonly query: string;
  /** By lower-case name; several field lines joined with ", " (RFC 9110 section 5.3); undefined when there is none. */
  header(name: string): string | undefined;
}
