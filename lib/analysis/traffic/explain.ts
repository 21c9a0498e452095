import type { Gateway } from "../../api/index.ts";
import { speaksOfLate } from "../../api/load/late-placeholder.ts";
import type { Attachment } from "../../routing/attach/attachment.ts";
import { buildIndex } from "../../routing/index/build.ts";
import type { Candidate, HostRouting, IndexProblem } from "../../routing/index/model.ts";
import type { GatewayIR, RuleIR } from "../../routing/ir.ts";
import { candidatesOf, mismatch } from "../../routing/match.ts";
import { filterWords, fullName, lateWords, matchWords, routeName, rulePlace, targetWords } from "./describe.ts";
import { mismatchWords, precedenceWords } from "./mismatch-reasons.ts";
import type { RoutedGateway, RoutingModel } from "./model.ts";
import { nearMissesFor } from "./refused/references.ts";
import type { Refused } from "./refused/refused.ts";
import { refusedFor } from "./refused/refused-for.ts";
import { decide, type ParsedRequest, type SimulatedRequest } from "./route-request.ts";
import { type SimulatedAnswer, simulate } from "./simulate.ts";

export type { Refused } from "./refused/refused.ts";

/** The explanation of a Gateway's answer to a request. */
export interface Explanation {
  /** The Gateway as `namespace/name`. */
  readonly gateway: string;
  readonly answer: SimulatedAnswer;
  readonly listener?: ChosenListener;
  readonly winner?: Winner;
  /** The rules that do not get the request, beginning with those that come closest. */
  readonly others: readonly Loser[];
  /** Declared objects that are refused and would affect this request if they were accepted. */
  readonly refused: readonly Refused[];
  /** The winner's references to undeclared objects that resemble declared ones. They count as in force. */
  readonly nearMisses: readonly NearMiss[];
}

/** A reference to an undeclared object, with the declared object that it may mean. */
export interface NearMiss {
  /** The field's path, such as `spec.rules[0].backendRefs[0].name`. */
  readonly field: string;
  readonly message: string;
  readonly fix?: string;
}

export interface ChosenListener {
  readonly name: string;
  readonly port: number;
  /** The hostname, or `*` if the listener takes every host. */
  readonly hostname: string;
  /** The object that contains the listener, such as `Gateway edge/acme-external`. */
  readonly parent: string;
}

export interface Winner {
  readonly route: string;
  /** The rule as `rules[0]`, with its name if it has one. */
  readonly rule: string;
  /** The match's path in the route, such as `spec.rules[0].matches[1]`. */
  readonly field: string;
  readonly hostname: string;
  readonly match: string;
  readonly filters: readonly string[];
  readonly backends: readonly {
    readonly target: string;
    /** Absent if the weight becomes known only at deployment. */
    readonly weight?: number;
    readonly filters: readonly string[];
  }[];
}

export interface Loser {
  readonly route: string;
  readonly rule?: string;
  readonly field?: string;
  readonly match?: string;
  /** The first criterion by which the rule loses. */
  readonly why: string;
}

/** The Gateways of a model that can explain requests: served ones, and refused ones, which open no port. */
export function explainedGateways({ attachment, gateways }: RoutingModel): readonly RoutedGateway[] {
  const served = new Map(gateways.map((gateway) => [fullName(gateway.ir.gateway), gateway]));
  return [...attachment.gateways].map(([name, { declared }]) => served.get(name) ?? refusedGateway(declared.object));
}

function refusedGateway({ metadata }: Gateway): RoutedGateway {
  const gateway = { namespace: metadata.namespace ?? "default", name: metadata.name };
  const ir: GatewayIR = { version: 1, gateway, ports: [], rules: {}, backends: {} };
  return { ir, index: buildIndex(ir), filters: new Map() };
}

/** Explains which rule of a Gateway serves a request, and why the other rules do not. */
export function explain(gateway: RoutedGateway, attachment: Attachment, asked: SimulatedRequest): Explanation {
  const decision = decide(gateway, asked);
  const name = fullName(gateway.ir.gateway);
  const answer = simulate(gateway, asked);
  const { request } = decision;
  if (request === undefined) return { gateway: name, answer, others: [], refused: [], nearMisses: [] };
  const winner = decision.kind === "routed" ? decision.candidate : undefined;
  const explained = { attachment, gateway: name, request, decision, winner };
  const refused = refusedFor(explained);
  const nearMisses = nearMissesFor(explained).map(
    ({ field = "", message, fix }): NearMiss => ({ field, message, ...(fix !== undefined && { fix }) }),
  );
  if (decision.kind === "refused" || decision.kind === "closed") {
    return { gateway: name, answer, others: [], refused, nearMisses };
  }
  const { port, routing } = decision;
  const candidates = candidatesOf(port, request.head.host);
  const others = [
    ...candidates.filter((candidate) => candidate !== winner).map((candidate) => loser(candidate, winner, request)),
    ...elsewhere(gateway, candidates, request),
  ];
  const told = new Set(refused.map(({ what }) => what));
  return {
    gateway: name,
    answer,
    ...(routing === undefined ? {} : { listener: chosenListener(routing, port.port) }),
    ...(winner === undefined ? {} : { winner: describe(winner) }),
    others: [
      ...others.sort((a, b) => a.distance - b.distance).map(({ distance: _, ...rest }) => rest),
      ...unattached(attachment, name).filter(({ route }) => !told.has(route)),
    ],
    refused,
    nearMisses,
  };
}

