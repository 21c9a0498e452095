import { z } from "zod";
import type { Late } from "../declared/late.ts";
import { type Channel, listMap, listSet, longest, type Rule, withRules } from "../schema/schema.ts";
import { headerName, headerValue, port, preciseHostname } from "./fields.ts";
import { type BackendObjectReference, backendObjectReference } from "./references.ts";

/** A header to set or to add. */
export interface HTTPHeader {
  /** Case-insensitive (RFC 9110 section 5.1), 1 to 256 characters. */
  readonly name: string;
  /** 1 to 4096 characters. */
  readonly value: string;
}

/** Changes headers of a request or of a response: first `set`, then `add`, then `remove`. */
export interface HTTPHeaderFilter {
  /** Overwrites the header; at most 16, each name once. */
  readonly set?: readonly HTTPHeader[];
  /** Appends to the header's values; at most 16, each name once. */
  readonly add?: readonly HTTPHeader[];
  /** Names to remove; at most 16. */
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

/** What to put in place of the path, or of the prefix by which the request was matched. */
export interface HTTPPathModifier {
  /** Names the one other field that is set. */
  readonly type: "ReplaceFullPath" | "ReplacePrefixMatch";
  /** At most 1024 characters; for type ReplaceFullPath. */
  readonly replaceFullPath?: string;
  /** At most 1024 characters; for type ReplacePrefixMatch, which needs a single PathPrefix match in the rule. */
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

/** Answers with a redirect. What is not set stays as in the request. */
export interface HTTPRequestRedirectFilter {
  /** By default that of the request. */
  readonly scheme?: "http" | "https";
  /** A DNS name without wildcard; by default that of the request. */
  readonly hostname?: Late<string>;
  /** By default the path of the request. */
  readonly path?: HTTPPathModifier;
  /** By default the well-known port of `scheme`, or the listener's if no scheme is set. */
  readonly port?: Late<number>;
  /** By default 302. */
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

/** Changes host or path of the request before it is sent on. */
export interface HTTPURLRewriteFilter {
  /** A DNS name without wildcard, sent as `Host`; by default that of the request. */
  readonly hostname?: Late<string>;
  /** By default the path of the request. */
  readonly path?: HTTPPathModifier;
}

export const urlRewrite = (channel: Channel) =>
  z.strictObject({ hostname: preciseHostname().optional(), path: pathModifier(channel).optional() });

/** `numerator / denominator` of the requests. */
export interface Fraction {
  /** 0 to the denominator. */
  readonly numerator: number;
  /** At least 1; by default 100. */
  readonly denominator?: number;
}

/** Sends a copy of the request to a backend, whose answer is ignored. By default every request is copied. */
export interface HTTPRequestMirrorFilter {
  /** Where the copy goes. */
  readonly backendRef: BackendObjectReference;
  /** 0 to 100; not together with `fraction`. */
  readonly percent?: number;
  /** A share finer than a percentage; not together with `percent`. */
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
