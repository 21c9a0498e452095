import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Cell, cellsOf } from "../../../../lib/analysis/plan/cells.ts";
import type { RoutedGateway } from "../../../../lib/analysis/traffic/model.ts";
import { type Decision, decide } from "../../../../lib/analysis/traffic/route-request.ts";
import { type SimulatedAnswer, simulate } from "../../../../lib/analysis/traffic/simulate.ts";
import type { RuleIR, TargetIR } from "../../../../lib/routing/ir.ts";
import { reachedBy } from "../../../../lib/routing/opaque-values.ts";
import { configuration, request } from "../../../agreement/arbitraries.ts";
import type { CaseRequest } from "../../../agreement/case.ts";
import { pairOf } from "./pair.ts";

/** Generates a configuration, and another one that has some of its objects, changes some and lacks the rest. */
const pair = fc
  .tuple(configuration, configuration, fc.array(fc.constantFrom("keep", "keep", "change", "drop"), { maxLength: 4 }))
  .map(([old, other, fates]) => {
    const now = old.flatMap((declared, index) => {
      const fate = index === 0 && fates[index] === "drop" ? "change" : (fates[index] ?? "keep");
      if (fate === "keep") return [declared];
      const same = other.find(({ object }) => object.metadata.name === declared.object.metadata.name);
      return fate === "change" && same !== undefined ? [same] : [];
    });
    return { old, now };
  });

test("a change is told of a request exactly if something else becomes of it", () => {
  fc.assert(
    fc.property(pair, fc.array(request, { minLength: 20, maxLength: 40 }), ({ old, now }, requests) => {
      const { before, after } = pairOf(old, now);
      const cells = cellsOf({ before, after });
      for (const one of requests) holdsFor(one, before, after, cells);
    }),
    { numRuns: 400 },
  );
});

test("nothing is told of what stays as it is", () => {
  fc.assert(
    fc.property(configuration, (same) => {
      const { before, after } = pairOf(same, structuredClone(same));
      assert.deepEqual(cellsOf({ before, after }), []);
    }),
  );
});

function holdsFor(asked: CaseRequest, before: RoutedGateway, after: RoutedGateway, cells: readonly Cell[]): void {
  const [old, now] = [decide(before, asked), decide(after, asked)];
  if (old.kind === "refused") return;
  const { head, port } = old.request;
  const found = cells.filter((cell) => cell.port === port && cell.has(head));
  assert.ok(found.length <= 1, "a request is in one cell");
  const [cell] = found;
  if (cell === undefined) {
    assert.deepEqual(effects(simulate(before, asked)), effects(simulate(after, asked)));
    return;
  }
  assert.equal(nameOf(cell.before), ruleOf(old)?.id);
  assert.equal(nameOf(cell.after), ruleOf(now)?.id);
  assert.notEqual(handling(old, before), handling(now, after), "what is told is a change");
}

const ruleOf = (decision: Decision): RuleIR | undefined =>
  decision.kind === "routed" ? decision.candidate.rule.ir : undefined;

const nameOf = (side: Cell["before"]) => (typeof side === "string" ? undefined : side.candidate.rule.ir.id);

/** Returns everything that a client or a backend can observe, without messages and names of backends. */
function effects({
  status,
  backends,
  failures,
  mirrors,
  location,
  requests,
  responseHeaders,
  extensions,
}: SimulatedAnswer) {
  const shares = failures.map(({ share, status, reason }) => [share, status, reason]);
  // A client cannot observe which of several filters fails.
  const ran = status === 500 ? [] : extensions;
  return { status, backends, shares, mirrors, location, requests, responseHeaders, ran };
}

/** Describes how the rule handles a request, independently of the plan's code. */
function handling(decision: Decision, { ir }: RoutedGateway): string {
  if (decision.kind !== "routed") return decision.kind;
  const { rule, conditions } = decision.candidate;
  const { filters, backends, timeouts, retry } = rule.ir;
  // The proxy always uses HTTP/2 to the backends of a GRPCRoute.
  const protocolOf = (to: TargetIR) =>
    "backend" in to && rule.ir.route.kind === "HTTPRoute" ? ir.backends[to.backend]?.protocol : "";
  const redirects = filters.some(({ type }) => type === "RequestRedirect");
  const total = backends.reduce((sum, { weight }) => sum + weight, 0) || 1;
  const shares = backends
    .filter(({ weight }) => weight > 0)
    .map(({ weight, target, filters: own }) => {
      const aim = "invalid" in target ? target.invalid : reachedBy(target);
      const copies = [...filters, ...own].flatMap((filter) => (filter.type === "RequestMirror" ? [filter.target] : []));
      return `${[target, ...copies].map(protocolOf)} ${(weight / total).toFixed(6)} ${aim} ${JSON.stringify(own)}`;
    });
  const used = backends.filter(({ weight }) => weight > 0).map((backend) => backend.filters);
  const prefix = JSON.stringify([filters, redirects ? [] : used]).includes("ReplacePrefixMatch") ? conditions.path : "";
  return JSON.stringify([filters, redirects ? [] : [shares.sort(), timeouts, retry], prefix]);
}
