import { randomUUID } from "node:crypto";
import type { Forwarding } from "../message/forwarded.ts";
import type { Head } from "../message/head.ts";
import { bit, X_REQUEST_ID } from "../message/header-names.ts";

/** Accepted ids: visible ASCII, short enough for logs and header limits downstream. */
const admitted = /^[!-~]{1,128}$/;

/**
 * Returns the id of a request: that of a trusted proxy in front if it is acceptable, else a new random UUID. Node.js
 * makes UUIDs in stock, in 40 ns each, which is less than formatting a counter costs.
 */
export function requestIdOf(head: Head, { requestId, trustedHops }: Forwarding): string {
  if (!requestId) return "";
  if (trustedHops > 0 && head.has(X_REQUEST_ID) && (head.repeated & bit(X_REQUEST_ID)) === 0) {
    const given = head.first(X_REQUEST_ID);
    if (admitted.test(given)) return given;
  }
  return randomUUID();
}
