import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { HttpDataPlane } from "../../../proxy/dataplane/proxy.ts";
import { startProxy } from "../../unit/dataplane/harness/setup.ts";
import { parseMessage } from "../../unit/dataplane/harness/wire.ts";
import { StrictBackend } from "../smuggling/strict-backend.ts";
import type { StrictRequest } from "../smuggling/strict-reader.ts";
import { connectionBytes, cutPlaces } from "./mutation.ts";
import { Random } from "./random.ts";
import { requestsIn, type SentRequest } from "./reference.ts";
import { sendBytes } from "./send-bytes.ts";

/** A proxy with a strict backend of its own, so that everything at the backend belongs to one client connection. */
export class Lane {
  readonly proxy: HttpDataPlane;
  readonly #port: number;
  readonly #backend: StrictBackend;
  forwarded = 0;
  refused = 0;

  private constructor(proxy: HttpDataPlane, port: number, backend: StrictBackend) {
    this.proxy = proxy;
    this.#port = port;
    this.#backend = backend;
  }

  static async open(context: TestContext): Promise<Lane> {
    const backend = await new StrictBackend().listen();
    context.after(() => backend.close());
    const { proxy, port } = await startProxy(context, { endpoints: { main: backend.port } });
    return new Lane(proxy, port, backend);
  }

  /** Sends one connection's bytes, which depend only on the seed, and checks the results. */
  async execute(seed: number): Promise<void> {
    const random = new Random(seed);
    const bytes = connectionBytes(random);
    const received = await sendBytes(this.#port, bytes, cutPlaces(bytes.length, random));
    const seen = this.#backend.requests;
    this.#backend.requests = [];
    try {
      assert.deepEqual(this.#backend.violations, [], "the backend saw what is no request");
      checkForwarded(seen, requestsIn(bytes));
      // HTTP/2 follows the preface. Its responses are not parsed here, and nothing of it may be forwarded.
      if (!bytes.includes(http2Preface)) this.refused += checkAnswers(received, seen);
      this.forwarded += seen.length;
    } catch (error) {
      throw new Error(`execution seed ${seed} sent ${JSON.stringify(bytes)}, received ${JSON.stringify(received)}`, {
        cause: error,
      });
    }
  }

  /** Asserts that a plain request is served, whatever came before. */
  async checkAlive(): Promise<void> {
    const request = "GET /alive HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    assert.match(await sendBytes(this.#port, request, [request.length]), /^HTTP\/1\.1 200 /);
    assert.deepEqual(
      this.#backend.requests.splice(0).map(({ line }) => line),
      ["GET /alive HTTP/1.1"],
    );
  }
}

/** The client preface of HTTP/2 (RFC 9113 section 3.4). */
const http2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/** Fields that the proxy writes itself (lengths are checked by the bodies). All other fields are the client's. */
const own =
  /^(?:host|content-length|transfer-encoding|te|x-forwarded-(?:for|proto|host|port)|forwarded|x-request-id|connection|upgrade):/;

/** Asserts that the requests at the backend are the first ones that the client sent. */
function checkForwarded(seen: readonly StrictRequest[], sent: readonly SentRequest[]): void {
  for (const [index, request] of seen.entries()) {
    const original = sent[index];
    assert.ok(original, `forwarded a request that was not sent: ${request.line}`);
    const [method, target] = request.line.split(" ");
    assert.equal(method, original.method);
    // An empty query equals none (lib/routing/normalize.ts); other paths are normalized.
    if (/^\/[\w\-~!$&'()*+,;=:@/?]*$/.test(original.target))
      assert.equal(target, original.target.replace(/^([^?]*)\?$/, "$1"));
    assert.equal(request.body, original.body);
    for (const line of request.fields) {
      const colon = line.indexOf(":");
      const field = `${line.slice(0, colon).toLowerCase()}:${line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "")}`;
      assert.ok(own.test(field) || original.fields.has(field), `forwarded a field that was not sent: ${line}`);
    }
  }
}

/**
 * Asserts that the responses are complete: one for each request at the backend, in order, then at most one refusal.
 *
 * @returns the number of refusals.
 */
function checkAnswers(received: string, seen: readonly StrictRequest[]): number {
  let rest = received;
  let served = 0;
  let refusals = 0;
  while (rest !== "") {
    const head = rest.slice(0, rest.indexOf("\r\n\r\n"));
    const saw = /\r\nX-Saw: (.*)/i.exec(head)?.[1]?.trim();
    const answer = parseMessage(rest, { bodiless: isToHead(saw, head, rest) });
    assert.ok(answer !== undefined && answer.status >= 100, `an answer that is not whole: ${JSON.stringify(rest)}`);
    rest = rest.slice(answer.length);
    if (answer.status < 200) continue;
    assert.equal(refusals, 0, "an answer behind a refusal");
    if (saw === undefined) refusals++;
    else assert.equal(saw, seen[served++]?.line, "the answers are in order");
  }
  assert.ok(served <= seen.length);
  return refusals;
}

/** Returns whether a response is to HEAD. If the backend has not seen the request, it ends after its fields. */
function isToHead(saw: string | undefined, head: string, rest: string): boolean {
  if (saw !== undefined) return saw.startsWith("HEAD ");
  return rest.length === head.length + 4 && /\r\nconnection: close/i.test(head);
}
