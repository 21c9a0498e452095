import { type IncomingMessage, request as requestPlain } from "node:http";
import { type RequestOptions, request as requestSecure } from "node:https";
import { ApiError, errorOf, retryAfterOf } from "./api-error.ts";

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Absolute, such as `/apis/gateway.networking.k8s.io/v1/gateways`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /**
   * The expected `kind` of the response. A response of another kind did not come from the API server and is an error.
   * Default: any kind is accepted.
   */
  readonly kind?: string;
  /** The body, sent as JSON. */
  readonly body?: unknown;
  /** Default: `application/json`. */
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds to wait for the head of the response, and between two reads of its body. Default: 30 s. */
  readonly timeout?: number;
}

/**
 * The address of the API server, and the credentials for it. Requests authenticate one by one, since tokens and
 * certificates are renewed.
 */
export interface Credentials {
  /** The URL of the API server, such as `https://10.96.0.1:443`, with a path if a proxy in front of it needs one. */
  readonly server: string;
  /** The namespace of the kubeconfig's context or of the service account. */
  readonly namespace: string;
  /** Adds credentials to a request: headers, or an agent with certificates. */
  authenticate(options: RequestOptions): Promise<void>;
}

/**
 * A client of one API server, over persistent HTTP/1.1 connections. It parses responses, and throws error responses as
 * `ApiError`.
 */
export class ApiServer {
  readonly #credentials: Credentials;
  readonly #userAgent: string;
  readonly #end: AbortSignal | undefined;

  /** @param end aborts all requests under way, and prevents new ones. */
  constructor(credentials: Credentials, userAgent = "gatewright", end?: AbortSignal) {
    this.#credentials = credentials;
    this.#userAgent = userAgent;
    this.#end = end;
  }

  /**
   * Returns a client of the same API server that works until the signal: for requests that a process may make only
   * while it leads.
   */
  until(end: AbortSignal): ApiServer {
    return new ApiServer(this.#credentials, this.#userAgent, end);
  }

  get address(): string {
    return this.#credentials.server;
  }

  get namespace(): string {
    return this.#credentials.namespace;
  }

  /**
   * Sends a request and parses the response.
   *
   * @throws ApiError for an error response, and for a response that does not come from the API server; or the error of
   *   the connection.
   */
  async json<T>(request: ApiRequest): Promise<T> {
    const answer = await this.open(request);
    const text = await textOf(answer);
    const object = objectIn(text);
    if (object === undefined || (request.kind !== undefined && object.kind !== request.kind)) {
      const found = object === undefined ? text.trim().split("\n", 1)[0]?.slice(0, 200) : `kind ${object.kind}`;
      const expected = request.kind ?? "an object";
      const message = `HTTP ${answer.statusCode} with something else than ${expected}: ${found}`;
      throw new ApiError(502, "", `${request.method} ${request.path}: ${message}`, { answer: message });
    }
    return object as T;
  }

  /**
   * Returns the response as a stream once its head has a 2xx status. The caller reads the stream to its end or destroys
   * it.
   */
  async open(request: ApiRequest): Promise<IncomingMessage> {
    const answer = await this.#send(request);
    const { statusCode = 0 } = answer;
    if (statusCode >= 200 && statusCode < 300) return answer;
    const body = await textOf(answer).catch(() => "");
    throw errorOf(statusCode, body, `${request.method} ${request.path}`, retryAfterOf(answer.headers["retry-after"]));
  }

  async #send({
    method,
    path,
    query = {},
    body,
    contentType = "application/json",
    signal: given,
    timeout = 30_000,
  }: ApiRequest) {
    const signals = [given, this.#end].filter((each) => each !== undefined);
    const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
    signal?.throwIfAborted();
    const url = new URL(this.#credentials.server);
    url.pathname = `${url.pathname.replace(/\/$/, "")}${path}`;
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    const options: RequestOptions = { method, signal, timeout, headers: {} };
    await this.#credentials.authenticate(options);
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    options.headers = {
      ...(options.headers as Record<string, string>),
      accept: "application/json",
      "user-agent": this.#userAgent,
      ...(payload && { "content-type": contentType, "content-length": payload.length }),
    };
    const send = url.protocol === "http:" ? requestPlain : requestSecure;
    return new Promise<IncomingMessage>((resolve, reject) => {
      const sent = send(url, options, (answer) => {
        // The reader of the response gets its errors. Without this listener, the error of an abandoned response would
        // end the process.
        answer.on("error", () => {});
        resolve(answer);
      });
      sent.on("timeout", () =>
        sent.destroy(new ApiError(0, "Timeout", `${method} ${path}: no answer in ${timeout} ms`)),
      );
      sent.on("error", reject);
      sent.end(payload);
    });
  }
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
