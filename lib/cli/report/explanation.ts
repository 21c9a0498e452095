import { lateWords, shareWords } from "../../analysis/traffic/describe.ts";
import type { Explanation, Loser, NearMiss, Refused } from "../../analysis/traffic/explain.ts";
import type { ForwardedRequest, SimulatedAnswer } from "../../analysis/traffic/simulate.ts";
import { type Text, text } from "../../printing/text.ts";
import type { Palette } from "./color.ts";

/** The maximum number of other matches that are printed, the nearest ones first. */
const mostOthers = 10;

/** Formats an explanation as text. */
export function formatExplanation(explanation: Explanation, paint: Palette): Text {
  const { gateway, listener, winner, answer, others, refused, nearMisses } = explanation;
  const lines = [
    paint.bold(`Gateway ${gateway}`),
    ...(listener === undefined
      ? []
      : [
          entry(
            "listener",
            `${listener.name} of ${listener.parent}, port ${listener.port}, ${hostWords(listener.hostname)}`,
          ),
        ]),
    ...(winner === undefined
      ? []
      : [
          entry("route", `${winner.route}, ${hostWords(winner.hostname)}`),
          entry("rule", winner.rule),
          entry("match", text`${winner.match}  ${paint.dim(winner.field)}`),
          ...winner.filters.map((filter) => entry("filter", filter)),
        ]),
    ...answerLines(answer),
    ...(winner?.backends ?? []).flatMap(({ target, filters }) =>
      filters.map((filter) => entry("", `${target}: ${filter}`)),
    ),
    ...refusedLines(refused, paint),
    ...nearMissLines(nearMisses, paint),
    ...otherLines(others, paint),
  ];
  return text`${text.join(lines, "\n")}\n`;
}

function entry(label: string, words: string | Text): Text {
  return words === "" ? text`  ${label}` : text`  ${label.padEnd(9)} ${words}`;
}

function hostWords(hostname: string): string {
  return hostname === "*" ? "every host" : `host ${hostname}`;
}

function answerLines(answer: SimulatedAnswer): Text[] {
  const { status, reason, location, backends, failures, mirrors, lateShares, opaque = [] } = answer;
  const reasons = status !== undefined && failures.length > 0 ? [] : [reason].filter((words) => words !== undefined);
  return [
    ...(status === undefined
      ? []
      : [entry("answer", [String(status), ...reasons, location ?? ""].filter((words) => words !== "").join("  "))]),
    ...(status === undefined && reason !== undefined ? [entry("answer", `none. ${reason}`)] : []),
    ...opaque.map((name) =>
      entry(
        "opaque",
        `passed through ${name}: what it does is up to its controller; the rest is as if it changed nothing`,
      ),
    ),
    ...Object.entries(backends).map(([backend, share]) => entry("backend", `${shareColumn(share)}  ${backend}`)),
    ...(lateShares?.backends ?? []).map((backend) => entry("backend", `${shareColumn()}  ${backend}`)),
    ...failures.map(({ share, message, reason: why }) => entry("500", `${shareColumn(share)}  ${why}: ${message}`)),
    ...Object.entries(mirrors).map(([backend, share]) => entry("mirror", `${shareColumn(share)}  ${backend}`)),
    ...(lateShares?.mirrors ?? []).map((backend) => entry("mirror", `${shareColumn()}  ${backend}`)),
    ...sentLines(answer),
  ];
}

function shareColumn(share?: number): string {
  return share === undefined ? lateWords : shareWords(share).padStart(8);
}

/** Formats the request as backends receive it: one line for all, or one for each group that receives the same. */
function sentLines({ request, requests }: SimulatedAnswer): Text[] {
  const backendsByRequest = new Map<string, string[]>();
  for (const [backend, sent] of Object.entries(requests)) {
    const words = requestWords(sent);
    backendsByRequest.set(words, [...(backendsByRequest.get(words) ?? []), backend]);
  }
  if (backendsByRequest.size > 1) {
    return [...backendsByRequest].map(([words, backends]) => entry("sends", `${words}  to ${backends.join(", ")}`));
  }
  const [words = request && requestWords(request)] = backendsByRequest.keys();
  return words === undefined ? [] : [entry("sends", words)];
}

function requestWords({ method, path, query, host }: ForwardedRequest): string {
  return `${method} ${path}${query === "" ? "" : `?${query}`} host ${host}`;
}

/** Formats the refused objects that would affect the request if they were accepted. */
function refusedLines(refused: readonly Refused[], paint: Palette): Text[] {
  if (refused.length === 0) return [];
  return [
    entry("refused", ""),
    ...refused.flatMap(({ what, reason, message, field, fix }) => [
      text`    ${what}${field === undefined ? text`` : text`  ${paint.dim(field)}`}`,
      text`      ${reason}: ${message}`,
      ...(fix === undefined ? [] : [text`      fix: ${fix}`]),
    ]),
  ];
}

function nearMissLines(nearMisses: readonly NearMiss[], paint: Palette): Text[] {
  if (nearMisses.length === 0) return [];
  return [
    entry("note", ""),
    ...nearMisses.flatMap(({ field, message, fix }) => [
      text`    ${paint.dim(field)}`,
      text`      ${message}`,
      ...(fix === undefined ? [] : [text`      fix: ${fix}`]),
    ]),
  ];
}

function otherLines(others: readonly Loser[], paint: Palette): Text[] {
  if (others.length === 0) return [];
  const told = others.slice(0, mostOthers);
  const rest = others.length - told.length;
  return [
    entry("others", ""),
    ...told.flatMap(({ route, rule, match, why }) => [
      text`    ${[route, rule].filter((words) => words !== undefined).join(" ")}${match === undefined ? text`` : text`  ${paint.dim(match)}`}`,
      text`      ${why}`,
    ]),
    ...(rest > 0 ? [text`    and ${rest} more`] : []),
  ];
}
