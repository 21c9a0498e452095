import { z } from "zod";
import type { Late } from "../declared/late.ts";
import { int64 } from "../schema/integer.ts";
import { type Channel, experimental, list, listSet, type Rule, withRules } from "../schema/schema.ts";
import { milliseconds } from "./duration.ts";
import { duration, hostname } from "./fields.ts";
import { type HTTPRouteMatch, httpRouteMatch } from "./http-route-match.ts";
import { kindSchema } from "./object.ts";
import { type BackendRef, backendRefFields, backendRules } from "./references.ts";
import {
  type CommonRouteSpec,
  commonRouteFields,
  ruleName,
  type SessionPersistence,
  sessionPersistence,
  sumOverRules,
  totalMatches,
  uniqueRuleNames,
} from "./route.ts";
import { type HTTPRouteFilter, httpRouteFilters } from "./route-filter.ts";
import { routeStatus } from "./status.ts";

/** Routes HTTP requests from listeners to backends. */
export interface HTTPRouteSpec extends CommonRouteSpec {
  /** Hostnames, exact or `*.suffix`, at most 16. Default: all hosts of the listener. */
  readonly hostnames?: readonly Late<string>[];
  /** The rules, 1 to 16. Default: a rule that matches all requests and has no backend, so they get 500. */
  readonly rules?: readonly HTTPRouteRule[];
}

/** A rule: requests that fit one of `matches` pass `filters` and go to one of `backendRefs`. */
export interface HTTPRouteRule {
  /** The rule's name, unique in the route. */
  readonly name?: string;
  /** Alternatives of which a request must fit one. At most 64. Default: all paths. */
  readonly matches?: readonly HTTPRouteMatch[];
  /** Filters in order, at most 16. */
  readonly filters?: readonly HTTPRouteFilter[];
  /** Backends, at most 16. */
  readonly backendRefs?: readonly HTTPBackendRef[];
  /** Default: the implementation's timeouts. */
  readonly timeouts?: HTTPRouteTimeouts;
  /** Default: the implementation's choice. */
  readonly retry?: HTTPRouteRetry;
  /** @experimental */
  readonly sessionPersistence?: SessionPersistence;
}

/** A backend with its share of the traffic and its own filters. */
export interface HTTPBackendRef extends BackendRef {
  /** Filters for requests to this backend only, at most 16. */
  readonly filters?: readonly HTTPRouteFilter[];
}

/** Timeouts (GEP-1742) as GEP-2257 durations, such as `500ms` or `1m30s`. `0s` disables a timeout. */
export interface HTTPRouteTimeouts {
  /** The time from the request's arrival to its response, including retries. */
  readonly request?: string;
  /** The time for one attempt at a backend. Must not exceed `request`. */
  readonly backendRequest?: string;
}

/** The retry policy (GEP-1731). */
export interface HTTPRouteRetry {
  /** Status codes to retry, 400 to 599. */
  readonly codes?: readonly number[];
  /** The number of retries. Default: 1. */
  readonly attempts?: number;
  /** The minimum wait between attempts, as a duration. */
  readonly backoff?: string;
}

type PrefixFilter = {
  requestRedirect?: { path?: { type: string; replacePrefixMatch?: string } };
  urlRewrite?: { path?: { type: string; replacePrefixMatch?: string } };
};
type RouteRule = {
  matches: readonly { path?: { type: string } }[];
  filters?: readonly PrefixFilter[];
  backendRefs?: readonly { filters?: readonly PrefixFilter[] }[];
};

const replacesPrefix = (filter: PrefixFilter, field: "requestRedirect" | "urlRewrite") =>
  filter[field]?.path?.type === "ReplacePrefixMatch" && filter[field]?.path?.replacePrefixMatch !== undefined;

const exactlyOne = <T>(items: readonly T[], holds: (item: T) => boolean) => items.filter(holds).length === 1;

const isSinglePrefix = ({ matches }: RouteRule) => matches.length === 1 && matches[0]?.path?.type === "PathPrefix";

const prefixViolation = (path: (string | number)[], given: number) => [
  {
    path,
    message:
      "replacePrefixMatch needs to know which prefix it replaces: the rule must have exactly one match, of type PathPrefix.",
    given: `${given} matches`,
    fix: "Give each prefix a rule of its own, or use ReplaceFullPath.",
  },
];

const needsOnePath =
  "((size(self.matches) != 1 || !has(self.matches[0].path) || self.matches[0].path.type != 'PathPrefix') ? false : true) : true";

