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
  /** The answer is a `Status`: the API server itself wrote it, and nothing in front of it. */
  readonly isStatus: boolean;

  constructor(
    status: number,
    reason: string,
    message: string,
    { retryAfter, answer = message, isStatus = false }: ApiErrorDetails = {},
  ) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.retryAfter = retryAfter;
    this.answer = answer;
    this.isStatus = isStatus;
  }
}

export interface ApiErrorDetails {
  readonly retryAfter?: number | undefined;
  readonly answer?: string;
  readonly isStatus?: boolean;
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
      return new ApiError(status, known, `${request}: ${message}`, { retryAfter, answer: message, isStatus: true });
    }
  } catch {
    // Not JSON: a load balancer's page, or nothing.
  }
  const line = body.trim().split("\n", 1)[0]?.slice(0, 200) ?? "";
  const answer = `HTTP ${status}${line === "" ? "" : `: ${line}`}`;
  return new ApiError(status, "", `${request}: ${answer}`, { retryAfter, answer });
}

/** The API server has no such object. A 404 by something in front of it says nothing about objects. */
export function isNotFound(error: unknown): boolean {
  return hasStatus(error, 404);
}

export function isConflict(error: unknown): boolean {
  return hasStatus(error, 409);
}

/** The API server itself answers with one of these HTTP statuses. */
export function hasStatus(error: unknown, ...statuses: readonly number[]): error is ApiError {
  return error instanceof ApiError && error.isStatus && statuses.includes(error.status);
}

/**
 * The API server may not know the kind. Only discovery tells (`isServed`): for a kind that is not installed the API
 * server answers in plain text, as anything in front of it may.
 */
export function isMissingPath(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 404;
}

/** The version of a watch or of a list's next page is too old (RFC 9110 section 15.5.11 as Kubernetes uses it). */
export function isExpired(error: unknown): boolean {
  return hasStatus(error, 410) || (error instanceof ApiError && error.reason === "Expired");
}
