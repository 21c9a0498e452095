import { type CheckOptions, check as checkLoaded } from "../analysis/check/check.ts";
import { withoutLateObjects } from "../analysis/plan/late.ts";
import { trafficPlan as planOf, type TrafficPlan } from "../analysis/plan/traffic-plan.ts";
import { fullName, objectName, place } from "../analysis/traffic/describe.ts";
import { type Explanation, explain as explainAt, explainedGateways } from "../analysis/traffic/explain.ts";
import { type RoutedGateway, routingModel } from "../analysis/traffic/model.ts";
import type { Request } from "../analysis/traffic/route-request.ts";
import { type Answer, simulate as simulateAt, simulateRunning } from "../analysis/traffic/simulate.ts";
import type { AnyObject, Declared } from "../api/declared/declared.ts";
import type { Loaded } from "../api/load/load.ts";
import { locateFindings } from "../api/parse/locate.ts";
import type { Finding, ObjectReference, Origin, Severity } from "../findings/finding.ts";
import { type Declarations, type LoadOptions, loadDeclarations } from "./declarations.ts";

export type {
  DeclaredChange,
  ListenerChange,
  Risk,
  TrafficChange,
  TrafficPlan,
  Treatment,
} from "../analysis/plan/traffic-plan.ts";
export type { Explanation, Loser, NearMiss, Refused, Winner } from "../analysis/traffic/explain.ts";
export type { Answer, Failure, FilterResponse, ForwardedRequest } from "../analysis/traffic/simulate.ts";
export {
  type Declaration,
  type Declarations,
  type FileURL,
  file,
  type LoadOptions,
  type ManifestFile,
} from "./declarations.ts";
export type { AnyObject, CheckOptions, Declared, Finding, ObjectReference, Origin, Severity };

export interface SimulateOptions extends LoadOptions {
  /** Only Gateways of classes of these controllers are served. Every class when absent. */
  readonly controllerNames?: readonly string[];
  /**
   * Whether what is not declared is missing. When absent or false, classes, backends and Secrets are taken to exist, and
   * namespaces to have the labels that a listener selects.
   */
  readonly strict?: boolean;
}