const ruleRules: readonly Rule<RouteRule>[] = [
  {
    code: "GW1227",
    cel: "(has(self.backendRefs) && size(self.backendRefs) > 0) ? (!has(self.filters) || self.filters.all(f, !has(f.requestRedirect))): true",
    violations: ({ backendRefs = [], filters = [] }) => {
      const redirect = filters.findIndex(({ requestRedirect }) => requestRedirect !== undefined);
      return backendRefs.length > 0 && redirect >= 0
        ? [
            {
              path: ["filters", redirect],
              message: "A rule that redirects sends nothing to its backends.",
              fix: "Remove backendRefs, or the RequestRedirect filter.",
            },
          ]
        : [];
    },
  },
  ...(["requestRedirect", "urlRewrite"] as const).flatMap((field): Rule<RouteRule>[] => {
    const test = `has(f.${field}) && has(f.${field}.path) && f.${field}.path.type == 'ReplacePrefixMatch' && has(f.${field}.path.replacePrefixMatch)`;
    return [
      {
        code: "GW1228",
        cel: `(has(self.filters) && self.filters.exists_one(f, ${test})) ? ${needsOnePath}`,
        violations: (self) => {
          const filters = self.filters ?? [];
          return exactlyOne(filters, (filter) => replacesPrefix(filter, field)) && !isSinglePrefix(self)
            ? prefixViolation(
                ["filters", filters.findIndex((filter) => replacesPrefix(filter, field)), field, "path"],
                self.matches.length,
              )
            : [];
        },
      },
      {
        code: "GW1228",
        cel: `(has(self.backendRefs) && self.backendRefs.exists_one(b, (has(b.filters) && b.filters.exists_one(f, ${test})) )) ? ${needsOnePath}`,
        violations: (self) => {
          const backends = self.backendRefs ?? [];
          const replaces = ({ filters = [] }: { filters?: readonly PrefixFilter[] }) =>
            exactlyOne(filters, (filter) => replacesPrefix(filter, field));
          return exactlyOne(backends, replaces) && !isSinglePrefix(self)
            ? prefixViolation(["backendRefs", backends.findIndex(replaces), "filters"], self.matches.length)
            : [];
        },
      },
    ];
  }),
];

const httpRouteTimeouts = (channel: Channel) =>
  withRules(channel, z.strictObject({ request: duration().optional(), backendRequest: duration().optional() }), [
    {
      code: "GW1229",
      cel: "!(has(self.request) && has(self.backendRequest) && duration(self.request) != duration('0s') && duration(self.backendRequest) > duration(self.request))",
      violations: ({ request, backendRequest }) =>
        request !== undefined &&
        backendRequest !== undefined &&
        milliseconds(request) !== 0 &&
        milliseconds(backendRequest) > milliseconds(request)
          ? [
              {
                path: ["backendRequest"],
                message: "One attempt may not take longer than the whole request.",
                given: backendRequest,
                allowed: `at most ${request}`,
                fix: "Lower backendRequest, or raise request.",
              },
            ]
          : [],
    },
  ]);

const httpBackendRef = (channel: Channel) =>
  withRules(
    channel,
    z.strictObject({ ...backendRefFields(), filters: httpRouteFilters(channel).optional() }),
    backendRules,
  );

const httpRouteRule = (channel: Channel) =>
  withRules(
    channel,
    z.strictObject({
      name: ruleName(),
      matches: list(httpRouteMatch(channel), { max: 64 }).default([{ path: { type: "PathPrefix", value: "/" } }]),
      filters: httpRouteFilters(channel).optional(),
      backendRefs: list(httpBackendRef(channel), { max: 16 }).optional(),
      timeouts: httpRouteTimeouts(channel).optional(),
      retry: z
        .strictObject({
          codes: listSet(int64(z.number().min(400).max(599)), {}).optional(),
          attempts: int64(z.number().min(0)).default(1),
          backoff: duration().optional(),
        })
        .optional(),
      sessionPersistence: experimental(channel, sessionPersistence(channel)),
    }),
    ruleRules,
  );

const httpRouteSpec = (channel: Channel) =>
  z.strictObject({
    ...commonRouteFields(channel),
    hostnames: list(hostname(), { max: 16 }).optional(),
    rules: withRules(channel, list(httpRouteRule(channel), { min: 1, max: 16 }), [
      uniqueRuleNames,
      totalMatches(sumOverRules((i) => `self[${i}].matches.size()`)),
    ]).default([{ matches: [{ path: { type: "PathPrefix", value: "/" } }] }]),
  });

export const httpRoute = (channel: Channel) =>
  kindSchema("gateway.networking.k8s.io/v1", "HTTPRoute", httpRouteSpec(channel), routeStatus());

/** A valid HTTPRoute with the defaults of its schema. */
export type HTTPRoute = z.output<ReturnType<typeof httpRoute>>;
