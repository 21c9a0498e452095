import { type CheckOptions, check as checkLoaded } from "../analysis/check/check.ts";
import { withoutLateObjects } from "../analysis/plan/late.ts";
import { trafficPlan as planOf, type TrafficPlan } from "../analysis/plan/traffic-plan.ts";
import { fullName, objectName, place } from "../analysis/traffic/describe.ts";
import { type Explanation, explain as explainAt, explainedGateways } from "../analysis/traffic/explain.ts";
import { type RoutedGateway, routingModel } from "../analysis/traffic/model.ts";
import type { SimulatedRequest } from "../analysis/traffic/route-request.ts";
import { type SimulatedAnswer, simulate as simulateAt, simulateRunning } from "../analysis/traffic/simulate.ts";
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
export type { Failure, FilterResponse, ForwardedRequest, SimulatedAnswer } from "../analysis/traffic/simulate.ts";
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
  /** Serves only Gateways of classes with these controllerNames. Default: Gateways of all classes. */
  readonly controllerNames?: readonly string[];
  /**
   * True: references to undeclared objects do not resolve. Default: false, so undeclared classes, backends and Secrets
   * are assumed to exist, and undeclared namespaces to have the labels that a listener selects.
   */
  readonly strict?: boolean;
}

export interface RequestOptions {
  /** `namespace/name` of the Gateway that receives the request. Optional if there is only one. */
  readonly gateway?: string;
  /** Header fields; names are case-insensitive. `host` overrides the URL's host, and allows a URL such as `/store`. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** Simulated traffic. Each request is decided as the proxy would decide it, without being sent. */
export interface Traffic {
  /** `namespace/name` of every Gateway that is served. */
  readonly gateways: readonly string[];
  /** Returns the outcome of a GET request. Throws if the Gateway is ambiguous or unknown. */
  get(url: string, options?: RequestOptions): SimulatedAnswer;
  /** Returns the outcome of a request with any method. Throws if the Gateway is ambiguous or unknown. */
  request(method: string, url: string, options?: RequestOptions): SimulatedAnswer;
  /**
   * Like `request`, but also runs custom filters for ExtensionRef with the proxy's code. The other methods only list
   * them in `extensions`. Filters may be asynchronous and have no timeout. A failed filter gives status 500 with a
   * reason.
   */
  handle(method: string, url: string, options?: RequestOptions): Promise<SimulatedAnswer>;
  /**
   * Explains the outcome of a request: the rule that serves it, why other rules do not, and refused objects that would
   * affect it, with the Gateway API's reason. Throws if the Gateway is ambiguous or unknown. A refused Gateway may be
   * named.
   */
  explain(method: string, url: string, options?: RequestOptions): Explanation;
}

/**
 * Simulates traffic through declarations, without a cluster or sockets, with the routing model of the proxy.
 *
 * Throws an Error that lists all errors if the declarations are invalid.
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
 * Compares two declarations by their traffic. Returns the requests that the change treats differently, out of all
 * possible requests, with the outcome on either side. Nothing is sampled. Use it to test that a change affects only the
 * intended traffic:
 *
 * ```ts
 * const { changes } = trafficPlan(today, acme);
 * expect(changes.filter(({ risk }) => risk === "fails")).toEqual([]);
 * ```
 *
 * Objects with late values, such as Outputs, are left out on both sides. Throws an Error that lists all errors if one
 * of the declarations is invalid or has an object with a late name or namespace.
 */
export function trafficPlan(before: Declarations, after: Declarations, options: LoadOptions = {}): TrafficPlan {
  const compared = withoutLateObjects(valid(before, options), valid(after, options));
  failOnErrors(compared.findings);
  return planOf(compared.before, compared.after);
}

/**
 * Returns the findings of `gatewright check`: schema and rules (GW1xxx), handshake and references (GW2xxx), advice
 * (GW3xxx). Use it to test that a configuration has no errors:
 *
 * ```ts
 * expect(check([acme, file("platform.yaml")]).filter(({ severity }) => severity === "error")).toEqual([]);
 * ```
 *
 * A reference to an undeclared object is a note, unless `strict` is true. Errors in the declarations never throw.
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

function askedFor(method: string, url: string, headers: RequestOptions["headers"]): SimulatedRequest {
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
