import type { HeaderIR, HeaderModifierIR } from "../routing/ir.ts";
import { normalizeHost, normalizePath } from "../routing/normalize.ts";
import { framingFields } from "../routing/rewrite/headers.ts";

/**
 * Validation of the outcomes that filters return. An error in a filter must not produce a malformed message, so nothing
 * is corrected here: an outcome that cannot be sent throws, and the request is answered with 500.
 */

/** A validated `RequestOutcome`. */
export type CheckedRequest =
  | { readonly kind: "pass" }
  | { readonly kind: "answer"; readonly answer: CheckedAnswer }
  | {
      readonly kind: "change";
      readonly headers: HeaderModifierIR | undefined;
      readonly host: { readonly sent: string; readonly normalized: string } | undefined;
      readonly path: string;
      readonly query: string;
    };

/** A validated response of a filter. */
export interface CheckedAnswer {
  readonly status: number;
  /** Names are in lower case. */
  readonly headers: readonly HeaderIR[];
  /** Bytes as latin1 text. */
  readonly body: string;
}

/** A validated `ResponseOutcome`. */
export interface CheckedResponse {
  readonly status: number | undefined;
  readonly headers: HeaderModifierIR | undefined;
}

const pass: CheckedRequest = { kind: "pass" };

/** @param before the current path and query. */
export function checkRequest(
  outcome: unknown,
  before: { readonly path: string; readonly query: string },
): CheckedRequest {
  if (outcome === undefined || outcome === null) return pass;
  const fields = record(outcome, "request() returned");
  if (fields.respond !== undefined) {
    only(fields, ["respond"], "an outcome that responds");
    return { kind: "answer", answer: checkAnswer(fields.respond) };
  }
  only(fields, ["headers", "host", "path", "query", "respond"], "the outcome of request()");
  const { path = before.path, query = before.query } = fields;
  const target = path === before.path && query === before.query ? before : checkTarget(path, query);
  return {
    kind: "change",
    headers: fields.headers === undefined ? undefined : checkEdits(fields.headers),
    host: fields.host === undefined ? undefined : checkHost(fields.host),
    path: target.path,
    query: target.query,
  };
}

/** @param before the current status. */
export function checkResponse(outcome: unknown, before: number): CheckedResponse {
  if (outcome === undefined || outcome === null) return { status: undefined, headers: undefined };
  const fields = record(outcome, "response() returned");
  if ("then" in fields) throw new Error("response() returned a promise; it must be synchronous");
  only(fields, ["status", "headers"], "the outcome of response()");
  const status = fields.status === undefined ? undefined : checkStatus(fields.status);
  if (status !== undefined && status !== before && (isBodiless(status) || isBodiless(before))) {
    throw new Error(`response() cannot make a status ${status} of ${before}: 204, 205 and 304 have no body`);
  }
  return { status, headers: fields.headers === undefined ? undefined : checkEdits(fields.headers) };
}

function checkAnswer(value: unknown): CheckedAnswer {
  const fields = record(value, "respond is");
  only(fields, ["status", "headers", "body"], "respond");
  const status = checkStatus(fields.status);
  const body = bytesOf(fields.body);
  if (body !== "" && isBodiless(status)) throw new Error(`respond: a response with status ${status} has no body`);
  const headers = fieldsOf(fields.headers ?? {}, "respond.headers", true);
  const hasType = headers.some(({ name }) => name === "content-type");
  if (typeof fields.body === "string" && body !== "" && !hasType) {
    headers.unshift({ name: "content-type", value: "text/plain; charset=utf-8" });
  }
  return { status, headers, body };
}

function checkStatus(status: unknown): number {
  if (typeof status === "number" && Number.isInteger(status) && status >= 200 && status <= 599) return status;
  throw new Error(`the status ${String(status)} is none; it takes an integer from 200 to 599`);
}

/** Reports whether responses with a status have no body (RFC 9110 section 15). 205 must have no content. */
function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

