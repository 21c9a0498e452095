import {
  bindFilters,
  type FilterKinds,
  type FilterWatch,
  noCounts,
  type PassageStep,
} from "../../filters/bound-filter.ts";
import { FilterPassage } from "../../filters/passage.ts";
import type { ImmediateResponse, MirrorFilter } from "../../routing/filters/request-changes.ts";
import type { FilterIR, HeaderModifierIR, WeightedBackendIR } from "../../routing/ir.ts";
import { isOpaqueFilter, reachedBy } from "../../routing/opaque-values.ts";
import { forwardableFields, separatorOf } from "../../routing/rewrite/headers.ts";
import { nextMaxForwards } from "../../routing/rewrite/hop-limit.ts";
import { prefixOf } from "../../routing/rewrite.ts";
import type { Failure, FilterResponse, ForwardedRequest, LateShares, SimulatedAnswer } from "./answer.ts";
import { extensionName, opaqueName } from "./describe.ts";
import type { Decision, ParsedRequest } from "./route-request.ts";

type RoutedDecision = Extract<Decision, { readonly kind: "routed" }>;

/** The part of an answer that the rule's filters and its split among backends decide. */
export type CarriedOut = Partial<SimulatedAnswer>;

/** Applies a rule without running ExtensionRef filters or opaque filters. A filter that cannot run answers 500. */
export function carryOut(decision: RoutedDecision): CarriedOut {
  const steps = (filters: readonly FilterIR[]) =>
    bindFilters(
      filters.filter((filter) => passable(filter) && (filter.type !== "ExtensionRef" || "invalid" in filter.object)),
      new Map(),
    );
  const rule = passageOf(decision);
  // These filters call no functions of users, so the promise needs no waiting.
  void rule.pass(steps(decision.candidate.rule.ir.filters));
  const own = forks(decision, rule);
  for (const { passage, backend } of own) void passage.pass(steps(backend.filters));
  return outcome(decision, rule, own);
}

/** Applies a rule, and runs its ExtensionRef filters. */
export async function carryOutRunning(decision: RoutedDecision, kinds: FilterKinds): Promise<CarriedOut> {
  let reason: string | undefined;
  const watch: FilterWatch = {
    counts: noCounts(),
    failed: (error) => {
      reason = `A filter of the route failed: ${error instanceof Error ? error.message : String(error)}`;
    },
  };
  const steps = (filters: readonly FilterIR[]): readonly PassageStep[] =>
    bindFilters(filters.filter(passable), kinds, () => watch);
  const rule = passageOf(decision);
  await rule.pass(steps(decision.candidate.rule.ir.filters));
  const own = forks(decision, rule);
  for (const { passage, backend } of own) await passage.pass(steps(backend.filters));
  const carriedOut = outcome(decision, rule, own);
  return reason === undefined || carriedOut.status !== 500 ? carriedOut : { ...carriedOut, reason };
}

/** Opaque filters are left out: their effect is unknown, and requests pass them unchanged. */
function passable(filter: FilterIR): boolean {
  return !isOpaqueFilter(filter);
}

/** A client address from the documentation range of RFC 5737. */
const peerAddress = "192.0.2.1";

function passageOf({ request, candidate }: RoutedDecision): FilterPassage {
  const { head, scheme, port, headers } = request;
  const { method, host, path, query } = head;
  return new FilterPassage({
    method,
    listener: { scheme, port },
    host,
    path,
    query,
    peerAddress,
    prefix: prefixOf(candidate.conditions),
    header: (name) => head.header(name),
    fields: () => ["host", head.header("host") ?? host, ...forwardableFields(headers, nextMaxForwards(method, head))],
  });
}

/** A backend with its share of the rule's traffic, and the passage of its requests through its own filters. */
interface Fork {
  readonly backend: WeightedBackendIR;
  /** Undefined if the rule has a late weight. */
  readonly share: number | undefined;
  readonly passage: FilterPassage;
}

function forks({ candidate }: RoutedDecision, rule: FilterPassage): readonly Fork[] {
  const { backends } = candidate.rule.ir;
  const total = backends.reduce((sum, { weight }) => sum + weight, 0);
  if (rule.changes.answer !== undefined || total === 0) return [];
  const isLate = backends.some(({ isWeightLate }) => isWeightLate);
  return backends
    .filter(({ weight }) => weight > 0)
    .map((backend) => ({ backend, share: isLate ? undefined : backend.weight / total, passage: rule.fork() }));
}

function outcome({ candidate, request }: RoutedDecision, rule: FilterPassage, own: readonly Fork[]): CarriedOut {
  const { filters, backends } = candidate.rule.ir;
  const all = [...filters, ...backends.flatMap((backend) => backend.filters)];
  const extensions = all.flatMap((filter) => (filter.type === "ExtensionRef" ? [extensionName(filter)] : []));
  const opaque = all.filter(isOpaqueFilter).map(opaqueName);
  const told = { extensions, ...(opaque.length > 0 && { opaque }) };
  const { answer, responseModifiers, cors } = rule.changes;
  if (answer !== undefined) return { ...answered(answer, cors), ...told };
  const common = { request: forwarded(rule, request), responseHeaders: responseModifiers, ...told };
  if (own.length > 0) return { ...common, ...split(request, rule, own) };
  const reason = backends.length === 0 ? "The rule has no backends." : "The weights of all backends are 0.";
  const answerer = filters.find(isOpaqueFilter);
  if (answerer !== undefined) {
    const answers = `Only the controller of the class knows what ${opaqueName(answerer)} answers.`;
    return { ...common, reason: `${reason} ${answers}` };
  }
  return { ...common, status: 500, reason, responseHeaders: cors };
}

