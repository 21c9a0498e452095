/**
 * Cases of the HTTP/1.1 grammar, by the categories of the tests of llhttp, the proxy's parser. The cases state what the
 * proxy does with the bytes: which requests a backend receives, in which form, or with which status they are refused.
 */
export interface RequestCase {
  readonly what: string;
  /** latin1. */
  readonly bytes: string;
  /** The results in order. A number is the status of a refusal, after which nothing is read. */
  readonly outcome: readonly (Forwarded | number)[];
  /** The proxy closes the connection after the last response. A refusal always does. */
  readonly closes?: boolean;
  /** The client ends its side after the bytes. */
  readonly ends?: boolean;
}

/** A request as the backend receives it, without the fields that the proxy adds. */
export interface Forwarded {
  readonly line: string;
  readonly fields: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
}

/** A response of a backend, and what the client receives. */
export interface ResponseCase {
  readonly what: string;
  /** latin1. */
  readonly bytes: string;
  /** `cut`: the client's connection is reset after the head. */
  readonly outcome: Answered | 502 | "cut";
  /** The backend ends its connection after the bytes. */
  readonly ends?: boolean;
  readonly method?: "GET" | "HEAD";
}

export interface Answered {
  readonly status: number;
  /** The lines of fields, without those about the framing of the message. */
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

/** Returns the head of these lines. */
export function head(...lines: readonly string[]): string {
  return `${lines.join("\r\n")}\r\n\r\n`;
}
