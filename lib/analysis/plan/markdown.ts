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
import type { DeclaredChange, Risk, TrafficChange, TrafficPlan, Treatment, UnfollowedChange } from "./plan.ts";

/** How many rows a comment of a pull request bears to read. */
const mostRows = 50;

/** A plan as a comment of a pull request: GitHub's dialect of Markdown, with a table. */
export function planMarkdown(plan: TrafficPlan): string {
  const { changes, listeners, unfollowed, declared } = plan;
  const rest = changes.length - mostRows;
  const gateways = new Set(changes.map(({ gateway }) => gateway));
  return [
    `### ${summaryWords(plan)}`,
    ...(listeners.length === 0
      ? []
      : [
          "",
          ...listeners.map(
            ({ gateway, port, listener, change }) =>
              `- Listener ${code(listener)} of Gateway ${code(gateway)}, port ${port}, ${text(change)}`,
          ),
        ]),
    ...(changes.length === 0 ? [] : ["", "| | requests | before | after |", "|---|---|---|---|"]),
    ...changes.slice(0, mostRows).map((change) => row(change, gateways.size > 1)),
    ...(rest > 0 ? ["", `… and ${rest} more.`] : []),
    ...(unfollowed.length === 0
      ? []
      : [
          "",
          "Changes of rules whose requests cannot be followed:",
          "",
          "| | rule | before | after |",
          "|---|---|---|---|",
        ]),
    ...unfollowed.slice(0, mostRows).map(unfollowedRow),
    ...(unfollowed.length > mostRows ? ["", `… and ${unfollowed.length - mostRows} more.`] : []),
    ...(declared.length === 0
      ? []
      : [
          "",
          "Changes of what is declared that no request shows:",
          "",
          ...declared.slice(0, mostRows).map(declaredItem),
        ]),
    ...(declared.length > mostRows ? ["", `… and ${declared.length - mostRows} more.`] : []),
    "",
  ].join("\n");
}

function row(change: TrafficChange, several: boolean): string {
  const { risk, gateway, before, after, differences, why } = change;
  const conditions = conditionWords(change);
  const except = exceptWords(change);
  const example = exampleWords(change);
  const requests = [
    `${code(hostWords(change))} ${code(pathWords(change))}${conditions === "" ? "" : ` ${text(conditions)}`}`,
    ...(except === undefined ? [] : [`but not ${text(except)}`]),
    ...(several ? [`at ${code(gateway)}`] : []),
    ...(example === undefined ? [] : [`such as ${code(example)}`]),
  ];
  const now = [side(after), ...differences.map(text), ...(why === undefined ? [] : [`since ${text(why)}`])];
  return `| ${riskCell(risk)} | ${requests.join("<br>")} | ${side(before)} | ${now.join("<br>")} |`;
}

function unfollowedRow({ risk, route, rule, because, before, after, differences }: UnfollowedChange): string {
  const now = [side(after), ...differences.map(text)];
  return `| ${riskCell(risk)} | ${code(`${route} ${rule}`)}<br>${text(because)} | ${side(before)} | ${now.join("<br>")} |`;
}

function riskCell(risk: Risk): string {
  return ["fails", "moves"].includes(risk) ? `**${riskWords[risk]}**` : riskWords[risk];
}

function declaredItem(change: DeclaredChange): string {
  return `- ${code(change.object)} ${text(declaredWords(change))}`;
}

function side(treatment: Treatment): string {
  const taker = takerWords(treatment);
  return [text(treatmentWords(treatment)), ...(taker === undefined ? [] : [text(taker)])].join("<br>");
}

/** What stands in a cell, with everything that has a meaning in Markdown or HTML standing for itself. */
function text(words: string): string {
  return printable(words).replace(/[\\`*_[\]<>|~&]/g, (character) =>
    character === "<" ? "&lt;" : character === ">" ? "&gt;" : character === "&" ? "&amp;" : `\\${character}`,
  );
}

/** A code span; one with a backtick in it is delimited by more of them (CommonMark section 6.1). */
function code(words: string): string {
  const clean = printable(words).replaceAll("|", "\\|");
  const longest = Math.max(0, ...(clean.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `\`${clean}\`` : `${fence} ${clean} ${fence}`;
}
