import { z } from "zod";
import type { Late } from "../declared/late.ts";
import { type Channel, experimental, list, listMap, longest, type Rule, withRules } from "../schema/schema.ts";
import { headerName, hostname } from "./fields.ts";
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
import { type GRPCRouteFilter, grpcRouteFilters } from "./route-filter.ts";
import { routeStatus } from "./status.ts";

/** Routes gRPC requests from listeners to backends. */
export interface GRPCRouteSpec extends CommonRouteSpec {
  /** Hostnames, exact or `*.suffix`, at most 16. Default: all hosts of the listener. */
  readonly hostnames?: readonly Late<string>[];
  /** The rules, at most 16. */
  readonly rules?: readonly GRPCRouteRule[];
}

/** A rule: requests that fit one of `matches` pass `filters` and go to one of `backendRefs`. */
export interface GRPCRouteRule {
  /** The rule's name, unique in the route. */
  readonly name?: string;
  /** Alternatives of which a request must fit one. At most 64. Default: all methods. */
  readonly matches?: readonly GRPCRouteMatch[];
  /** Filters in order, at most 16. */
  readonly filters?: readonly GRPCRouteFilter[];
  /** Backends, at most 16. */
  readonly backendRefs?: readonly GRPCBackendRef[];
  /** @experimental */
  readonly sessionPersistence?: SessionPersistence;
}

/** A backend with its share of the traffic and its own filters. */
export interface GRPCBackendRef extends BackendRef {
  /** Filters for requests to this backend only, at most 16. */
  readonly filters?: readonly GRPCRouteFilter[];
}

/** A set of conditions that a request must meet together. */
export interface GRPCRouteMatch {
  /** The method. Default: any. */
  readonly method?: GRPCMethodMatch;
  /** Headers, at most 16. Each name may occur once. */
  readonly headers?: readonly GRPCHeaderMatch[];
}

/** A gRPC method. At least one of `service` and `method` must be set; an absent field matches any value. */
export interface GRPCMethodMatch {
  /** Default: `Exact`. */
  readonly type?: "Exact" | "RegularExpression";
  /** The service with its package, such as `acme.v1.Store`. At most 1024 characters. */
  readonly service?: string;
  /** The method, such as `List`. At most 1024 characters. */
  readonly method?: string;
}

/** A header (gRPC metadata) that must be present with this value. */
export interface GRPCHeaderMatch {
  /** Default: `Exact`. */
  readonly type?: "Exact" | "RegularExpression";
  /** The header's name, case-insensitive. */
  readonly name: string;
  /** The value, 1 to 4096 characters. */
  readonly value: string;
}

type MethodMatch = { type: string; service?: string; method?: string };

const methodRules: readonly Rule<MethodMatch>[] = [
  {
    code: "GW1234",
    cel: "has(self.type) ? has(self.service) || has(self.method) : true",
    violations: (self) =>
      self.service === undefined && self.method === undefined
        ? [
            {
              message: "A method match names a service, a method, or both.",
              fix: "Add service or method; leave the match out to match every method.",
            },
          ]
        : [],
  },
  {
    code: "GW1234",
    cel: '(!has(self.type) || self.type == \'Exact\') && has(self.service) ? self.service.matches(r"""^(?i)\\.?[a-z_][a-z_0-9]*(\\.[a-z_][a-z_0-9]*)*$"""): true',
    violations: (self) =>
      self.type === "Exact" &&
      self.service !== undefined &&
      !/^\.?[a-z_][a-z_0-9]*(\.[a-z_][a-z_0-9]*)*$/iu.test(self.service)
        ? [
            {
              path: ["service"],
              message: "This is no name of a gRPC service.",
              given: self.service,
              allowed: "package.Service",
              fix: "Write the full protobuf name, or use type RegularExpression.",
            },
          ]
        : [],
  },
  {
    code: "GW1234",
    cel: '(!has(self.type) || self.type == \'Exact\') && has(self.method) ? self.method.matches(r"""^[A-Za-z_][A-Za-z_0-9]*$"""): true',
    violations: (self) =>
      self.type === "Exact" && self.method !== undefined && !/^[A-Za-z_][A-Za-z_0-9]*$/.test(self.method)
        ? [
            {
              path: ["method"],
              message: "This is no name of a gRPC method.",
              given: self.method,
              allowed: "letters, digits and underscores",
              fix: "Write the protobuf name, or use type RegularExpression.",
            },
          ]
        : [],
  },
];

const matchType = () => z.enum(["Exact", "RegularExpression"]).default("Exact");

const grpcRouteMatch = (channel: Channel) =>
  z.strictObject({
    method: withRules(
      channel,
      z.strictObject({
        type: matchType(),
        service: z.string().check(longest(1024)).optional(),
        method: z.string().check(longest(1024)).optional(),
      }),
      methodRules,
    ).optional(),
    headers: listMap(
      z.strictObject({
        type: matchType(),
        name: z.string().min(1).check(longest(256)).regex(headerName),
        value: z.string().min(1).check(longest(4096)),
      }),
      ["name"],
      { max: 16 },
    ).optional(),
  });

const grpcRouteRule = (channel: Channel) =>
  z.strictObject({
    name: ruleName(),
    matches: list(grpcRouteMatch(channel), { max: 64 }).optional(),
    filters: grpcRouteFilters(channel).optional(),
    backendRefs: list(
      withRules(
        channel,
        z.strictObject({ ...backendRefFields(), filters: grpcRouteFilters(channel).optional() }),
        backendRules,
      ),
      { max: 16 },
    ).optional(),
    sessionPersistence: experimental(channel, sessionPersistence(channel)),
  });

const grpcRouteSpec = (channel: Channel) =>
  z.strictObject({
    ...commonRouteFields(channel),
    hostnames: list(hostname(), { max: 16 }).optional(),
    rules: withRules(channel, list(grpcRouteRule(channel), { max: 16 }), [
      uniqueRuleNames,
      totalMatches(sumOverRules((i) => `(has(self[${i}].matches) ? self[${i}].matches.size() : 0)`)),
    ]).optional(),
  });

export const grpcRoute = (channel: Channel) =>
  kindSchema("gateway.networking.k8s.io/v1", "GRPCRoute", grpcRouteSpec(channel), routeStatus());

/** A valid GRPCRoute with the defaults of its schema. */
export type GRPCRoute = z.output<ReturnType<typeof grpcRoute>>;
