import type { Declared } from "../../api/declared/declared.ts";
import { speaksOfLate } from "../../api/load/late-placeholder.ts";
import { reasonOf } from "../../findings/catalog/routing.ts";
import type { Attachment } from "../../routing/attach/attachment.ts";
import { type Condition, type ConditionProblem, told } from "../../routing/attach/condition.ts";
import { type AnyApiObject, findingsOf, referenceOf } from "../../routing/attach/findings.ts";
import { standIns } from "../check/contracts.ts";
import { dependsOnLate } from "../check/late.ts";
import { dependsOnOthers } from "../check/undeclared.ts";
import type { TopologyFault, TopologyOptions } from "./model.ts";

/** Finds the faults of nodes and edges, in the words of the conditions. */
export interface FaultFinder {
  /** Returns true for another team's Gateway that stands in for its contract. Its faults are not shown. */
  isStandIn(declared: Declared<AnyApiObject>): boolean;
  /** Returns the fault that an object's problems amount to, or undefined if none of them is an error. */
  ofProblems(declared: Declared<AnyApiObject>, problems: readonly ConditionProblem[]): TopologyFault | undefined;
  /** Returns the fault that a condition other than True amounts to, given the problems that caused it. */
  ofCondition(
    declared: Declared<AnyApiObject>,
    condition: Pick<Condition, "reason" | "message">,
    problems: readonly ConditionProblem[],
  ): TopologyFault;
}

export function faultFinder(
  attachment: Attachment,
  { strict = false, contracts = [], late }: TopologyOptions,
): FaultFinder {
  const standsIn = standIns({ contracts });
  const isStandIn: FaultFinder["isStandIn"] = ({ object, origin }) => standsIn({ object: referenceOf(object), origin });
  const isOpen = (declared: Declared<AnyApiObject>, problems: readonly ConditionProblem[]) =>
    !strict &&
    problems.length > 0 &&
    problems.every((problem) =>
      findingsOf(declared, [problem]).some((finding) => dependsOnOthers(attachment, finding)),
    );
  const isLate = (declared: Declared<AnyApiObject>, message: string, problems: readonly ConditionProblem[]) => {
    if (late === undefined || late.fields.length === 0) return false;
    const findings = problems.flatMap((problem) => findingsOf(declared, [problem]));
    return speaksOfLate(message) || findings.some((finding) => dependsOnLate({ late }, finding));
  };
  const fault = (
    declared: Declared<AnyApiObject>,
    { reason, message }: Omit<TopologyFault, "state">,
    problems: readonly ConditionProblem[],
  ): TopologyFault => {
    // The condition's reason comes from the placeholder text, not from the value, so it would mislead.
    if (isLate(declared, message, problems)) return { state: "open", isLate: true, message: lateMessage };
    const state = isOpen(declared, problems) ? "open" : "broken";
    return { state, ...(reason !== undefined && { reason }), message };
  };
  return {
    isStandIn,
    ofProblems: (declared, problems) => {
      if (isStandIn(declared)) return undefined;
      const errors = problems.filter(({ severity = "error" }) => severity === "error");
      const [first] = errors;
      if (first === undefined) return undefined;
      const reason = reasonOf(first.code);
      return fault(declared, { ...(reason !== undefined && { reason }), message: told(errors) }, errors);
    },
    ofCondition: fault,
  };
}

const lateMessage = "It depends on a value that becomes known only at deployment, and is checked then.";

/** The fault of an edge that depends on the labels of an undeclared Namespace. */
export function assumptionFault(namespace: string, wanted: string): TopologyFault {
  const message = `Namespace ${namespace} is not declared: the edge holds if its labels match "${wanted}".`;
  return { state: "open", message };
}
