import { randomUUID } from "node:crypto";
import type { Forwarding } from "../message/forwarded.ts";
import type { Head } from "../message/head.ts";
import { bit, X_REQUEST_ID } from "../message/header-names.ts";

/** Visible ASCII, and no more than a log or a header limit downstream takes without harm. */
const admitted = /^[!-~]{1,128}$/;

/**
 * The id of a request: that of a trusted proxy in front if it is one, else a new one, a random UUID. Node.js makes them
 * in stock, 40 ns each, which is less than a counter costs to write out.
 */
export function requestIdOf(head: Head, { requestId, trustedHops }: Forwarding): string {
  if (!requestId) return "";
  if (trustedHops > 0 && head.has(X_REQUEST_ID) && (head.repeated & bit(X_REQUEST_ID)) === 0) {
    const given = head.first(X_REQUEST_ID);
    if (admitted.test(given)) return given;
  }
  return randomUUID();
}
