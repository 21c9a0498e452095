import type { RequestHead } from "../index/model.ts";

/** The proxy's own response to a request that must not be forwarded. */
export interface HopResponse {
  readonly status: 204 | 400 | 501;
  /** A stable name of the cause. */
  readonly reason: string;
  readonly message: string;
}

/** The responses to TRACE and OPTIONS requests that must not be forwarded. */
export const hopResponses = {
  traceWithContent: { status: 400, reason: "TraceWithContent", message: "A TRACE request must not have content." },
  traceWithCredentials: {
    status: 400,
    reason: "TraceWithCredentials",
    message: "A TRACE request must not have Authorization, Proxy-Authorization or Cookie: its response shows them.",
  },
  invalidMaxForwards: { status: 400, reason: "InvalidMaxForwards", message: "Max-Forwards must be one number." },
  traceEndsHere: {
    status: 501,
    reason: "MaxForwardsReached",
    message: "The request goes no further than this proxy, which does not answer TRACE.",
  },
  optionsEndHere: {
    status: 204,
    reason: "MaxForwardsReached",
    message: "The request goes no further than this proxy.",
  },
} as const satisfies Record<string, HopResponse>;

/** Fields that a TRACE request must not have, since its response contains them. */
const credentials = ["authorization", "cookie", "proxy-authorization"] as const;

/** A lookup of the received fields, by lower-case name. Fields of the same name are joined. */
type ReceivedFields = Pick<RequestHead, "header">;

/** Returns whether Max-Forwards limits a request (RFC 9110 section 7.6.2). */
function isBounded(method: string): boolean {
  return method === "TRACE" || method === "OPTIONS";
}

/**
 * Answers TRACE and OPTIONS requests that must not be forwarded: those with no hops left (RFC 9110 section 7.6.2), and
 * TRACE with credentials or with content (section 9.3.8). `simulate` and the proxy share this decision.
 */
export function checkHops(method: string, fields: ReceivedFields, hasContent: boolean): HopResponse | undefined {
  if (!isBounded(method)) return undefined;
  if (method === "TRACE") {
    if (hasContent) return hopResponses.traceWithContent;
    if (credentials.some((name) => fields.header(name) !== undefined)) return hopResponses.traceWithCredentials;
  }
  const hops = fields.header("max-forwards");
  if (hops === undefined) return undefined;
  if (!/^\d{1,9}$/.test(hops)) return hopResponses.invalidMaxForwards;
  if (Number(hops) > 0) return undefined;
  return method === "TRACE" ? hopResponses.traceEndsHere : hopResponses.optionsEndHere;
}

/** Returns the Max-Forwards to send; undefined if the received field is forwarded unchanged, or there is none. */
export function nextMaxForwards(method: string, fields: ReceivedFields): string | undefined {
  if (!isBounded(method)) return undefined;
  const hops = fields.header("max-forwards");
  return hops === undefined ? undefined : String(Number(hops) - 1);
}
