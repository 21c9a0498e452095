import assert from "node:assert/strict";
import type { Failure, ForwardedRequest, SimulatedAnswer } from "../../lib/analysis/traffic/simulate.ts";
import { modifyHeaders } from "../../lib/routing/rewrite/headers.ts";
import { responseFields } from "./backends.ts";
import type { Fields } from "./case.ts";
import type { WireResponse } from "./transports.ts";
import type { Exchanged, Seen } from "./wire.ts";

/** Fields that the proxy adds to each request, and those of a single connection. */
const ofTheProxy = /^(x-forwarded-.*|forwarded|x-request-id|via|host|connection|content-length|transfer-encoding|te)$/;

/** Fields of a response about its framing, which filters do not set. */
const ofTheMessage =
  /^(connection|keep-alive|transfer-encoding|content-length|content-type|date|x-recorded-by|:status|grpc-status|grpc-message)$/;

/** The responder to a request on the wire. */
export interface Answered {
  /** The backend, `namespace/name:port`. Absent: the proxy answered. */
  readonly answerer?: string | undefined;
  /** The proxy's own response for one share of the rule. */
  readonly failure?: Failure | undefined;
}

/**
 * Asserts that the wire did what the model predicts: which backend received the request and in which form, the
 * response, and the mirrored copies.
 */
export function assertAgrees(answer: SimulatedAnswer, { response, seen }: Exchanged): Answered {
  assert.ok(response !== "refused", "the handshake was refused");
  const answered = seen.filter(({ backend }) => backend === response.headers["x-recorded-by"]);
  const failure = answered.length === 0 ? failureOf(answer, response) : undefined;
  if (answer.status !== undefined || answered.length === 0) {
    assert.equal(statusOf(response), (failure ?? answer).status, answer.reason ?? response.body);
    assert.equal(answered.length, 0, "a request that the proxy answers is no backend's");
  } else assertForwarded(answer, answered[0] as Seen);
  assert.equal(response.headers.location, answered.length > 0 ? undefined : (failure ?? answer).location);
  assertMirrored(answer, seen, answered);
  assertResponse(responseOf(answer, answered[0], failure), response.headers);
  return { answerer: answered[0]?.backend, failure };
}

/** Returns the share of the rule that the proxy answered in place of a backend, while other shares reach one. */
function failureOf({ failures }: SimulatedAnswer, response: WireResponse): Failure | undefined {
  const { location } = response.headers;
  const fits = failures.filter((failure) => failure.status === statusOf(response) && failure.location === location);
  const received = JSON.stringify(ownFields(response.headers));
  const isOf = (failure: Failure) => JSON.stringify(ownFields(responseOf(noAnswer, undefined, failure))) === received;
  return fits.find(isOf) ?? fits[0];
}

const noAnswer = { responseHeaders: [], responses: {} };

/** Returns the HTTP status of a response, or that which a gRPC status stands for (docs/proxy.md, "gRPC"). */
function statusOf({ status, headers }: WireResponse): number {
  const code = headers["grpc-status"];
  if (code === undefined) return status;
  assert.equal(status, 200, "a call's status is in its trailers");
  const known = statusOfCode[code];
  assert.ok(known !== undefined, `grpc-status ${code}`);
  return known;
}

const statusOfCode: Readonly<Record<string, number>> = { "7": 403, "12": 404, "13": 400, "14": 500 };

function assertForwarded({ backends, requests }: SimulatedAnswer, { backend, ...seen }: Seen): void {
  assert.ok((backends[backend] ?? 0) > 0, `${backend} has no share: ${JSON.stringify(backends)}`);
  const expected = requests[backend] as ForwardedRequest;
  assert.equal(seen.method, expected.method);
  assert.equal(seen.target, `${expected.path}${expected.query === "" ? "" : `?${expected.query}`}`);
  assert.equal(canonicalHost(seen.headers.host ?? ""), canonicalHost(expected.host));
  const { host: _, ...wanted } = expected.headers;
  const own = Object.entries(seen.headers).filter(([name]) => name in wanted || !ofTheProxy.test(name));
  assert.deepEqual(Object.fromEntries(own.sort()), Object.fromEntries(Object.entries(wanted).sort()));
  assert.ok(seen.headers["x-forwarded-for"] !== undefined, "each request says where it came from");
}

/** Normalizes a host: clients may write it in any case, and with a trailing dot. */
function canonicalHost(host: string): string {
  return host.replace(/\.(?=:|$)/, "").toLowerCase();
}

/** Asserts that each mirror received the copies that its share requires: all, none, or possibly this one. */
function assertMirrored(
  { mirrors, backends }: SimulatedAnswer,
  seen: readonly Seen[],
  answered: readonly Seen[],
): void {
  const copies = seen.filter((each) => each !== answered[0]).map(({ backend }) => backend);
  for (const copy of answered.length === 0 ? [] : seen) assertSame(copy, answered[0] as Seen);
  for (const backend of new Set(copies)) assert.ok((mirrors[backend] ?? 0) > 0, `${backend} is no mirror`);
  for (const [backend, share] of Object.entries(mirrors)) {
    const count = copies.filter((each) => each === backend).length;
    if (Number.isInteger(share)) assert.equal(count, share, `copies for ${backend}`);
  }
  if (answered.length === 0 && Object.keys(backends).length === 0) assert.deepEqual(copies, []);
}

/** Asserts that a copy equals the request at the backend. */
function assertSame(copy: Seen, { method, target, headers, body }: Seen): void {
  const own = (fields: Seen["headers"]) =>
    Object.entries(fields).filter(([name]) => name === "host" || !ofTheProxy.test(name));
  assert.deepEqual(
    { method: copy.method, target: copy.target, headers: own(copy.headers).sort(), body: copy.body },
    { method, target, headers: own(headers).sort(), body },
  );
}

/** Returns how many copies of one request each backend certainly receives. */
export function certainCopies({ mirrors }: SimulatedAnswer): Record<string, number> {
  return Object.fromEntries(Object.entries(mirrors).map(([backend, share]) => [backend, Math.floor(share)]));
}

/**
 * Returns the expected response after the filters.
 *
 * @param answerer the backend that answers and its behaviour; absent if the proxy answers.
 * @param failure the proxy's own response for one share of the rule.
 */
export function responseOf(
  { responseHeaders, responses }: Pick<SimulatedAnswer, "responseHeaders" | "responses">,
  answerer?: { readonly backend: string; readonly behaviour: string },
  failure?: Failure,
): Readonly<Record<string, string>> {
  let list: readonly string[] = answerer === undefined ? [] : responseFields(answerer.behaviour);
  const own = failure === undefined ? responseHeaders : failure.responseHeaders;
  const modifiers = answerer === undefined ? own : responses[answerer.backend];
  for (const modifier of modifiers ?? []) list = modifyHeaders(list, modifier);
  const fields: Record<string, string> = {};
  for (let i = 0; i < list.length; i += 2) {
    const name = (list[i] as string).toLowerCase();
    fields[name] = name in fields ? `${fields[name]}, ${list[i + 1]}` : (list[i + 1] as string);
  }
  return fields;
}

function assertResponse(expected: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>>): void {
  assert.deepEqual(ownFields(headers), ownFields(expected));
}

/** Returns the fields of a response that filters can change, sorted by name. */
function ownFields(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const own = Object.entries(headers).filter(([name]) => !ofTheMessage.test(name) && name !== "location");
  return Object.fromEntries(own.sort());
}

/** Asserts the expected fields. */
export function assertFields(expected: Fields = {}, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(expected)) assert.equal(headers[name] ?? null, value, name);
}
