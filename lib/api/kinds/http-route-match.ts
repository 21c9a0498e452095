import { z } from "zod";
import { type Channel, listMap, longest, type Rule, withRules } from "../schema/schema.ts";
import { headerName, headerValue } from "./fields.ts";

/** A condition on the request's path. */
export interface HTTPPathMatch {
  /** Default: `PathPrefix`, which compares whole path elements: `/foo` matches `/foo/bar` but not `/foobar`. */
  readonly type?: "Exact" | "PathPrefix" | "RegularExpression";
  /** The path, at most 1024 characters. Default: `/`. */
  readonly value?: string;
}

/** A header that must be present with this value. */
export interface HTTPHeaderMatch {
  /** Default: `Exact`. Regular expressions use RE2 syntax and must match the whole value. */
  readonly type?: "Exact" | "RegularExpression";
  /** The header's name, case-insensitive. */
  readonly name: string;
  /** The value, 1 to 4096 characters. */
  readonly value: string;
}

/** A query parameter that must be present with this value. If it is repeated, its first value counts. */
export interface HTTPQueryParamMatch {
  /** Default: `Exact`. */
  readonly type?: "Exact" | "RegularExpression";
  /** The parameter's name, case-sensitive. */
  readonly name: string;
  /** The value, 1 to 1024 characters. */
  readonly value: string;
}

export type HTTPMethod = "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "CONNECT" | "OPTIONS" | "TRACE" | "PATCH";

/** A set of conditions that a request must meet together. */
export interface HTTPRouteMatch {
  /** The path. Default: the prefix `/`, which matches all paths. */
  readonly path?: HTTPPathMatch;
  /** Headers, at most 16. */
  readonly headers?: readonly HTTPHeaderMatch[];
  /** Query parameters, at most 16. */
  readonly queryParams?: readonly HTTPQueryParamMatch[];
  /** The method. Default: any. */
  readonly method?: HTTPMethod;
}

type PathMatch = { type: string; value: string };

const forbidden = [
  ["//", "contains"],
  ["/./", "contains"],
  ["/../", "contains"],
  ["%2f", "contains"],
  ["%2F", "contains"],
  ["#", "contains"],
  ["/..", "endsWith"],
  ["/.", "endsWith"],
] as const;

const literal = ({ type }: PathMatch) => type === "Exact" || type === "PathPrefix";
const why = "no request has such a path once it is normalized";

const pathRules: readonly Rule<PathMatch>[] = [
  {
    code: "GW1201",
    cel: "(self.type in ['Exact','PathPrefix']) ? self.value.startsWith('/') : true",
    violations: (self) =>
      literal(self) && !self.value.startsWith("/")
        ? [
            {
              path: ["value"],
              message: "A path starts with a slash.",
              given: self.value,
              allowed: "/…",
              fix: "Write a slash in front of it.",
            },
          ]
        : [],
  },
  ...forbidden.map(
    ([text, how]): Rule<PathMatch> => ({
      code: "GW1201",
      cel: `(self.type in ['Exact','PathPrefix']) ? !self.value.${how}('${text}') : true`,
      violations: (self) =>
        literal(self) && (how === "contains" ? self.value.includes(text) : self.value.endsWith(text))
          ? [
              {
                path: ["value"],
                message: `A path to match must not ${how === "contains" ? "contain" : "end with"} ${text}: ${why}.`,
                given: self.value,
                fix: `Remove ${text}, or match by RegularExpression.`,
              },
            ]
          : [],
    }),
  ),
  {
    code: "GW1201",
    cel: `(self.type in ['Exact','PathPrefix']) ? self.value.matches(r"""^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$""") : true`,
    violations: (self) =>
      literal(self) && !/^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$/.test(self.value)
        ? [
            {
              path: ["value"],
              message: "The path holds characters that a path cannot have.",
              given: self.value,
              allowed: "RFC 3986 path characters; others percent-encoded",
              fix: "Percent-encode them; leave out query and fragment.",
            },
          ]
        : [],
  },
  {
    code: "GW1201",
    cel: "self.type in ['Exact','PathPrefix'] || self.type == 'RegularExpression'",
    violations: () => [], // what the enum of `type` says already
  },
];

const valueMatch = (value: z.ZodType<string, string>) =>
  z.strictObject({
    type: z.enum(["Exact", "RegularExpression"]).default("Exact"),
    name: z.string().min(1).check(longest(256)).regex(headerName),
    value,
  });

const prefixRoot = { type: "PathPrefix", value: "/" } as const;

export const httpRouteMatch = (channel: Channel) =>
  z.strictObject({
    path: withRules(
      channel,
      z.strictObject({
        type: z.enum(["Exact", "PathPrefix", "RegularExpression"]).default("PathPrefix"),
        value: z.string().check(longest(1024)).default("/"),
      }),
      pathRules,
    ).default(prefixRoot),
    headers: listMap(valueMatch(headerValue(channel)), ["name"], { max: 16 }).optional(),
    queryParams: listMap(valueMatch(z.string().min(1).check(longest(1024))), ["name"], { max: 16 }).optional(),
    method: z.enum(["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"]).optional(),
  });
