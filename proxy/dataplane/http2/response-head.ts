import { CHUNKED, responseLength } from "../http1/rules.ts";
import type { Limits } from "../limits/limits.ts";
import { Head } from "../message/head.ts";
import { statusLine } from "../message/local-response.ts";
import type { ResponseMessage } from "../message/message.ts";

/**
 * The head of an HTTP/2 response, written as an HTTP/1.1 head, so that it is changed and forwarded like any other.
 * nghttp2 has checked it (RFC 9113 sections 8.1 to 8.3).
 */
export class ResponseHead implements ResponseMessage {
  status = 0;
  readonly head: Head;
  #bytes: Buffer = Buffer.allocUnsafeSlow(4 * 1024);

  constructor(fields: number) {
    this.head = new Head(fields);
  }

  /** @returns why the response is not forwarded, or undefined. */
  read(raw: readonly string[], limits: Limits): string | undefined {
    this.head.clear();
    this.status = Number(raw[raw.indexOf(":status") + 1]);
    // Some HTTP/1.1 clients need the reason phrase, which HTTP/2 does not carry.
    let text = statusLine(this.status);
    for (let i = 0; i < raw.length; i += 2) {
      const name = raw[i] as string;
      const value = raw[i + 1] as string;
      if (name.startsWith(":")) continue;
      this.head.addName(text.length, name.length);
      this.head.addValue(text.length + name.length + 2, value.length);
      text += `${name}: ${value}\r\n`;
    }
    text += "\r\n";
    if (text.length > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(text.length * 2);
    this.#bytes.write(text, "latin1");
    this.head.complete(this.#bytes, 0, text.length);
    if (!(this.status >= 100 && this.status <= 999)) return "its status is no number of three digits";
    if (this.head.overflow) return "it has too many header fields";
    return text.length > limits.headBytes ? "its header section is too large" : undefined;
  }

  /** Returns the length, as in `responseLength`. A body of unknown length may have trailers. */
  length(toHead: boolean, ended: boolean): number {
    return ended ? 0 : Math.max(CHUNKED, responseLength(this.head, this.status, toHead));
  }
}