function chosenListener({ listener }: HostRouting, port: number): ChosenListener {
  const { name, hostname = "*", parent } = listener;
  return { name, port, hostname, parent: `${parent.kind} ${fullName(parent)}` };
}

function describe({ rule: { ir }, match, matchIndex, hostname }: Candidate): Winner {
  return {
    route: routeName(ir),
    rule: rulePlace(ir),
    field: `spec.rules[${ir.index}].matches[${matchIndex}]`,
    hostname,
    match: matchWords(match),
    filters: ir.filters.map(filterWords),
    backends: ir.backends.map(({ target, weight, isWeightLate, filters }) => ({
      target: targetWords(target),
      ...(isWeightLate ? {} : { weight }),
      filters: filters.map(filterWords),
    })),
  };
}

type Placed = Loser & { readonly distance: number };

/** Matches that also take the request are nearest, then those with a matching path, then the others. */
function loser(candidate: Candidate, winner: Candidate | undefined, { head }: ParsedRequest): Placed {
  const { route, rule, field, match } = describe(candidate);
  const unmet = mismatch(candidate, head);
  const distance = unmet === undefined ? 0 : unmet === "path" ? 2 : 1;
  const why = unmet === undefined ? precedenceWords(candidate, winner) : mismatchWords(unmet, candidate, head);
  return { route, rule, field, match, why, distance };
}

/** The rules of the Gateway that are not tried for this host on this port. */
function elsewhere({ index }: RoutedGateway, candidates: readonly Candidate[], { head }: ParsedRequest): Placed[] {
  const tried = new Set(candidates.map(({ rule }) => rule));
  const places = new Map<string, string[]>();
  for (const port of index.ports.values()) {
    for (const { listener, hosts } of port.listeners) {
      for (const { hostname, rules } of hosts) {
        for (const hash of rules) {
          const place = `${hostname === "*" ? "every host" : hostname} at listener ${listener.name} (port ${port.port})`;
          places.set(hash, [...(places.get(hash) ?? []), place]);
        }
      }
    }
  }
  return [...index.rules.values()]
    .filter((rule) => !tried.has(rule))
    .map(({ ir, hash, matches, problems }) => ({
      route: routeName(ir),
      rule: rulePlace(ir),
      field: `spec.rules[${ir.index}]`,
      why: matches.every(({ possible }) => !possible)
        ? [impossibleWords(ir, problems), ...problems.map(({ message }) => message)].join(": ")
        : `it is not tried for ${head.host} here; it serves ${(places.get(hash) ?? []).join(", ")}`,
      // It is unknown here whether an expression outside RE2 syntax would match.
      distance: problems.length > 0 ? 1 : 3,
    }));
}

/**
 * The reason why matches never take a request. Expressions outside RE2 syntax are known to the class's controller only.
 */
function impossibleWords({ matches }: RuleIR, problems: readonly Pick<IndexProblem, "given">[]): string {
  const values = matches.flatMap(({ path, headers, queryParams }) => [path, ...headers, ...queryParams]);
  const expressions = new Set(values.flatMap(({ type, value }) => (type === "RegularExpression" ? [value] : [])));
  return problems.some(({ given }) => expressions.has(given))
    ? "only the controller of the class knows what its matches take"
    : "no request can meet its matches";
}

/** The routes that name this Gateway as a parent and that it refuses. */
function unattached({ routes }: Attachment, gateway: string): Loser[] {
  return [...routes.values()].flatMap(({ declared, parents }) => {
    const here = parents.filter((parent) => parent.gateway === gateway);
    if (here.length === 0 || here.some(({ accepted }) => accepted)) return [];
    const refusals = here.flatMap(({ conditions }) =>
      conditions.filter(({ type, status }) => type === "Accepted" && status !== "True"),
    );
    const isLate = refusals.some(({ message }) => speaksOfLate(message));
    const why = isLate ? lateWords : refusals.map(({ reason, message }) => `${reason}: ${message}`).join("; ");
    const { kind, metadata } = declared.object;
    const route = `${kind} ${fullName({ namespace: metadata.namespace ?? "default", name: metadata.name })}`;
    return [{ route, why: `not attached${why === "" ? "" : `, ${why}`}` }];
  });
}
