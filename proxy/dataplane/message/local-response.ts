import { STATUS_CODES } from "node:http";
import type { HeaderIR } from "../../../lib/routing/ir.ts";
import type { UpstreamError } from "../stats/stats.ts";
import { wireText } from "./wire-text.ts";

/** A response that the proxy makes itself. */
export interface LocalResponse {
  readonly status: number;
  /** A stable name of the cause, for the body and for metrics. */
  readonly reason: string;
  /** One sentence for people. */
  readonly message: string;
  readonly headers?: readonly HeaderIR[];
  /** Body as latin1 text, described by `headers`. Absent: reason and message as text. */
  readonly body?: string;
  /** The connection is closed, since the client's error makes its further data doubtful. */
  readonly closes?: boolean;
}

/** Reason phrases (RFC 9110 section 15; 431 from RFC 6585). Other statuses occur in responses of filters. */
const phrases: Readonly<Record<number, string>> = {
  200: "OK",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  404: "Not Found",
  408: "Request Timeout",
  413: "Content Too Large",
  414: "URI Too Long",
  417: "Expectation Failed",
  421: "Misdirected Request",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
};

export function statusLine(status: number): string {
  return `HTTP/1.1 ${status} ${phrases[status] ?? STATUS_CODES[status] ?? ""}\r\n`;
}

/** Returns the body of a local response. Preflights and redirects have none. */
export function answerBody({ status, reason, message, body }: LocalResponse): string {
  if (body !== undefined) return body;
  return status < 400 ? "" : `${status} ${wireText(reason)}: ${wireText(message)}\n`;
}

/** Returns the header fields of a local response as alternating names and values, without its framing. */
export function answerFields(answer: LocalResponse): string[] {
  const isText = answer.body === undefined && answerBody(answer) !== "";
  const list: string[] = isText ? ["content-type", "text/plain; charset=utf-8"] : [];
  for (const { name, value } of answer.headers ?? []) list.push(name, value);
  return list;
}
/**
 * Retry-After in seconds (RFC 9110 section 10.2.3). A cause that depends on many concurrent requests may be over at
 * once.
 */
const retrySoon: readonly HeaderIR[] = [{ name: "retry-after", value: "1" }];
/** Retry-After for backends, which take longer to recover. */
const retryLater: readonly HeaderIR[] = [{ name: "retry-after", value: "5" }];

export const localResponses = {
  noListener: { status: 404, reason: "NoListener", message: "No listener serves this host." },
  misdirected: {
    status: 421,
    reason: "MisdirectedRequest",
    message: "Another listener serves this host than the one that the connection was made to.",
  },
  noRoute: { status: 404, reason: "NoRoute", message: "No route matches the request." },
  matchingTooExpensive: {
    status: 500,
    reason: "MatchingTooExpensive",
    message: "The matches of the routes for this host take too many steps on this request.",
  },
  noBackend: { status: 500, reason: "NoBackend", message: "The rule has no backend with a weight above zero." },
  noEndpoint: {
    status: 503,
    reason: "NoEndpoint",
    message: "The backend has no endpoint that is ready.",
    headers: retryLater,
  },
  internal: { status: 500, reason: "InternalError", message: "The proxy failed to route the request." },
  unsendableTarget: {
    status: 500,
    reason: "UnsendableTarget",
    message: "The filters of the route made a request target that cannot be sent.",
  },
  filterFailed: { status: 500, reason: "FilterFailed", message: "A filter of the route failed." },
  requestTimeout: { status: 504, reason: "RequestTimeout", message: "The request was not answered in time." },
  tooManyConnections: {
    status: 503,
    reason: "TooManyConnections",
    message: "The proxy has no connection to spare.",
    headers: retrySoon,
  },
  tooManyOfAddress: {
    status: 429,
    reason: "TooManyConnectionsOfAddress",
    message: "Too many connections come from this address.",
    headers: retrySoon,
  },
  underscoredField: {
    status: 400,
    reason: "UnderscoredField",
    message: "Names of header fields must not have underscores here.",
  },
  tooManyRequests: {
    status: 503,
    reason: "TooManyRequestsUnderWay",
    message: "The proxy has as many requests under way as it may.",
    headers: retrySoon,
  },
  shortOfMemory: {
    status: 503,
    reason: "ShortOfMemory",
    message: "The proxy is short of memory.",
    headers: retrySoon,
  },
  shortOfProcessor: {
    status: 503,
    reason: "ShortOfProcessor",
    message: "The proxy is late with the requests that it has.",
    headers: retrySoon,
  },
} as const satisfies Record<string, LocalResponse>;

/**
 * Returns the response for an invalid backend. `reason` is the Gateway API's: BackendNotFound, RefNotPermitted,
 * InvalidKind, and so on.
 */
export function invalidBackend(reason: string, message: string): LocalResponse {
  return { status: 500, reason, message };
}

/** Returns the response for a backend whose TLS settings are incomplete: nothing is sent without TLS (GEP-1897). */
export function unsecuredBackend(missing: string): LocalResponse {
  return { status: 502, reason: "BackendNotSecured", message: `What TLS to the backend needs is missing: ${missing}.` };
}

/** Returns the response to a request whose backend failed before its response began. */
export function upstreamAnswer(error: UpstreamError, detail: string): LocalResponse {
  switch (error) {
    case "connect":
      return unavailable("BackendUnreachable", "No connection to the backend could be made.", retryLater);
    case "connectTimeout":
      return unavailable("BackendConnectTimeout", "No connection to the backend in time.", retryLater);
    case "certificate":
      return {
        status: 502,
        reason: "BackendCertificateInvalid",
        message: "The backend has shown no certificate that its BackendTLSPolicy accepts.",
      };
    case "overflow":
      return unavailable("BackendOverloaded", "Too many requests wait for the backend.", retrySoon);
    case "timeout":
      return { status: 504, reason: "BackendTimeout", message: "The backend did not answer in time." };
    case "reset":
      return { status: 502, reason: "BackendReset", message: `The backend failed before it answered: ${detail}.` };
    case "invalid":
      return {
        status: 502,
        reason: "BackendInvalidResponse",
        message: `The backend's response is not HTTP: ${detail}.`,
      };
    case "refused":
      return unavailable("BackendRefused", "The backend refused the request without looking at it.", retrySoon);
    case "noEndpoint":
      return localResponses.noEndpoint;
  }
}

function unavailable(reason: string, message: string, headers: readonly HeaderIR[]): LocalResponse {
  return { status: 503, reason, message, headers };
}
