/**
 * llhttp, the HTTP/1.1 parser of Node.js, in the WebAssembly build that undici contains. Only this file and the two
 * beside it (llhttp-wasm.*) depend on its origin. undici is pinned exactly, and a test asserts the exports used here.
 */
import binaries from "./llhttp-wasm.cjs";

/** The events of llhttp. Positions are offsets into the bytes given to `execute`. */
export interface LlhttpEvents {
  onUrl(at: number, length: number): void;
  onField(at: number, length: number): void;
  onValue(at: number, length: number): void;
  onHeadersComplete(status: number): void;
  onBody(at: number, length: number): void;
  onMessageComplete(): void;
}

export const REQUEST = 1;
export const RESPONSE = 2;

/**
 * Results of `execute`: OK if all bytes were consumed and the message continues; PAUSED if the headers or the whole
 * message are complete; any other value is an error.
 */
export const OK = 0;
export const PAUSED = 21;

/** The error codes of llhttp that decide which status answers them (`HPE_*`). */
export const INVALID_METHOD = 6;
export const INVALID_VERSION = 9;
export const PAUSED_H2_UPGRADE = 23;

/** The parts of WebAssembly in use. Their types are otherwise part of the DOM's only. */
interface WebAssemblyApi {
  readonly Module: new (binary: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}

const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;

/** The exports of the WebAssembly module in use. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  _initialize(): void;
  llhttp_alloc(type: number): number;
  llhttp_free(parser: number): void;
  llhttp_reset(parser: number): void;
  llhttp_resume(parser: number): void;
  llhttp_execute(parser: number, at: number, length: number): number;
  llhttp_get_error_pos(parser: number): number;
  llhttp_get_error_reason(parser: number): number;
  llhttp_get_method(parser: number): number;
  llhttp_get_http_major(parser: number): number;
  llhttp_get_http_minor(parser: number): number;
  malloc(size: number): number;
}

/** Maximum number of bytes in one call of llhttp; longer inputs are divided. */
const inputSize = 64 * 1024;

interface Engine {
  readonly exports: Exports;
  /** Address of the input in `memory`. */
  readonly input: number;
  memory: Buffer;
}

let engine: Engine | undefined;
/** The running parser. Its callbacks never leave this folder, so there is never a second one. */
let active: Llhttp;

/** A parser of requests or of responses, for any number of messages, one after another. */
export class Llhttp {
  readonly #engine: Engine;
  readonly #parser: number;
  readonly events: LlhttpEvents;
  /** The difference between an address in WebAssembly memory and an offset into the input. */
  delta = 0;
  #consumed = 0;

  constructor(type: typeof REQUEST | typeof RESPONSE, events: LlhttpEvents) {
    engine ??= start();
    this.#engine = engine;
    this.#parser = engine.exports.llhttp_alloc(type);
    this.events = events;
  }

  /** Begins a new message. */
  reset(): void {
    this.#engine.exports.llhttp_reset(this.#parser);
  }

  /** Frees the parser's memory. It must not be used afterwards. */
  free(): void {
    this.#engine.exports.llhttp_free(this.#parser);
  }

  /** Continues after the headers, where `execute` has stopped. */
  resume(): void {
    this.#engine.exports.llhttp_resume(this.#parser);
  }

  /** Parses a part of a message. Stops with PAUSED after the headers and after the last byte of the message. */
  execute(bytes: Buffer, start: number, end: number): number {
    const { exports, input } = this.#engine;
    let at = start;
    for (;;) {
      const length = Math.min(end - at, inputSize);
      // Allocating a parser may have grown the memory, which detaches the old view.
      if (this.#engine.memory.length === 0) this.#engine.memory = Buffer.from(exports.memory.buffer);
      bytes.copy(this.#engine.memory, input, at, at + length);
      active = this;
      this.delta = at - input;
      const result = exports.llhttp_execute(this.#parser, input, length);
      if (result !== OK) {
        this.#consumed = exports.llhttp_get_error_pos(this.#parser) + this.delta;
        return result;
      }
      at += length;
      this.#consumed = at;
      if (at >= end) return OK;
    }
  }

  /** Returns bytes of the input, while `execute` runs. */
  text(at: number, length: number): string {
    return this.#engine.memory.toString("latin1", at - this.delta, at - this.delta + length);
  }

  /** The offset after the last byte that `execute` consumed. */
  get consumed(): number {
    return this.#consumed;
  }

  /** The method of a request, once its headers are complete. */
  get method(): string {
    return methods[this.#engine.exports.llhttp_get_method(this.#parser)] ?? "";
  }

  get major(): number {
    return this.#engine.exports.llhttp_get_http_major(this.#parser);
  }

  get minor(): number {
    return this.#engine.exports.llhttp_get_http_minor(this.#parser);
  }

  /** llhttp's description of the last error. */
  get reason(): string {
    const { exports } = this.#engine;
    const memory = Buffer.from(exports.memory.buffer);
    const start = exports.llhttp_get_error_reason(this.#parser);
    return start === 0 ? "" : memory.toString("latin1", start, memory.indexOf(0, start));
  }
}

function start(): Engine {
  const instance = new Instance(compile(), {
    env: {
      wasm_on_message_begin: () => 0,
      wasm_on_status: () => 0,
      wasm_on_url: (_parser: number, at: number, length: number) => {
        active.events.onUrl(at + active.delta, length);
        return 0;
      },
      wasm_on_header_field: (_parser: number, at: number, length: number) => {
        active.events.onField(at + active.delta, length);
        return 0;
      },
      wasm_on_header_value: (_parser: number, at: number, length: number) => {
        active.events.onValue(at + active.delta, length);
        return 0;
      },
      wasm_on_headers_complete: (_parser: number, status: number) => {
        active.events.onHeadersComplete(status);
        return PAUSED;
      },
      wasm_on_body: (_parser: number, at: number, length: number) => {
        active.events.onBody(at + active.delta, length);
        return 0;
      },
      wasm_on_message_complete: () => {
        active.events.onMessageComplete();
        return PAUSED;
      },
    },
  });
  const exports = instance.exports as unknown as Exports;
  exports._initialize();
  return { exports, input: exports.malloc(inputSize), memory: Buffer.from(exports.memory.buffer) };
}

/** Compiles the module. A processor without SIMD instructions cannot compile the first one. */
function compile(): object {
  try {
    return new Module(binaries.simd);
  } catch {
    return new Module(binaries.plain);
  }
}

/** The methods by llhttp's numbers (`METHODS`). */
export const methods: readonly string[] = [
  ...["DELETE", "GET", "HEAD", "POST", "PUT", "CONNECT", "OPTIONS", "TRACE", "COPY", "LOCK", "MKCOL", "MOVE"],
  ...["PROPFIND", "PROPPATCH", "SEARCH", "UNLOCK", "BIND", "REBIND", "UNBIND", "ACL", "REPORT", "MKACTIVITY"],
  ...["CHECKOUT", "MERGE", "M-SEARCH", "NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE", "PATCH", "PURGE", "MKCALENDAR", "LINK"],
  ...["UNLINK", "SOURCE", "PRI", "DESCRIBE", "ANNOUNCE", "SETUP", "PLAY", "PAUSE", "TEARDOWN", "GET_PARAMETER"],
  ...["SET_PARAMETER", "REDIRECT", "RECORD", "FLUSH", "QUERY"],
];
