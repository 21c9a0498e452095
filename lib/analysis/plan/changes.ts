import { shownText } from "../../api/kinds/credentials.ts";
import { fullName, matchWords, valueWords } from "../traffic/describe.ts";
import { type Cell, cellsOf, type GatewayPair } from "./cells.ts";
import { differencesBetween } from "./differences.ts";
import { exampleOf } from "./example.ts";
import { Outcomes } from "./outcome.ts";
import type { PathArea } from "./path-areas.ts";
import type { Risk, TrafficChange } from "./plan.ts";
import type { Entry, Predicate } from "./predicates.ts";
import { riskOf, treatmentBy } from "./treatment.ts";
import { whyMoved } from "./why.ts";

/** Lists the changes of one Gateway's traffic. Cells that differ only in host and path are merged into one change. */
export function changesOf(pair: GatewayPair): readonly TrafficChange[] {
  const name = fullName((pair.after ?? pair.before)?.ir.gateway ?? { namespace: "", name: "" });
  const outcomes = { before: new Outcomes(pair.before?.ir), after: new Outcomes(pair.after?.ir) };
  const byStory = groups(cellsOf(pair), (cell) => storyOf(cell));
  return byStory.flatMap((cells) =>
    // Hosts with different paths become separate changes.
    groups(byHost(cells), ({ paths, except, exceptPaths }) => JSON.stringify([paths, except, exceptPaths])).map(
      (hosts) => changeOf(name, pair, outcomes, hosts),
    ),
  );
}

/** Identifies a kind of change: the port, the rules before and after, and the conditions that the requests meet. */
function storyOf({ port, before, after, assumptions }: Cell): string {
  const side = (taker: Cell["before"]) => {
    if (typeof taker === "string") return taker;
    const { rule, matchIndex } = taker.candidate;
    return [rule.ir.id, rule.hash, matchIndex];
  };
  return JSON.stringify([port, side(before), side(after), assumptions.predicates.map(predicateWords).sort()]);
}

/** The cells of one change at one host. */
interface AtHost extends Pick<TrafficChange, "paths" | "except" | "exceptPaths"> {
  /** The cell with the widest path. */
  readonly cell: Cell;
}

/** Summarizes the cells of each host: the widest paths, and the exceptions below them. */
function byHost(cells: readonly Cell[]): readonly AtHost[] {
  return groups(cells, ({ host }) => host.hostname).map((own) => {
    const sorted = own.toSorted((a, b) => a.path.path.length - b.path.path.length);
    const widest = sorted.filter(
      ({ path }, place) => !sorted.slice(0, place).some((one) => one.path === path || isBelow(path, one.path)),
    );
    const [cell] = widest as [Cell, ...Cell[]];
    const told = new Set(own.map(({ path }) => path));
    const others = cell.areas.filter((area) => !told.has(area) && widest.some(({ path }) => isBelow(area, path)));
    return {
      cell,
      paths: widest.map(({ path }) => pathOf(path)),
      except: [...new Set(own.flatMap(({ assumptions }) => assumptions.unmet.map(entryWords)))],
      exceptPaths: others.map(pathOf),
    };
  });
}

function isBelow(area: PathArea, above: PathArea): boolean {
  return area !== above && above.type === "PathPrefix" && `${area.path}/`.startsWith(`${above.path}/`);
}

function pathOf({ type, path }: PathArea): TrafficChange["paths"][number] {
  return { type, value: path === "" ? "/" : path };
}

function shownPath({ type, value }: TrafficChange["paths"][number]): TrafficChange["paths"][number] {
  return { type, value: shownText(value) };
}

function groups<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  return [...Map.groupBy(items, keyOf).values()];
}

function changeOf(
  gateway: string,
  pair: GatewayPair,
  outcomes: { readonly before: Outcomes; readonly after: Outcomes },
  hosts: readonly AtHost[],
): TrafficChange {
  const [{ cell, paths, except, exceptPaths }] = hosts as readonly [AtHost, ...AtHost[]];
  const { port, scheme, assumptions } = cell;
  const before = treatmentBy(cell.before, outcomes.before);
  const after = treatmentBy(cell.after, outcomes.after);
  const why = whyMoved(cell.before, cell.after, pair.after);
  const example = exampleOf(cell, pair, scheme);
  const former = typeof cell.before === "string" ? undefined : outcomes.before.effectOf(cell.before);
  return {
    risk: riskOf(before, after),
    gateway,
    port,
    scheme,
    hosts: hosts.map((one) => one.cell.host.hostname).sort(),
    paths: paths.map(shownPath),
    exceptPaths: exceptPaths.map(shownPath),
    conditions: assumptions.predicates.map(predicateWords),
    except,
    before,
    after,
    differences: typeof cell.after === "string" ? [] : differencesBetween(former, outcomes.after.effectOf(cell.after)),
    ...(why !== undefined && { why }),
    ...(example !== undefined && { example }),
  };
}

/** A predicate in words, such as `header serve = canary`. */
function predicateWords({ of, value, pattern }: Predicate): string {
  const [what = "", name] = of.split(/ (.*)/s);
  if (name === undefined) return `${what} ${pattern === undefined ? "" : "~ "}${shownText(value)}`;
  const words = valueWords({ name, type: pattern === undefined ? "Exact" : "RegularExpression", value });
  return `${what === "query" ? "query parameter" : what} ${words}`;
}

function entryWords({ candidate }: Entry): string {
  return matchWords(candidate.match);
}

/** Sorts by risk, the highest first, then by the increase of failing requests, then by place. */
export function byRisk(a: TrafficChange, b: TrafficChange): number {
  return (
    byRiskAlone(a, b) ||
    b.after.failing - b.before.failing - (a.after.failing - a.before.failing) ||
    compare(a.gateway, b.gateway) ||
    a.port - b.port ||
    compare(a.hosts.join(), b.hosts.join()) ||
    compare(placeOf(a), placeOf(b))
  );
}

/** Sorts by risk alone, the highest first. */
export function byRiskAlone(a: { readonly risk: Risk }, b: { readonly risk: Risk }): number {
  return risks.indexOf(a.risk) - risks.indexOf(b.risk);
}

const risks: readonly Risk[] = ["fails", "moves", "shares", "handling", "serves"];

function placeOf({ paths, conditions }: TrafficChange): string {
  return JSON.stringify([paths.map(({ value }) => value), conditions]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