function answered(answer: ImmediateResponse, cors: readonly HeaderModifierIR[]): CarriedOut {
  const { status, reason, message, headers } = answer;
  switch (reason) {
    case "RequestRedirect":
      return { status, ...locationOf(answer), responseHeaders: cors };
    case "CORSPreflight":
      return { status, responseHeaders: [...cors, { set: headers, add: [], remove: [] }] };
    case "ExtensionRef":
      return { status, respond: respondOf(answer), responseHeaders: cors };
    default:
      return { status, reason: message, responseHeaders: cors };
  }
}

function locationOf({ headers }: ImmediateResponse): { readonly location?: string } {
  const location = headers.find(({ name }) => name === "location")?.value;
  return location === undefined ? {} : { location };
}

function respondOf({ status, headers, body = "" }: ImmediateResponse): FilterResponse {
  const list = headers.flatMap(({ name, value }) => [name, value]);
  return { status, headers: joined(list), body: Buffer.from(body, "latin1").toString("utf8") };
}

/** Divides a rule's requests among its backends, after the filters of each backend. */
function split(request: ParsedRequest, rule: FilterPassage, own: readonly Fork[]): CarriedOut {
  const backends = new Map<string, number>();
  const requests: Record<string, ForwardedRequest> = {};
  const responses: Record<string, readonly HeaderModifierIR[]> = {};
  const failures: Failure[] = [];
  const mirrors = new Map<string, number>();
  const late = { backends: new Set<string>(), mirrors: new Set<string>() };
  for (const { backend, share: known, passage } of own) {
    const share = known === undefined ? {} : { share: known };
    const { target } = backend;
    if ("invalid" in target) {
      const { cors } = rule.changes;
      const fields = cors.length === 0 ? {} : { responseHeaders: cors };
      failures.push({ ...share, status: 500, reason: target.invalid, message: target.message, ...fields });
      continue;
    }
    const name = "backend" in target ? target.backend : target.opaque;
    const { answer, cors, mirrors: copies, responseModifiers } = passage.changes;
    if (answer !== undefined) {
      const { status, reason, message } = answer;
      const { location, responseHeaders } = answered(answer, cors);
      const fields = {
        ...(location !== undefined && { location }),
        ...(responseHeaders !== undefined && { responseHeaders }),
      };
      failures.push({ ...share, status, reason, message, ...fields });
      continue;
    }
    if (known === undefined) late.backends.add(name);
    else backends.set(name, (backends.get(name) ?? 0) + known);
    requests[name] = forwarded(passage, request);
    responses[name] = responseModifiers;
    // A request is mirrored only if a backend gets it.
    if (known !== undefined) withMirrors(mirrors, copies, known);
    else for (const mirror of mirrorsOf(copies)) late.mirrors.add(mirror);
  }
  const shares = { mirrors: Object.fromEntries(mirrors), backends: Object.fromEntries(backends) };
  const effect = { ...shares, ...lateSharesOf(late), requests, responses, failures };
  if (Object.keys(requests).length > 0) return effect;
  const reason = failures.map(({ message }) => message).filter((message) => message !== "");
  const [{ status = 500, location, responseHeaders = rule.changes.cors } = {}] =
    failures as readonly Partial<Failure>[];
  return {
    ...effect,
    status,
    responseHeaders,
    ...(location === undefined ? {} : { location }),
    ...(reason.length === 0 ? {} : { reason: reason.join(" ") }),
  };
}

function lateSharesOf(
  late: Readonly<Record<keyof LateShares, ReadonlySet<string>>>,
): Pick<SimulatedAnswer, "lateShares"> {
  if (late.backends.size === 0) return {};
  return { lateShares: { backends: [...late.backends], mirrors: [...late.mirrors] } };
}

/** The backends that get a positive share of the copies. */
function mirrorsOf(passed: readonly MirrorFilter[]): readonly string[] {
  return passed.flatMap(({ target, numerator }) => (numerator > 0 ? (reachedBy(target) ?? []) : []));
}

/** Adds the shares of these mirrors to the totals, and removes the rounding errors of the sums. */
function withMirrors(mirrors: Map<string, number>, passed: readonly MirrorFilter[], part: number): void {
  const own = new Map<string, number>();
  for (const { target, numerator, denominator } of passed) {
    const name = reachedBy(target);
    if (name !== undefined) own.set(name, (own.get(name) ?? 0) + Math.min(numerator / denominator, 1));
  }
  for (const [backend, share] of own) {
    mirrors.set(backend, Math.round(((mirrors.get(backend) ?? 0) + share * part) * 1e12) / 1e12);
  }
}

function forwarded({ fields, changes }: FilterPassage, { head }: ParsedRequest): ForwardedRequest {
  const { path, query } = changes;
  const { host = head.host, ...headers } = joined(fields);
  return { method: head.method, host, path, query, headers };
}

function joined(list: readonly string[]): Record<string, string> {
  const fields = new Map<string, string>();
  for (let i = 0; i < list.length; i += 2) {
    const name = (list[i] as string).toLowerCase();
    const before = fields.get(name);
    fields.set(name, before === undefined ? (list[i + 1] as string) : `${before}${separatorOf(name)}${list[i + 1]}`);
  }
  return Object.fromEntries(fields);
}
