import { type Answer, answerBody } from "./answers.ts";

const UNIMPLEMENTED = "12";
const INTERNAL = "13";
const UNAVAILABLE = "14";

/**
 * An answer of the proxy's own as a gRPC call takes it: a response that has no more than a head, with the status of the
 * call (gRPC over HTTP/2, "Trailers-Only"). GRPCRoute wants UNAVAILABLE where a backendRef is invalid; the others are as
 * clients read the statuses of HTTP (gRPC, "HTTP to gRPC Status Code Mapping").
 */
export function grpcAnswer(answer: Answer): Answer {
  return {
    status: 200,
    reason: answer.reason,
    message: "",
    headers: [
      { name: "content-type", value: "application/grpc" },
      { name: "grpc-status", value: statusOf(answer.status) },
      { name: "grpc-message", value: percentEncoded(answerBody(answer).trim()) },
    ],
  };
}

function statusOf(status: number): string {
  if (status === 404 || status === 501) return UNIMPLEMENTED;
  return status === 429 || status >= 500 ? UNAVAILABLE : INTERNAL;
}

/** gRPC over HTTP/2, "Status-Message": all but printable ASCII without the percent sign. */
function percentEncoded(text: string): string {
  return text.replace(/[^ -$&-~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}
