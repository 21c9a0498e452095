/** What an API server answers instead of what was asked for: a `Status` (meta/v1), or whatever stands in front of it. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** HTTP status. */
  readonly status: number;
  /** The machine-readable reason, such as NotFound, Conflict, Expired; empty if there is none. */
  readonly reason: string;
  /** Milliseconds that the server asks for before another try; undefined if it does not say. */
  readonly retryAfter: number | undefined;
  /** What the server says, without the request that it answers. */
  readonly answer: string;

  constructor(status: number, reason: string, message: string, retryAfter?: number, answer = message) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.retryAfter = retryAfter;
    this.answer = answer;
  }
}

/** RFC 9110 section 10.2.3, of which the API server sends the seconds. */
export function retryAfterOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,5}$/.test(header) ? Number(header) * 1000 : undefined;
}

/** Makes the error of an answer's body: a `Status`, or text of which no more than a line is told. */
export function errorOf(status: number, body: string, request: string, retryAfter?: number): ApiError {
  try {
    const { kind, message, reason } = JSON.parse(body) as Record<string, unknown>;
    if (kind === "Status" && typeof message === "string") {
      const known = typeof reason === "string" ? reason : "";
      return new ApiError(status, known, `${request}: ${message}`, retryAfter, message);
    }
  } catch {
    // Not JSON: a load balancer's page, or nothing.
  }
  const line = body.trim().split("\n", 1)[0]?.slice(0, 200) ?? "";
  return new ApiError(status, "", `${request}: HTTP ${status}${line === "" ? "" : `: ${line}`}`, retryAfter);
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

export function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status === 409;
}

/** The version of a watch or of a list's next page is too old (RFC 9110 section 15.5.11 as Kubernetes uses it). */
export function isExpired(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 410 || error.reason === "Expired");
}
