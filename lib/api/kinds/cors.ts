import { z } from "zod";
import { type Channel, listSet, longest, type Rule, withRules } from "../schema/schema.ts";
import { headerName } from "./fields.ts";

/** Cross-origin resource sharing, as the Fetch standard has it. */
export interface HTTPCORSFilter {
  /** `scheme://host[:port]`, a host may start with `*.`; or `*` alone. At most 64. */
  readonly allowOrigins?: readonly string[];
  /** By default false. */
  readonly allowCredentials?: boolean;
  /** Methods, or `*` alone. At most 9. */
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
  /** Header names, or `*` alone. At most 64. */
  readonly allowHeaders?: readonly string[];
  /** Header names that a script may read. At most 64. */
  readonly exposeHeaders?: readonly string[];
  /** Seconds for which a preflight answer may be cached, at least 1; by default 5. */
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
