import { type Text, text } from "../../printing/text.ts";
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

/** The styles for the parts of a plan. */
export interface PlanPaint {
  readonly heading: (words: string) => Text;
  readonly risk: (risk: Risk, words: string) => Text;
  readonly quiet: (words: string | Text) => Text;
}

/** The number of declared changes that the text lists. Structured output has all of them. */
const mostDeclared = 20;

const unpainted: PlanPaint = {
  heading: (words) => text`${words}`,
  risk: (_, words) => text`${words}`,
  quiet: (words) => text`${words}`,
};

/**
 * Writes a plan for people to read: a summary, then a paragraph for each change.
 *
 * @param most the number of changes to show, beginning with the riskiest. The rest is counted. Default: all.
 */
export function planText(plan: TrafficPlan, paint = unpainted, most = Number.POSITIVE_INFINITY): Text {
  const told = plan.changes.slice(0, most);
  const rest = plan.changes.length - told.length;
  const blind = plan.unfollowed.slice(0, most);
  const restOfBlind = plan.unfollowed.length - blind.length;
  const listeners = plan.listeners.map(
    ({ gateway, port, listener, change }) => text`listener ${listener} of Gateway ${gateway}, port ${port}, ${change}`,
  );
  const declared = plan.declared
    .slice(0, mostDeclared)
    .map((change) => text`${change.object}  ${declaredWords(change)}`);
  const others = plan.declared.length - declared.length;
  const lines = [
    paint.heading(summaryWords(plan)),
    ...(listeners.length === 0 ? [] : [text``, ...listeners]),
    ...told.flatMap((change) => [text``, ...paragraph(change, paint)]),
    ...(rest > 0 ? [text``, text`and ${rest} more`] : []),
    ...(blind.length === 0 ? [] : [text``, text`changes of rules whose requests cannot be followed`]),
    ...blind.flatMap((change) => [text``, ...unfollowedParagraph(change, paint)]),
    ...(restOfBlind > 0 ? [text``, text`and ${restOfBlind} more`] : []),
    ...(declared.length === 0 ? [] : [text``, text`changes of what is declared that no request shows`, ...declared]),
    ...(others > 0 ? [text`and ${others} more`] : []),
  ];
  return text.join(lines, "\n");
}

function paragraph(change: TrafficChange, paint: PlanPaint): Text[] {
  const { risk, gateway, port, before, after, differences, why } = change;
  const requests = [hostWords(change), pathWords(change), conditionWords(change)].filter((words) => words !== "");
  const same = takerWords(before) === takerWords(after);
  const except = exceptWords(change);
  const example = exampleWords(change);
  const lines = [
    text`${paint.risk(risk, riskWords[risk])}  ${requests.join("  ")}  ${paint.quiet(`${gateway}, port ${port}`)}`,
    line("before", side(before, true)),
    line("after", side(after, !same)),
    ...differences.map((difference) => line("", difference)),
    ...(except === undefined ? [] : [line("but not", except)]),
    ...(why === undefined ? [] : [line("since", why)]),
    ...(example === undefined ? [] : [paint.quiet(line("such as", example))]),
  ];
  return lines;
}

function unfollowedParagraph(change: UnfollowedChange, paint: PlanPaint): Text[] {
  const { risk, route, rule, because, before, after, differences } = change;
  return [
    text`${paint.risk(risk, riskWords[risk])}  ${`${route} ${rule}`}  ${paint.quiet(because)}`,
    line("before", treatmentWords(before)),
    line("after", treatmentWords(after)),
    ...differences.map((difference) => line("", difference)),
  ];
}

function side(treatment: Treatment, withTaker: boolean): string {
  const taker = withTaker ? takerWords(treatment) : undefined;
  return taker === undefined ? treatmentWords(treatment) : `${treatmentWords(treatment)}  (${taker})`;
}

function line(label: string, words: string): Text {
  return text`  ${label.padEnd(8)}${words}`;
}
