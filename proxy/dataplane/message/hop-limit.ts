import type { Head } from "./head.ts";
import { MAX_FORWARDS } from "./header-names.ts";
import { type LocalResponse, localResponses } from "./local-response.ts";

/** Fields that a TRACE request must not have, since its response contains them. */
const credentials = ["authorization", "cookie", "proxy-authorization"] as const;

/** Returns whether Max-Forwards limits a request (RFC 9110 section 7.6.2). */
function isBounded(method: string): boolean {
  return method === "TRACE" || method === "OPTIONS";
}

/**
 * Answers TRACE and OPTIONS requests that must not be forwarded: those with no hops left (RFC 9110 section 7.6.2), and
 * TRACE with credentials or with content (section 9.3.8).
 *
 * @param length length of the body, as in `requestLength`.
 */
export function checkHops(method: string, head: Head, length: number): LocalResponse | undefined {
  if (!isBounded(method)) return undefined;
  if (method === "TRACE") {
    if (length !== 0) return localResponses.traceWithContent;
    if (credentials.some((name) => head.header(name) !== undefined)) return localResponses.traceWithCredentials;
  }
  if (!head.has(MAX_FORWARDS)) return undefined;
  const hops = head.joined(MAX_FORWARDS) as string;
  if (!/^\d{1,9}$/.test(hops)) return localResponses.invalidMaxForwards;
  if (Number(hops) > 0) return undefined;
  return method === "TRACE" ? localResponses.traceEndsHere : localResponses.optionsEndHere;
}

/** Returns the Max-Forwards to send; undefined if the received field is forwarded unchanged, or there is none. */
export function nextMaxForwards(method: string, head: Head): string | undefined {
  return head.has(MAX_FORWARDS) && isBounded(method) ? String(Number(head.first(MAX_FORWARDS)) - 1) : undefined;
}