/** Converts a body to bytes as latin1 text, the representation of bytes in this program. Text is encoded as UTF-8. */
function bytesOf(body: unknown): string {
  if (body === undefined || body === null) return "";
  if (typeof body === "string") return Buffer.from(body, "utf8").toString("latin1");
  if (body instanceof Uint8Array) {
    return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1");
  }
  throw new Error(`respond.body is ${shapeOf(body)}; it takes a string or a Uint8Array`);
}

function checkEdits(value: unknown): HeaderModifierIR {
  const fields = record(value, "headers is");
  only(fields, ["set", "add", "remove"], "headers");
  const { remove = [] } = fields;
  if (!Array.isArray(remove)) throw new Error(`headers.remove is ${shapeOf(remove)}; it takes a list of names`);
  return {
    set: fieldsOf(fields.set ?? {}, "headers.set", false),
    add: fieldsOf(fields.add ?? {}, "headers.add", true),
    remove: remove.map((name) => checkName(name, "headers.remove")),
  };
}

function fieldsOf(value: unknown, place: string, several: boolean): HeaderIR[] {
  return Object.entries(record(value, `${place} is`)).flatMap(([given, values]) => {
    const name = checkName(given, place);
    const list: readonly unknown[] = several && Array.isArray(values) ? values : [values];
    return list.map((one) => ({ name, value: checkValue(one, `${place}[${JSON.stringify(given)}]`) }));
  });
}

/** A token (RFC 9110 section 5.1). */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** A field value (RFC 9110 section 5.5): bytes without control characters but tab, and without blanks around it. */
const fieldValue = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

function checkName(name: unknown, place: string): string {
  if (typeof name !== "string" || !token.test(name)) {
    throw new Error(`${place}: ${shownText(name)} is no field name (RFC 9110, section 5.1)`);
  }
  const lower = name.toLowerCase();
  if (framingFields.has(lower)) throw new Error(`${place}: ${name} is the proxy's own: it frames the message`);
  if (lower === "host") throw new Error(`${place}: Host is changed by the outcome's host`);
  return lower;
}

/** Checks a field value. The error message does not contain the value, which may be a secret. */
function checkValue(value: unknown, place: string): string {
  if (typeof value !== "string") throw new Error(`${place} is ${shapeOf(value)}; it takes a string`);
  if (fieldValue.test(value)) return value;
  throw new Error(
    `${place} cannot be sent: no control characters such as line breaks, no blanks around it, and each character is a ` +
      "byte (RFC 9110, section 5.5); encode what is beyond",
  );
}

function checkHost(host: unknown): { readonly sent: string; readonly normalized: string } {
  if (typeof host !== "string") throw new Error(`host is ${shapeOf(host)}; it takes a string`);
  const normalized = normalizeHost(host);
  if (normalized.refused === undefined) return { sent: host, normalized: normalized.host };
  throw new Error(`the host ${shownText(host)} cannot be sent: ${normalized.message}`);
}

/** Normalizes the target like a client's, so that a backend never sees a path that routing would refuse. */
function checkTarget(path: unknown, query: unknown): { readonly path: string; readonly query: string } {
  if (typeof path !== "string") throw new Error(`path is ${shapeOf(path)}; it takes a string`);
  if (typeof query !== "string") throw new Error(`query is ${shapeOf(query)}; it takes a string`);
  if (path.includes("?")) throw new Error("path holds a question mark: the query has a field of its own");
  if (!path.startsWith("/")) throw new Error(`the path ${shownText(path)} must begin with a slash`);
  const target = normalizePath(query === "" ? path : `${path}?${query}`);
  if (target.refused === undefined) return target;
  throw new Error(`path and query cannot be sent: ${target.message}`);
}

function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Error(`${what} ${shapeOf(value)}; it takes an object`);
}

/** Refuses unknown fields. A misspelt field would otherwise be ignored silently. */
function only(fields: Readonly<Record<string, unknown>>, known: readonly string[], what: string): void {
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`${what} has no field ${shownText(unknown)}; it has ${known.join(", ")}`);
}

function shapeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a value of type ${typeof value}`;
}

function shownText(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 80)) : shapeOf(value);
}
