/**
 * The grammar of HTTP/1.1 in cases, by the categories in which llhttp, the proxy's parser, is tested. What is asked here
 * is what becomes of the bytes at the proxy: which requests a backend gets, in which form, or with what they are refused.
 */
export interface RequestCase {
  readonly what: string;
  /** latin1. */
  readonly bytes: string;
  /** One after another; a number is the status of a refusal, behind which nothing is read. */
  readonly outcome: readonly (Forwarded | number)[];
  /** The proxy closes the connection behind the last answer. A refusal always does. */
  readonly closes?: boolean;
  /** The client ends its side behind the bytes. */
  readonly ends?: boolean;
}

/** A request as the backend gets it, without the fields that the proxy adds. */
export interface Forwarded {
  readonly line: string;
  readonly fields: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
}

/** What a backend answers, and what its client gets. */
export interface ResponseCase {
  readonly what: string;
  /** latin1. */
  readonly bytes: string;
  /** `cut`: the client's connection is reset behind the head. */
  readonly outcome: Answered | 502 | "cut";
  /** The backend ends its connection behind the bytes. */
  readonly ends?: boolean;
  readonly method?: "GET" | "HEAD";
}

export interface Answered {
  readonly status: number;
  /** Lines, without those that say how the message is carried. */
  readonly fields: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
  readonly interim: readonly number[];
}

export function forwarded(
  line: string,
  { fields = ["Host: a"], body = "", trailers = [] }: Partial<Omit<Forwarded, "line">> = {},
): Forwarded {
  return { line, fields, body, trailers };
}

export function answered(status: number, parts: Partial<Omit<Answered, "status">> = {}): Answered {
  return { status, fields: [], body: "", trailers: [], interim: [], ...parts };
}

/** A request of these lines. */
export function head(...lines: readonly string[]): string {
  return `${lines.join("\r\n")}\r\n\r\n`;
}
