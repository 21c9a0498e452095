import { requestList } from "../http1/request-text.ts";
import type { Head } from "../message/head.ts";
import { TE } from "../message/header-names.ts";
import type { RequestChange } from "../message/request-change.ts";
import { connectionFields } from "./request-head.ts";

/**
 * The head of the request for a backend that speaks HTTP/2: names and values in turn. What `requestText` says of fields
 * holds here as well. Names are in lower case (RFC 9113 section 8.2.1), the host is `:authority`, and since no
 * connection can be upgraded (section 8.6), no upgrade is offered.
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

/** Where the value of `:authority` stands. */
const authority = 5;
