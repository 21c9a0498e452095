import { code, type Markdown, markdown, tableRow } from "../../printing/markdown.ts";
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

/** The number of rows after which the table ends, to keep the comment readable. */
const mostRows = 50;

/** Writes a plan for a pull request comment, in GitHub Flavored Markdown with a table. */
export function planMarkdown(plan: TrafficPlan): Markdown {
  const { changes, listeners, unfollowed, declared } = plan;
  const rest = changes.length - mostRows;
  const gateways = new Set(changes.map(({ gateway }) => gateway));
  const lines = [
    markdown`### ${summaryWords(plan)}`,
    ...(listeners.length === 0 ? [] : [empty, ...listeners.map(listenerItem)]),
    ...(changes.length === 0 ? [] : [empty, markdown`| | requests | before | after |`, markdown`|---|---|---|---|`]),
    ...changes.slice(0, mostRows).map((change) => row(change, gateways.size > 1)),
    ...(rest > 0 ? [empty, markdown`… and ${rest} more.`] : []),
    ...(unfollowed.length === 0
      ? []
      : [
          empty,
          markdown`Changes of rules whose requests cannot be followed:`,
          empty,
          markdown`| | rule | before | after |`,
          markdown`|---|---|---|---|`,
        ]),
    ...unfollowed.slice(0, mostRows).map(unfollowedRow),
    ...(unfollowed.length > mostRows ? [empty, markdown`… and ${unfollowed.length - mostRows} more.`] : []),
    ...(declared.length === 0
      ? []
      : [
          empty,
          markdown`Changes of what is declared that no request shows:`,
          empty,
          ...declared.slice(0, mostRows).map(declaredItem),
        ]),
    ...(declared.length > mostRows ? [empty, markdown`… and ${declared.length - mostRows} more.`] : []),
    empty,
  ];
  return markdown.join(lines, "\n");
}

const empty = markdown``;

function listenerItem({ gateway, port, listener, change }: TrafficPlan["listeners"][number]): Markdown {
  return markdown`- Listener ${code(listener)} of Gateway ${code(gateway)}, port ${port}, ${change}`;
}

function row(change: TrafficChange, several: boolean): Markdown {
  const { risk, gateway, before, after, differences, why } = change;
  const conditions = conditionWords(change);
  const except = exceptWords(change);
  const example = exampleWords(change);
  const requests = [
    markdown`${code(hostWords(change))} ${code(pathWords(change))}${conditions === "" ? empty : markdown` ${conditions}`}`,
    ...(except === undefined ? [] : [markdown`but not ${except}`]),
    ...(several ? [markdown`at ${code(gateway)}`] : []),
    ...(example === undefined ? [] : [markdown`such as ${code(example)}`]),
  ];
  const now = [
    side(after),
    ...differences.map((difference) => markdown`${difference}`),
    ...(why === undefined ? [] : [markdown`since ${why}`]),
  ];
  return tableRow([riskCell(risk), markdown.join(requests, "<br>"), side(before), markdown.join(now, "<br>")]);
}

function unfollowedRow({ risk, route, rule, because, before, after, differences }: UnfollowedChange): Markdown {
  const now = [side(after), ...differences.map((difference) => markdown`${difference}`)];
  const what = markdown`${code(`${route} ${rule}`)}<br>${because}`;
  return tableRow([riskCell(risk), what, side(before), markdown.join(now, "<br>")]);
}

function riskCell(risk: Risk): Markdown {
  const words = riskWords[risk];
  return ["fails", "moves"].includes(risk) ? markdown`**${words}**` : markdown`${words}`;
}

function declaredItem(change: DeclaredChange): Markdown {
  return markdown`- ${code(change.object)} ${declaredWords(change)}`;
}

function side(treatment: Treatment): Markdown {
  const taker = takerWords(treatment);
  const words = [treatmentWords(treatment), ...(taker === undefined ? [] : [taker])];
  return markdown.join(
    words.map((line) => markdown`${line}`),
    "<br>",
  );
}
