import { requestList } from "../http1/request-text.ts";
import type { Head } from "../message/head.ts";
import { TE } from "../message/header-names.ts";
import type { RequestChange } from "../message/request-change.ts";
import { connectionFields } from "./request-head.ts";

/**
 * Returns the head of the request for an HTTP/2 backend as alternating names and values. The rules for fields are those
 * of `requestText`. Names are in lower case (RFC 9113 section 8.2.1), the host is `:authority`, and no upgrade is
 * offered, since streams cannot be upgraded (section 8.6).
 */
export function requestFields(head: Head, change: RequestChange): readonly string[] {
  const fields = [":method", change.method, ":scheme", "http", ":authority", "", ":path", change.target];
  const list = requestList(head, change);
  for (let i = 0; i < list.length; i += 2) {
    const name = (list[i] as string).toLowerCase();
    if (name === "host") fields[authority] = list[i + 1] as string;
    else if (!connectionFields.has(name) && name !== "te") fields.push(name, list[i + 1] as string);
  }
  if (head.has(TE) && head.hasToken(TE, "trailers")) fields.push("te", "trailers");
  return fields;
}

/** The index of the value of `:authority`. */
const authority = 5;