export interface RequestOptions {
  /** `namespace/name` of the Gateway that gets the request. May be absent when there is only one. */
  readonly gateway?: string;
  /**
   * Names in any case. `host` decides the host, whatever the URL names; with it the URL may be a path, such as `/store`.
   */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** Traffic that goes nowhere: each request is decided as the proxy would decide it. */
export interface Traffic {
  /** `namespace/name` of every Gateway that is served. */
  readonly gateways: readonly string[];
  /** What becomes of a GET request. Throws when it is not clear which Gateway is meant. */
  get(url: string, options?: RequestOptions): Answer;
  /** What becomes of a request of any method. Throws when it is not clear which Gateway is meant. */
  request(method: string, url: string, options?: RequestOptions): Answer;
  /**
   * The same with filters for ExtensionRef run, by the proxy's own code: the others only tell them in `extensions`. They
   * may be asynchronous; no limit of time is put on them. A filter that fails is a 500 whose reason says why.
   */
  handle(method: string, url: string, options?: RequestOptions): Promise<Answer>;
  /**
   * How the answer to a request comes about: the rule that serves it, why others do not, and what would have a part in it
   * and is refused, with the Gateway API's reason. Throws when it is not clear which Gateway is meant; one that is refused
   * may be named.
   */
  explain(method: string, url: string, options?: RequestOptions): Explanation;
}

/**
 * Simulates traffic through what is declared, without a cluster and without a socket, by the same routing model that
 * the proxy runs.
 *
 * Throws an Error that lists what is wrong when the declarations themselves are not valid.
 */
export function simulate(declarations: Declarations, options: SimulateOptions = {}): Traffic {
  const { controllerNames, strict = false } = options;
  const loaded = valid(declarations, options);
  const model = routingModel(loaded, {
    undeclared: strict ? "missing" : "exists",
    ...(controllerNames === undefined ? {} : { controllerNames }),
  });
  const { gateways, attachment } = model;
  const byName = new Map(gateways.map((gateway) => [fullName(gateway.ir.gateway), gateway]));
  const request: Traffic["request"] = (method, url, { gateway, headers } = {}) =>
    simulateAt(choose(byName, gateway), askedFor(method, url, headers));
  return {
    gateways: [...byName.keys()],
    request,
    get: (url, requestOptions) => request("GET", url, requestOptions),
    handle: async (method, url, { gateway, headers } = {}) =>
      simulateRunning(choose(byName, gateway), askedFor(method, url, headers)),
    explain: (method, url, { gateway, headers } = {}) => {
      const all = new Map(explainedGateways(model).map((one) => [fullName(one.ir.gateway), one]));
      return explainAt(choose(all, gateway), attachment, askedFor(method, url, headers));
    },
  };
}

/**
 * Tells what a change does to traffic: of all the requests there may be those that something else becomes of, with who
 * takes them on either side. Nothing is sampled. For a unit test that a change does what it is meant to, and nothing else:
 *
 * ```ts
 * const { changes } = trafficPlan(today, acme);
 * expect(changes.filter(({ risk }) => risk === "fails")).toEqual([]);
 * ```
 *
 * Objects with late values, such as Outputs, are left out on both sides. Throws an Error that lists what is wrong when one
 * of the declarations is not valid, or has an object whose name or namespace is late.
 */
export function trafficPlan(before: Declarations, after: Declarations, options: LoadOptions = {}): TrafficPlan {
  const compared = withoutLateObjects(valid(before, options), valid(after, options));
  failOnErrors(compared.findings);
  return planOf(compared.before, compared.after);
}

/**
 * Finds what is wrong with what is declared, by the code of `gatewright check`: schema and rules (GW1xxx), handshake and
 * references (GW2xxx), advice (GW3xxx). For a unit test that a configuration has no errors:
 *
 * ```ts
 * expect(check([acme, file("platform.yaml")]).filter(({ severity }) => severity === "error")).toEqual([]);
 * ```
 *
 * What is not declared is a note, unless `strict` is true. Never throws for what is declared.
 */
export function check(declarations: Declarations, options: LoadOptions & CheckOptions = {}): Finding[] {
  const loaded = loadDeclarations(declarations, options);
  return locateFindings(checkLoaded(loaded, options), loaded.texts);
}

function valid(declarations: Declarations, options: LoadOptions): Loaded {
  const loaded = loadDeclarations(declarations, options);
  failOnErrors(loaded.findings);
  return loaded;
}

function failOnErrors(findings: readonly Finding[]): void {
  const errors = findings.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(`The declarations are not valid:\n${errors.map(line).join("\n")}`);
}

function askedFor(method: string, url: string, headers: RequestOptions["headers"]): Request {
  return { method, url, ...(headers === undefined ? {} : { headers }) };
}

function choose(gateways: ReadonlyMap<string, RoutedGateway>, wanted: string | undefined): RoutedGateway {
  const names = [...gateways.keys()].join(", ") || "none";
  if (wanted !== undefined) {
    const chosen = gateways.get(wanted);
    if (chosen === undefined) throw new Error(`No Gateway ${wanted} is served; served: ${names}`);
    return chosen;
  }
  const [first, ...others] = gateways.values();
  if (first === undefined) throw new Error("No Gateway is served, so no request can be simulated; declare a Gateway");
  if (others.length > 0) throw new Error(`Several Gateways are served: pass { gateway } with one of ${names}`);
  return first;
}

function line({ code, origin, object, field, message, fix }: Finding): string {
  const where = [place(origin), object && objectName(object), field].filter(
    (part) => part !== undefined && part !== "",
  );
  return `  ${code} ${where.join(" ")}: ${message}${fix === undefined ? "" : ` ${fix}`}`;
}
