import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import * as llhttp from "../../../proxy/dataplane/http1/llhttp.ts";
import {
  Llhttp,
  type LlhttpEvents,
  methods,
  OK,
  PAUSED,
  REQUEST,
  RESPONSE,
} from "../../../proxy/dataplane/http1/llhttp.ts";

// llhttp is an internal part of undici. These tests assert the behaviour that the proxy needs, so that an upgrade which
// changes it fails.
const require = createRequire(import.meta.url);

interface WebAssemblyNames {
  readonly Module: { new (binary: Uint8Array): object } & Record<
    "exports" | "imports",
    (module: object) => readonly { readonly name: string }[]
  >;
}

const { Module } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyNames }).WebAssembly;

for (const file of ["llhttp_simd-wasm.js", "llhttp-wasm.js"]) {
  test(`undici's ${file} exports and imports what is used`, () => {
    const module = new Module(require(`undici/lib/llhttp/${file}`) as Uint8Array);
    const exported = new Set(Module.exports(module).map(({ name }) => name));
    for (const name of [
      ...[
        "memory",
        "_initialize",
        "malloc",
        "llhttp_alloc",
        "llhttp_free",
        "llhttp_reset",
        "llhttp_resume",
        "llhttp_execute",
      ],
      ...["llhttp_get_error_pos", "llhttp_get_error_reason", "llhttp_get_method"],
      ...["llhttp_get_http_major", "llhttp_get_http_minor"],
    ]) {
      assert.ok(exported.has(name), name);
    }
    assert.deepEqual(
      Module.imports(module)
        .map(({ name }) => name)
        .sort(),
      [
        ...["wasm_on_body", "wasm_on_header_field", "wasm_on_header_value", "wasm_on_headers_complete"],
        ...["wasm_on_message_begin", "wasm_on_message_complete", "wasm_on_status", "wasm_on_url"],
      ],
    );
  });
}

test("the constants are llhttp's", () => {
  const constants = require("undici/lib/llhttp/constants.js") as Record<string, Record<string, number>>;
  const { ERROR = {}, TYPE = {}, METHODS = {} } = constants;
  assert.equal(OK, ERROR.OK);
  assert.equal(PAUSED, ERROR.PAUSED);
  assert.equal(llhttp.INVALID_METHOD, ERROR.INVALID_METHOD);
  assert.equal(llhttp.INVALID_VERSION, ERROR.INVALID_VERSION);
  assert.equal(llhttp.PAUSED_H2_UPGRADE, ERROR.PAUSED_H2_UPGRADE);
  assert.equal(REQUEST, TYPE.REQUEST);
  assert.equal(RESPONSE, TYPE.RESPONSE);
  assert.deepEqual(
    methods,
    Object.entries(METHODS)
      .sort(([, a], [, b]) => a - b)
      .map(([name]) => name),
  );
});

/** Records the events of a parser. */
class Recorder implements LlhttpEvents {
  readonly seen: string[] = [];
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  onUrl = (at: number, length: number) => this.#note("url", at, length);
  onField = (at: number, length: number) => this.#note("field", at, length);
  onValue = (at: number, length: number) => this.#note("value", at, length);
  onBody = (at: number, length: number) => this.#note("body", at, length);
  onHeadersComplete = (status: number) => void this.seen.push(`headers ${status}`);
  onMessageComplete = () => void this.seen.push("complete");

  #note(what: string, at: number, length: number): void {
    this.seen.push(`${what} ${this.#bytes.toString("latin1", at, at + length)}`);
  }
}

test("stops behind the headers, then behind the message", () => {
  const bytes = Buffer.from(
    "POST /a HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nxyz\r\n0\r\n\r\nGET",
  );
  const recorder = new Recorder(bytes);
  const parser = new Llhttp(REQUEST, recorder);
  parser.reset();
  assert.equal(parser.execute(bytes, 0, bytes.length), PAUSED);
  assert.equal(parser.consumed, bytes.indexOf("\r\n\r\n") + 4);
  assert.deepEqual([parser.method, parser.major, parser.minor], ["POST", 1, 1]);
  parser.resume();
  assert.equal(parser.execute(bytes, parser.consumed, bytes.length), PAUSED);
  assert.equal(parser.consumed, bytes.length - 3);
  assert.deepEqual(recorder.seen, [
    ...["url /a", "field Host", "value b", "field Transfer-Encoding", "value chunked", "headers 0", "body xyz"],
    "complete",
  ]);
});

test("takes inputs that are longer than its memory for them, at any offset", () => {
  const body = "y".repeat(200_000);
  const text = `junkHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  const bytes = Buffer.from(text);
  const recorder = new Recorder(bytes);
  const parser = new Llhttp(RESPONSE, recorder);
  parser.reset();
  assert.equal(parser.execute(bytes, 4, bytes.length), PAUSED);
  parser.resume();
  assert.equal(parser.execute(bytes, parser.consumed, bytes.length), PAUSED);
  assert.equal(parser.consumed, bytes.length);
  const data = recorder.seen.filter((line) => line.startsWith("body ")).map((line) => line.slice(5));
  assert.equal(data.join(""), body);
});

test("gives its reason for an error", () => {
  const bytes = Buffer.from("GET / HTTP/1.1\r\nA : b\r\n\r\n");
  const parser = new Llhttp(REQUEST, new Recorder(bytes));
  parser.reset();
  const result = parser.execute(bytes, 0, bytes.length);
  assert.ok(result !== OK && result !== PAUSED);
  assert.equal(parser.reason, "Invalid header token");
});

test("many parsers do not disturb each other, although their memory grows", () => {
  const bytes = Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const recorder = new Recorder(bytes);
  const parsers = Array.from({ length: 5_000 }, () => new Llhttp(REQUEST, recorder));
  for (const parser of parsers) {
    parser.reset();
    assert.equal(parser.execute(bytes, 0, 10), OK);
  }
  for (const parser of parsers) assert.equal(parser.execute(bytes, 10, bytes.length), PAUSED);
});
