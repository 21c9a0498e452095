import type { IConstruct } from "constructs";
import { originOf } from "../constructs/call-site.ts";
import { pathOf } from "../constructs/declaration-error.ts";
import { constructCodes } from "../findings/catalog/constructs.ts";
import type { Finding } from "../findings/finding.ts";

/**
 * An error (GW1431) for each cycle of dependencies that the program makes with `node.addDependency`: no engine can apply
 * its objects in such an order. A dependency on a scope is one on all that is in it.
 */
export function dependencyCycles(root: IConstruct): Finding[] {
  const waiting = dependenciesOf(root);
  const findings: Finding[] = [];
  for (let cycle = findCycle(waiting); cycle !== undefined; cycle = findCycle(waiting)) {
    findings.push(cycleFinding(cycle));
    for (const construct of cycle) waiting.delete(construct);
  }
  return findings;
}

/** What each construct depends on, by itself or by a scope above it. */
type Waiting = Map<IConstruct, ReadonlySet<IConstruct>>;

/**
 * Only constructs with dependencies of their own matter: every cycle leads through them. One of them waits for another
 * if it depends on a scope above or below the other, since a scope is there with all that is in it.
 */
function dependenciesOf(root: IConstruct): Waiting {
  const all = root.node.findAll();
  const depending = all.flatMap((construct) => {
    const { dependencies } = construct.node;
    return dependencies.length === 0 ? [] : [{ construct, dependencies }];
  });
  if (depending.length === 0) return new Map();
  const scopes = new Map(all.map((construct) => [construct, new Set(construct.node.scopes)]));
  /** Whether one construct is the other, or in it. */
  const isRelated = (left: IConstruct, right: IConstruct) =>
    scopes.get(left)?.has(right) === true || scopes.get(right)?.has(left) === true;
  return new Map(
    depending.map(({ construct, dependencies }) => {
      const outside = dependencies.filter((one) => !isRelated(one, construct));
      const waitedFor = depending.filter(
        (other) => other.construct !== construct && outside.some((one) => isRelated(one, other.construct)),
      );
      return [construct, new Set(waitedFor.map((other) => other.construct))];
    }),
  );
}

/** Removes what waits for nothing in a cycle, and walks from what is left until a construct comes again. */
function findCycle(waiting: Waiting): readonly IConstruct[] | undefined {
  for (let removed = true; removed; ) {
    removed = false;
    for (const [construct, waitedFor] of waiting) {
      if ([...waitedFor].some((one) => waiting.has(one))) continue;
      waiting.delete(construct);
      removed = true;
    }
  }
  const path: IConstruct[] = [];
  let [next] = waiting.keys();
  while (next !== undefined && !path.includes(next)) {
    path.push(next);
    next = [...(waiting.get(next) ?? [])].find((one) => waiting.has(one));
  }
  return next === undefined ? undefined : path.slice(path.indexOf(next));
}

function cycleFinding(cycle: readonly IConstruct[]): Finding {
  const paths = cycle.map(pathOf);
  const [start] = cycle;
  const [first = ""] = paths;
  return {
    code: "GW1431",
    severity: "error",
    message: `Dependencies form a cycle: ${[...paths, first].join(" → ")}.`,
    ...(start !== undefined && { origin: originOf(start) }),
    fix: constructCodes.GW1431.fix,
  };
}
