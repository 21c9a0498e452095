/**
 * An error response to a request to the API server: a `Status` (meta/v1) of the API server itself, or the response of a
 * proxy or load balancer in front of it.
 */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** HTTP status. */
  readonly status: number;
  /** The machine-readable reason, such as NotFound, Conflict, Expired; empty if there is none. */
  readonly reason: string;
  /** Milliseconds to wait before a retry, from Retry-After; undefined if the response has no such header. */
  readonly retryAfter: number | undefined;
  /** The server's message, without the request that it answers. */
  readonly answer: string;
  /** The response is a `Status`, so it comes from the API server itself and not from something in front of it. */
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

/**
 * Parses Retry-After (RFC 9110 section 10.2.3) into milliseconds. Only the form in seconds is read: the API server
 * sends no other.
 */
export function retryAfterOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,5}$/.test(header) ? Number(header) * 1000 : undefined;
}

/** Makes an error from the body of a response: the message of a `Status`, or the first line of any other text. */
export function errorOf(status: number, body: string, request: string, retryAfter?: number): ApiError {
  try {
    const { kind, message, reason } = JSON.parse(body) as Record<string, unknown>;
    if (kind === "Status" && typeof message === "string") {
      const known = typeof reason === "string" ? reason : "";
      return new ApiError(status, known, `${request}: ${message}`, { retryAfter, answer: message, isStatus: true });
    }
  } catch {
    // The body is not JSON: it is empty, or a load balancer's page.
  }
  const line = body.trim().split("\n", 1)[0]?.slice(0, 200) ?? "";
  const answer = `HTTP ${status}${line === "" ? "" : `: ${line}`}`;
  return new ApiError(status, "", `${request}: ${answer}`, { retryAfter, answer });
}

/** The API server has no such object. A 404 from something in front of the API server says nothing about objects. */
export function isNotFound(error: unknown): boolean {
  return hasStatus(error, 404);
}

export function isConflict(error: unknown): boolean {
  return hasStatus(error, 409);
}

/** Returns whether the API server itself answered with one of these HTTP statuses. */
export function hasStatus(error: unknown, ...statuses: readonly number[]): error is ApiError {
  return error instanceof ApiError && error.isStatus && statuses.includes(error.status);
}

/**
 * The API server may lack the kind. Only discovery (`isServed`) can tell: for a kind that is not installed, the API
 * server answers 404 in plain text, as a proxy in front of it may.
 */
export function isMissingPath(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 404;
}

/**
 * The resourceVersion of a watch, or the continue token of a list, is too old (410, RFC 9110 section 15.5.11, as
 * Kubernetes uses it).
 */
export function isExpired(error: unknown): boolean {
  return hasStatus(error, 410) || (error instanceof ApiError && error.reason === "Expired");
}
