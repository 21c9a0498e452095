import type { Head } from "./head.ts";
import { answerBody, type LocalResponse } from "./local-response.ts";
import type { OutgoingHead } from "./message.ts";

/** The gRPC status codes that the proxy sends ("Status codes and their use in gRPC"). */
const codes = {
  UNKNOWN: "2",
  DEADLINE_EXCEEDED: "4",
  PERMISSION_DENIED: "7",
  RESOURCE_EXHAUSTED: "8",
  UNIMPLEMENTED: "12",
  INTERNAL: "13",
  UNAVAILABLE: "14",
  UNAUTHENTICATED: "16",
} as const;

/**
 * Maps HTTP statuses as clients do (gRPC, "HTTP to gRPC Status Code Mapping"), and more precisely where the proxy knows
 * the cause. An invalid backendRef is 500, and UNAVAILABLE in a GRPCRoute (GRPCRouteRule.backendRefs).
 */
const codeOfStatus: Readonly<Record<number, string>> = {
  400: codes.INTERNAL,
  401: codes.UNAUTHENTICATED,
  403: codes.PERMISSION_DENIED,
  404: codes.UNIMPLEMENTED,
  408: codes.DEADLINE_EXCEEDED,
  413: codes.RESOURCE_EXHAUSTED,
  429: codes.UNAVAILABLE,
  431: codes.RESOURCE_EXHAUSTED,
  500: codes.UNAVAILABLE,
  501: codes.UNIMPLEMENTED,
  502: codes.UNAVAILABLE,
  503: codes.UNAVAILABLE,
  504: codes.DEADLINE_EXCEEDED,
};

/** Reasons of responses with status 500 for failures of the proxy itself, which a retry elsewhere would not avoid. */
const ownFailures: ReadonlySet<string> = new Set(["InternalError", "FilterFailed"]);

/**
 * Converts a local response for a gRPC call: a response with only a head, which has the status of the call (gRPC over
 * HTTP/2, "Trailers-Only"). Responses that are no failure stay unchanged, and so do those that a filter has made for
 * calls.
 */
export function grpcAnswer(answer: LocalResponse): LocalResponse {
  const { status, reason, headers = [], closes = false } = answer;
  if (status < 400 || headers.some(({ name }) => name.toLowerCase() === "grpc-status")) return answer;
  const code = ownFailures.has(reason) ? codes.INTERNAL : (codeOfStatus[status] ?? codes.UNKNOWN);
  return {
    status: 200,
    reason,
    message: "",
    headers: [
      { name: "content-type", value: "application/grpc" },
      { name: "grpc-status", value: code },
      { name: "grpc-message", value: percentEncoded(answerBody(answer).trim()) },
    ],
    closes,
  };
}

/** Returns whether a request is a gRPC call (gRPC over HTTP/2, "Content-Type"); one of gRPC-Web is not. */
export function isCall(head: Head): boolean {
  return isGrpcType(head.header("content-type"));
}

/** Returns whether a head for a backend is a gRPC call. One for HTTP/1.1 is not. */
export function isCallTo(head: OutgoingHead | undefined): boolean {
  if (head === undefined || typeof head === "string") return false;
  for (let i = 0; i < head.length; i += 2) if (head[i] === "content-type") return isGrpcType(head[i + 1]);
  return false;
}

function isGrpcType(type: string | undefined): boolean {
  return type !== undefined && grpcType.test(type);
}

const grpcType = /^application\/grpc(?:$|[+; \t])/i;

/** Percent-encodes all characters except printable ASCII, and the percent sign (gRPC over HTTP/2, "Status-Message"). */
function percentEncoded(text: string): string {
  return text.replace(/[^ -$&-~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}
