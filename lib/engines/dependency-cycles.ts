import type { IConstruct } from "constructs";
import { originOf } from "../constructs/call-site.ts";
import { pathOf } from "../constructs/declaration-error.ts";
import { constructCodes } from "../findings/catalog/constructs.ts";
import type { Finding } from "../findings/finding.ts";

/**
 * Returns an error (GW1431) for each cycle of dependencies that the program adds with `node.addDependency`. No engine
 * can apply the objects of a cycle in order. A dependency on a scope includes everything in it.
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

/** For each construct with dependencies, the constructs that it waits for, directly or because of a scope above it. */
type Waiting = Map<IConstruct, ReadonlySet<IConstruct>>;

/**
 * Only constructs with dependencies of their own can be part of a cycle. One of them waits for another if it depends on
 * a scope above or below the other, because a scope is complete only with everything in it.
 */
function dependenciesOf(root: IConstruct): Waiting {
  const all = root.node.findAll();
  const depending = all.flatMap((construct) => {
    const { dependencies } = construct.node;
    return dependencies.length === 0 ? [] : [{ construct, dependencies }];
  });
  if (depending.length === 0) return new Map();
  const scopes = new Map(all.map((construct) => [construct, new Set(construct.node.scopes)]));
  /** Reports whether one construct is the other or contains it. */
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

/** Removes constructs that are not part of a cycle, then follows the rest until a construct repeats. */
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
