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
  /** Names, or `*.suffix`; at most 16. By default every host of the listener. */
  readonly hostnames?: readonly Late<string>[];
  /** At most 16. */
  readonly rules?: readonly GRPCRouteRule[];
}

/** A request that one of `matches` fits goes through `filters` to one of `backendRefs`. */
export interface GRPCRouteRule {
  /** Unique in the route. */
  readonly name?: string;
  /** One must fit; at most 64. By default every method. */
  readonly matches?: readonly GRPCRouteMatch[];
  /** At most 16. */
  readonly filters?: readonly GRPCRouteFilter[];
  /** At most 16. */
  readonly backendRefs?: readonly GRPCBackendRef[];
  /** @experimental */
  readonly sessionPersistence?: SessionPersistence;
}

/** A backend, its share of the traffic, and what is done to its requests. */
export interface GRPCBackendRef extends BackendRef {
  /** Applied to requests that go to this backend only; at most 16. */
  readonly filters?: readonly GRPCRouteFilter[];
}

/** Conditions that must all hold. */
export interface GRPCRouteMatch {
  /** By default any. */
  readonly method?: GRPCMethodMatch;
  /** At most 16, each name once. */
  readonly headers?: readonly GRPCHeaderMatch[];
}

/** At least one of `service` and `method`; what is left out matches any. */
export interface GRPCMethodMatch {
  /** By default `Exact`. */
  readonly type?: "Exact" | "RegularExpression";
  /** With its package, such as `acme.v1.Store`; at most 1024 characters. */
  readonly service?: string;
  /** Such as `List`; at most 1024 characters. */
  readonly method?: string;
}

/** A header, gRPC metadata, that must be present with this value. */
export interface GRPCHeaderMatch {
  /** By default `Exact`. */
  readonly type?: "Exact" | "RegularExpression";
  /** Case-insensitive. */
  readonly name: string;
  /** 1 to 4096 characters. */
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
