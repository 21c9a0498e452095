import { isCredential, shownText } from "../../api/kinds/credentials.ts";
import { decide, type SimulatedRequest } from "../traffic/route-request.ts";
import type { Cell, GatewayPair } from "./cells.ts";
import type { TrafficChange } from "./plan.ts";
import type { Predicate } from "./predicates.ts";

type Example = NonNullable<TrafficChange["example"]>;

/**
 * Builds a request of the cell from its conditions and verifies it by routing it through both configurations. The
 * result is undefined if no request passes, as with some regular expressions, or if the request would show a
 * credential.
 */
export function exampleOf(cell: Cell, pair: GatewayPair, scheme: "http" | "https"): Example | undefined {
  const made = requestOf(cell, scheme);
  if (made === undefined || holdsCredential(made)) return undefined;
  const isAsked = cell.assumptions.predicates.some(({ of }) => of === "method");
  const tries = isAsked ? [made] : usualMethods.map((method) => ({ ...made, method }));
  return tries.find((one) => isOf(cell, pair, one));
}

/** The methods to try if the cell's conditions name none. Another rule may take requests with some of them. */
const usualMethods = ["GET", "POST", "PUT", "DELETE"];

function isOf(cell: Cell, { before, after }: GatewayPair, made: Example): boolean {
  const decisions = [before, after].flatMap((gateway) => (gateway === undefined ? [] : [decide(gateway, made)]));
  const heads = decisions.flatMap((decision) => (decision.kind === "refused" ? [] : [decision.request.head]));
  return heads.length > 0 && heads.length === decisions.length && heads.every((head) => cell.has(head));
}

function holdsCredential({ url, headers }: Example): boolean {
  const parameters = new URL(url).searchParams;
  const names = [...Object.keys(headers), ...parameters.keys()];
  const texts = [url, ...Object.values(headers), ...parameters.values()];
  return names.some(isCredential) || texts.some((text) => shownText(text) !== text);
}

function requestOf({ port, host, path, assumptions }: Cell, scheme: "http" | "https"): Example | undefined {
  const values = new Map<string, string>();
  const known = assumptions.predicates.toSorted(
    (a, b) => Number(b.pattern === undefined) - Number(a.pattern === undefined),
  );
  for (const predicate of known) {
    if (values.has(predicate.of)) continue;
    const value = valueFor(predicate, known);
    if (value === undefined) return undefined;
    values.set(predicate.of, value);
  }
  const named = (of: string) =>
    [...values].flatMap(([key, value]): [string, string][] =>
      key.startsWith(`${of} `) ? [[key.slice(of.length + 1), value]] : [],
    );
  const query = new URLSearchParams(named("query")).toString();
  const usual = scheme === "https" ? 443 : 80;
  const authority = named("header").find(([name]) => name === "host")?.[1] ?? host.sample;
  const origin = `${scheme}://${authority}${port === usual || /:\d+$/.test(authority) ? "" : `:${port}`}`;
  return {
    method: values.get("method") ?? "GET",
    url: `${origin}${values.get("path") ?? path.sample}${query === "" ? "" : `?${query}`}`,
    headers: Object.fromEntries(named("header").filter(([name]) => name !== "host")),
  } satisfies SimulatedRequest;
}

function valueFor({ of, value, pattern }: Predicate, all: readonly Predicate[]): string | undefined {
  if (pattern === undefined) return value;
  const others = all.filter((one) => one.of === of);
  return guesses(value).find((guess) => others.every((one) => one.pattern?.matches(guess) ?? one.value === guess));
}

/** Texts that a simple expression may match. The expression's own engine decides whether they do. */
function guesses(expression: string): readonly string[] {
  const one = expression
    .replace(/^\^|\$$/g, "")
    .replace(/\(\?:/g, "(")
    .replace(/\(([^()|]*)(?:\|[^()]*)?\)/g, "$1")
    .replace(/\|.*$/, "")
    .replace(/\\d|\[0-9\]/g, "1")
    .replace(/\\w|\[(?:a-z|A-Z|a-zA-Z0-9|\^\/)[^\]]*\]/g, "a")
    .replace(/\[(.)[^\]]*\]/g, "$1")
    .replace(/\{(\d+)[^}]*\}/g, "{$1}")
    .replace(/(.)\{(\d+)\}/g, (_, character: string, count: string) => character.repeat(Math.min(Number(count), 99)));
  const dotted = (text: string) => one.replace(/(^|[^\\])\.(?=[*+?]?)/g, `$1${text}`);
  return ["a", "1", "/"].flatMap((text) =>
    [dotted(text).replace(/.\*/g, ""), dotted(text).replace(/\*/g, "")].map((guess) =>
      guess.replace(/[+?]/g, "").replace(/\\(.)/g, "$1"),
    ),
  );
}
