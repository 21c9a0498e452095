import { shareWords } from "../traffic/describe.ts";
import type { DeclaredChange, Risk, TrafficChange, TrafficPlan, Treatment } from "./plan.ts";

/** The number of list items that a short text shows. */
const mostTold = 6;

/** A change's risk in a few words. */
export const riskWords: Readonly<Record<Risk, string>> = {
  fails: "begins to fail",
  moves: "goes elsewhere",
  shares: "changes shares",
  handling: "is handled otherwise",
  serves: "begins to be served",
};

const riskNouns: Readonly<Record<Risk, string>> = {
  fails: "failing",
  moves: "going elsewhere",
  shares: "of shares",
  handling: "of handling",
  serves: "newly served",
};

/** A summary such as `3 changes of traffic: 1 failing, 2 of shares; 1 change of rules that cannot be followed: …`. */
export function summaryWords({ changes, listeners, unfollowed }: TrafficPlan): string {
  const own = listeners.length === 0 ? [] : [`${listeners.length} of listeners`];
  const traffic = `${counted(changes.length, "change")} of traffic: ${[...countedByRisk(changes), ...own].join(", ")}`;
  const blind = `${counted(unfollowed.length, "change")} of rules that cannot be followed: ${countedByRisk(unfollowed).join(", ")}`;
  const isTold = changes.length + listeners.length > 0;
  if (unfollowed.length === 0) return isTold ? traffic : "No change of traffic";
  return isTold ? `${traffic}; ${blind}` : blind;
}

function countedByRisk(changes: readonly { readonly risk: Risk }[]): readonly string[] {
  return Array.from(
    Map.groupBy(changes, ({ risk }) => risk),
    ([risk, list]) => `${list.length} ${riskNouns[risk]}`,
  );
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** The hosts in words, such as `acme.io, *.acme.io`. */
export function hostWords({ hosts }: Pick<TrafficChange, "hosts">): string {
  return shortened(hosts.map((host) => (host === "*" ? "every other host" : host)));
}

/** Results are `/checkout`, `/store and below`, `/store and other paths below`, `every path` or `every other path`. */
export function pathWords({ paths, exceptPaths }: Pick<TrafficChange, "paths" | "exceptPaths">): string {
  return shortened(
    paths.map(({ type, value }) => {
      if (type === "Exact") return value;
      const above = value === "/" ? value : `${value}/`;
      const partly = exceptPaths.some((one) => `${one.value}/`.startsWith(above));
      if (value === "/") return partly ? "every other path" : "every path";
      return partly ? `${value} and other paths below` : `${value} and below`;
    }),
  );
}

/** The conditions in words, such as `with method GET and header serve = canary`, or empty text if there are none. */
export function conditionWords({ conditions }: Pick<TrafficChange, "conditions">): string {
  return conditions.length === 0 ? "" : `with ${conditions.join(" and ")}`;
}

export function exceptWords({ except }: Pick<TrafficChange, "except">): string | undefined {
  return except.length === 0 ? undefined : shortened(except.map((one) => `[${one}]`));
}

/** Example: `store/store:8080 90 %, store/canary:8080 10 %, through acme.io/RateLimit store/few (opaque)`. */
export function treatmentWords({ backends, failing, answers, opaque = [] }: Treatment): string {
  const shares = Object.entries(backends).map(([name, share]) => `${name} ${shareWords(share)}`);
  const part = failing > 0 && failing < 1 ? ` ${shareWords(failing)}` : "";
  const through = opaque.map((name) => `through ${name} (opaque)`);
  return [...shares, ...answers.map((answer) => `${answer}${part}`), ...through].join(", ");
}

/** The rule that takes the requests, such as `HTTPRoute store/acme-store rules[0]`. */
export function takerWords({ route, rule }: Treatment): string | undefined {
  return route === undefined ? undefined : `${route} ${rule}`;
}

/** The example request in one line, such as `GET http://acme.io/checkout  serve: canary`. */
export function exampleWords({ example }: Pick<TrafficChange, "example">): string | undefined {
  if (example === undefined) return undefined;
  const fields = Object.entries(example.headers).map(([name, value]) => `${name}: ${value}`);
  return [`${example.method} ${example.url}`, ...fields].join("  ");
}

/** Example: `spec.rules[0].sessionPersistence.type: none → Cookie (declared, not enforced by Gatewright's proxy)`. */
export function declaredWords({ field, before = "none", after = "none", enforced }: DeclaredChange): string {
  return `${field}: ${before} → ${after}${enforced ? "" : " (declared, not enforced by Gatewright's proxy)"}`;
}

function shortened(items: readonly string[]): string {
  const rest = items.length - mostTold;
  return rest > 1 ? `${items.slice(0, mostTold).join(", ")} and ${rest} more` : items.join(", ");
}
