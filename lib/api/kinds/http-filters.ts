import { z } from "zod";
import type { Late } from "../declared/late.ts";
import { type Channel, listMap, listSet, longest, type Rule, withRules } from "../schema/schema.ts";
import { headerName, headerValue, port, preciseHostname } from "./fields.ts";
import { type BackendObjectReference, backendObjectReference } from "./references.ts";

/** A header to set or to add. */
export interface HTTPHeader {
  /** The header's name, case-insensitive (RFC 9110 section 5.1), 1 to 256 characters. */
  readonly name: string;
  /** The value, 1 to 4096 characters. */
  readonly value: string;
}

/** Modifies request or response headers: first `set`, then `add`, then `remove`. */
export interface HTTPHeaderFilter {
  /** Headers to overwrite, at most 16. Each name may occur once. */
  readonly set?: readonly HTTPHeader[];
  /** Headers to append values to, at most 16. Each name may occur once. */
  readonly add?: readonly HTTPHeader[];
  /** Names of headers to remove, at most 16. */
  readonly remove?: readonly string[];
}

const httpHeader = (channel: Channel) =>
  z.strictObject({ name: z.string().min(1).check(longest(256)).regex(headerName), value: headerValue(channel) });

export const httpHeaderFilter = (channel: Channel) =>
  z.strictObject({
    set: listMap(httpHeader(channel), ["name"], { max: 16 }).optional(),
    add: listMap(httpHeader(channel), ["name"], { max: 16 }).optional(),
    remove: listSet(z.string(), { max: 16 }).optional(),
  });

/** Replaces the path, or the prefix that matched. */
export interface HTTPPathModifier {
  /** The type of replacement. The field of that type must be set, and the other must not. */
  readonly type: "ReplaceFullPath" | "ReplacePrefixMatch";
  /** The new path, at most 1024 characters. For type ReplaceFullPath. */
  readonly replaceFullPath?: string;
  /** The new prefix, at most 1024 characters. For type ReplacePrefixMatch, in a rule with a single PathPrefix match. */
  readonly replacePrefixMatch?: string;
}

type PathModifier = { type: string; replaceFullPath?: string; replacePrefixMatch?: string };

const pathModifierRules: readonly Rule<PathModifier>[] = (["ReplaceFullPath", "ReplacePrefixMatch"] as const).flatMap(
  (type) => {
    const field = type === "ReplaceFullPath" ? "replaceFullPath" : "replacePrefixMatch";
    return [
      {
        code: "GW1220",
        cel: `self.type == '${type}' ? has(self.${field}) : true`,
        violations: (self) =>
          self.type === type && self[field] === undefined
            ? [{ path: [field], message: `A path modifier of type ${type} needs ${field}.`, fix: `Add ${field}.` }]
            : [],
      },
      {
        code: "GW1220",
        cel: `has(self.${field}) ? self.type == '${type}' : true`,
        violations: (self) =>
          self[field] !== undefined && self.type !== type
            ? [
                {
                  path: ["type"],
                  message: `${field} goes with the type ${type} only.`,
                  given: self.type,
                  allowed: type,
                  fix: `Set type to ${type}, or leave ${field} out.`,
                },
              ]
            : [],
      },
    ] satisfies Rule<PathModifier>[];
  },
);

const pathModifier = (channel: Channel) =>
  withRules(
    channel,
    z.strictObject({
      type: z.enum(["ReplaceFullPath", "ReplacePrefixMatch"]),
      replaceFullPath: z.string().check(longest(1024)).optional(),
      replacePrefixMatch: z.string().check(longest(1024)).optional(),
    }),
    pathModifierRules,
  );

/** Answers with a redirect. Parts that are not set are taken from the request. */
export interface HTTPRequestRedirectFilter {
  /** Default: the request's scheme. */
  readonly scheme?: "http" | "https";
  /** A DNS name without wildcard. Default: the request's host. */
  readonly hostname?: Late<string>;
  /** Default: the request's path. */
  readonly path?: HTTPPathModifier;
  /** Default: the well-known port of `scheme`, or the listener's port if `scheme` is not set. */
  readonly port?: Late<number>;
  /** Default: 302. */
  readonly statusCode?: 301 | 302 | 303 | 307 | 308;
}

export const requestRedirect = (channel: Channel) =>
  z.strictObject({
    scheme: z.enum(["http", "https"]).optional(),
    hostname: preciseHostname().optional(),
    path: pathModifier(channel).optional(),
    port: port().optional(),
    statusCode: z.literal([301, 302, 303, 307, 308]).default(302),
  });

/** Rewrites the host or path of a request before it is forwarded. */
export interface HTTPURLRewriteFilter {
  /** The new `Host`, a DNS name without wildcard. Default: the request's host. */
  readonly hostname?: Late<string>;
  /** Default: the request's path. */
  readonly path?: HTTPPathModifier;
}

export const urlRewrite = (channel: Channel) =>
  z.strictObject({ hostname: preciseHostname().optional(), path: pathModifier(channel).optional() });

/** A share of requests, `numerator / denominator`. */
export interface Fraction {
  /** The numerator, from 0 to the denominator. */
  readonly numerator: number;
  /** The denominator, at least 1. Default: 100. */
  readonly denominator?: number;
}

/** Sends a copy of requests to a backend and ignores its response. Default: all requests are copied. */
export interface HTTPRequestMirrorFilter {
  /** The backend that gets the copies. */
  readonly backendRef: BackendObjectReference;
  /** The percentage of requests to copy, 0 to 100. Excludes `fraction`. */
  readonly percent?: number;
  /** The share of requests to copy, finer than a percentage. Excludes `percent`. */
  readonly fraction?: Fraction;
}

export const requestMirror = (channel: Channel) =>
  withRules(
    channel,
    z.strictObject({
      backendRef: backendObjectReference(channel),
      percent: z.int32().min(0).max(100).optional(),
      fraction: withRules(
        channel,
        z.strictObject({ numerator: z.int32().min(0), denominator: z.int32().min(1).default(100) }),
        [
          {
            code: "GW1221",
            cel: "self.numerator <= self.denominator",
            violations: (self) =>
              self.numerator > self.denominator
                ? [
                    {
                      path: ["numerator"],
                      message: "More requests would be mirrored than there are: the numerator exceeds the denominator.",
                      given: self.numerator,
                      allowed: `0 to ${self.denominator}`,
                      fix: "Lower the numerator, or raise the denominator.",
                    },
                  ]
                : [],
          },
        ],
      ).optional(),
    }),
    [
      {
        code: "GW1221",
        cel: "!(has(self.percent) && has(self.fraction))",
        violations: (self) =>
          self.percent !== undefined && self.fraction !== undefined
            ? [
                {
                  path: ["fraction"],
                  message: "percent and fraction both say how many requests are mirrored.",
                  fix: "Keep one of the two.",
                },
              ]
            : [],
      },
    ],
  );
