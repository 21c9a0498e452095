import { printable } from "../../findings/printable.ts";
import {
  conditionWords,
  declaredWords,
  exampleWords,
  exceptWords,
  hostWords,
  pathWords,
  riskWords,
  summaryWords,
  takerWords,
  treatmentWords,
} from "./phrases.ts";
import type { Risk, TrafficChange, TrafficPlan, Treatment, UnfollowedChange } from "./plan.ts";

/** How a plan's parts are painted. */
export interface PlanPaint {
  readonly heading: (text: string) => string;
  readonly risk: (risk: Risk, text: string) => string;
  readonly quiet: (text: string) => string;
}

/** How many changes are told of what no request shows. Structured output has all of them. */
const mostDeclared = 20;

const unpainted: PlanPaint = { heading: (text) => text, risk: (_, text) => text, quiet: (text) => text };

/**
 * A plan for people: a summary, then each change in a paragraph.
 *
 * @param most how many changes are told, the riskiest; of more the number.
 */
export function planText(plan: TrafficPlan, paint = unpainted, most = Number.POSITIVE_INFINITY): string {
  const told = plan.changes.slice(0, most);
  const rest = plan.changes.length - told.length;
  const blind = plan.unfollowed.slice(0, most);
  const restOfBlind = plan.unfollowed.length - blind.length;
  const listeners = plan.listeners.map(({ gateway, port, listener, change }) =>
    printable(`listener ${listener} of Gateway ${gateway}, port ${port}, ${change}`),
  );
  const declared = plan.declared
    .slice(0, mostDeclared)
    .map((change) => printable(`${change.object}  ${declaredWords(change)}`));
  const others = plan.declared.length - declared.length;
  return [
    paint.heading(summaryWords(plan)),
    ...(listeners.length === 0 ? [] : ["", ...listeners]),
    ...told.flatMap((change) => ["", ...paragraph(change, paint)]),
    ...(rest > 0 ? ["", `and ${rest} more`] : []),
    ...(blind.length === 0 ? [] : ["", "changes of rules whose requests cannot be followed"]),
    ...blind.flatMap((change) => ["", ...unfollowedParagraph(change, paint)]),
    ...(restOfBlind > 0 ? ["", `and ${restOfBlind} more`] : []),
    ...(declared.length === 0 ? [] : ["", "changes of what is declared that no request shows", ...declared]),
    ...(others > 0 ? [`and ${others} more`] : []),
  ].join("\n");
}

function paragraph(change: TrafficChange, paint: PlanPaint): string[] {
  const { risk, gateway, port, before, after, differences, why } = change;
  const requests = [hostWords(change), pathWords(change), conditionWords(change)].filter((words) => words !== "");
  const same = takerWords(before) === takerWords(after);
  const except = exceptWords(change);
  const example = exampleWords(change);
  const lines = [
    `${paint.risk(risk, riskWords[risk])}  ${printable(requests.join("  "))}  ${paint.quiet(printable(`${gateway}, port ${port}`))}`,
    line("before", side(before, true)),
    line("after", side(after, !same)),
    ...differences.map((difference) => line("", difference)),
    ...(except === undefined ? [] : [line("but not", except)]),
    ...(why === undefined ? [] : [line("since", why)]),
    ...(example === undefined ? [] : [paint.quiet(line("such as", example))]),
  ];
  return lines;
}

function unfollowedParagraph(change: UnfollowedChange, paint: PlanPaint): string[] {
  const { risk, route, rule, because, before, after, differences } = change;
  return [
    `${paint.risk(risk, riskWords[risk])}  ${printable(`${route} ${rule}`)}  ${paint.quiet(printable(because))}`,
    line("before", treatmentWords(before)),
    line("after", treatmentWords(after)),
    ...differences.map((difference) => line("", difference)),
  ];
}

function side(treatment: Treatment, withTaker: boolean): string {
  const taker = withTaker ? takerWords(treatment) : undefined;
  return taker === undefined ? treatmentWords(treatment) : `${treatmentWords(treatment)}  (${taker})`;
}

function line(label: string, text: string): string {
  return `  ${label.padEnd(8)}${printable(text)}`;
}
