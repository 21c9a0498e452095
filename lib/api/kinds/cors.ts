import { z } from "zod";
import { type Channel, listSet, longest, type Rule, withRules } from "../schema/schema.ts";
import { headerName } from "./fields.ts";

/** Cross-origin resource sharing, as defined by the Fetch standard. */
export interface HTTPCORSFilter {
  /** Origins as `scheme://host[:port]`, where the host may start with `*.`, or only `*`. At most 64. */
  readonly allowOrigins?: readonly string[];
  /** If true, browsers may send credentials. Default: false. */
  readonly allowCredentials?: boolean;
  /** Allowed methods, or only `*`. At most 9. */
  readonly allowMethods?: readonly (
    | "GET"
    | "HEAD"
    | "POST"
    | "PUT"
    | "DELETE"
    | "CONNECT"
    | "OPTIONS"
    | "TRACE"
    | "PATCH"
    | "*"
  )[];
  /** Names of allowed request headers, or only `*`. At most 64. */
  readonly allowHeaders?: readonly string[];
  /** Names of response headers that a script may read. At most 64. */
  readonly exposeHeaders?: readonly string[];
  /** The number of seconds for which a preflight response may be cached, at least 1. Default: 5. */
  readonly maxAge?: number;
}

// biome-ignore lint/complexity/noUselessEscapeInRegex: the CRD's pattern, verbatim
const origin = /(^\*$)|(^(http(s)?):\/\/(((\*\.)?([a-zA-Z0-9\-]+\.)*[a-zA-Z0-9-]+|\*)(:([0-9]{1,5}))?)$)/;

const aloneIfWildcard: Rule<readonly string[]> = {
  code: "GW1222",
  cel: "!('*' in self && self.size() > 1)",
  violations: (self) =>
    self.length > 1 && self.includes("*")
      ? [
          {
            path: [self.indexOf("*")],
            message: "`*` allows everything, so nothing may stand beside it.",
            fix: "Keep `*` alone, or remove it.",
          },
        ]
      : [],
};

const corsHeader = () => z.string().min(1).check(longest(256)).regex(headerName);

export const corsFilter = (channel: Channel) =>
  z.strictObject({
    allowOrigins: withRules(channel, listSet(z.string().min(1).check(longest(253)).regex(origin), { max: 64 }), [
      aloneIfWildcard,
    ]).optional(),
    allowCredentials: z.boolean().optional(),
    allowMethods: withRules(
      channel,
      listSet(z.enum(["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "*"]), {
        max: 9,
      }),
      [aloneIfWildcard],
    ).optional(),
    allowHeaders: withRules(channel, listSet(corsHeader(), { max: 64 }), [aloneIfWildcard]).optional(),
    exposeHeaders: listSet(corsHeader(), { max: 64 }).optional(),
    maxAge: z.int32().min(1).default(5),
  });
