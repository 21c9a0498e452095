import { requestText } from "../http1/request-text.ts";
import { requestFields } from "../http2/request-fields.ts";
import type { Head } from "../message/head.ts";
import type { OutgoingHead } from "../message/message.ts";
import type { RequestChange } from "../message/request-change.ts";
import type { Backend } from "./backend.ts";

/** Serializes the head of a request for the protocol of its backend: text for HTTP/1.1, a list of fields for HTTP/2. */
export function outgoingHead(backend: Backend | undefined, head: Head, change: RequestChange): OutgoingHead {
  return backend?.isHttp2 ? requestFields(head, change) : requestText(head, change);
}
