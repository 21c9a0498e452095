import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { TracingOptions } from "../options.ts";
import { encodeBatch } from "./otlp.ts";

export interface SpanStats {
  exported: number;
  dropped: number;
  failed: number;
}

/** The result of a batch: accepted, with a number of rejected spans; refused; or unavailable for now. */
type Outcome =
  | { readonly kind: "taken"; readonly rejected: number }
  | { readonly kind: "refused" }
  | { readonly kind: "unavailable"; readonly wait: number };

/** Maximum attempts for a batch, and milliseconds between them: doubled each time, partly random. */
const mostTries = 5;
const firstWait = 1_000;
const longestWait = 30_000;
/** Maximum bytes of a response that are read. */
const longestAnswer = 64 * 1024;
/** Milliseconds for which `close` waits. */
const farewell = 2_000;

/**
 * Sends spans in batches over OTLP/HTTP, one request at a time. Problems never affect traffic: the waiting spans are
 * limited, and further or undeliverable ones are dropped and counted.
 */
export class SpanExporter {
  readonly #options: TracingOptions;
  readonly #stats: SpanStats;
  readonly #mostWaiting: number;
  readonly #batchSize: number;
  #waiting: string[] = [];
  /** Number of spans in the batch that is being sent or retried. */
  #underWay = 0;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  #request: ClientRequest | undefined;
  #whenIdle: (() => void) | undefined;

  constructor(options: TracingOptions, stats: SpanStats) {
    this.#options = options;
    this.#stats = stats;
    this.#mostWaiting = options.queueSize ?? 2_048;
    this.#batchSize = Math.min(options.batchSize ?? 512, this.#mostWaiting);
  }

  /** @param span a span encoded by `encodeSpan`. */
  add(span: string): void {
    if (this.#closed || this.#waiting.length >= this.#mostWaiting) {
      this.#stats.dropped++;
      return;
    }
    this.#waiting.push(span);
    if (this.#underWay > 0) return;
    if (this.#waiting.length >= this.#batchSize) this.#send();
    else this.#wait(this.#options.delay ?? 5_000, () => this.#send());
  }

  #wait(time: number, then: () => void): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      then();
    }, time);
    this.#timer.unref();
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#waiting.splice(0, this.#batchSize);
    if (batch.length === 0) {
      this.#whenIdle?.();
      return;
    }
    this.#underWay = batch.length;
    const resource = this.#options.resource ?? { "service.name": "gatewright" };
    this.#try(encodeBatch(resource, "gatewright", batch), 1);
  }

  #try(body: string, tries: number): void {
    this.#post(body, (outcome) => {
      if (outcome.kind === "unavailable" && tries < mostTries && !this.#closed) {
        const wait = Math.min(firstWait * 2 ** (tries - 1), longestWait) * (0.5 + Math.random());
        this.#wait(Math.max(wait, outcome.wait), () => this.#try(body, tries + 1));
        return;
      }
      const rejected = outcome.kind === "taken" ? Math.min(outcome.rejected, this.#underWay) : this.#underWay;
      this.#stats.exported += this.#underWay - rejected;
      this.#stats.failed += rejected;
      this.#underWay = 0;
      if (this.#waiting.length >= this.#batchSize || this.#closed) this.#send();
      else if (this.#waiting.length > 0) this.#wait(this.#options.delay ?? 5_000, () => this.#send());
    });
  }

  #post(body: string, done: (outcome: Outcome) => void): void {
    let open = true;
    const settle = (outcome: Outcome) => {
      if (!open) return;
      open = false;
      clearTimeout(late);
      this.#request = undefined;
      done(outcome);
    };
    const unavailable = { kind: "unavailable", wait: 0 } as const;
    const late = setTimeout(() => this.#request?.destroy(), this.#options.timeout ?? 10_000);
    late.unref();
    try {
      const request = this.#open(Buffer.byteLength(body));
      this.#request = request;
      request.on("response", (response) => readOutcome(response, settle));
      request.on("error", () => settle(unavailable));
      request.on("close", () => settle(unavailable));
      request.end(body);
    } catch {
      // Node.js throws for invalid header fields, every time.
      settle({ kind: "refused" });
    }
  }

  #open(length: number): ClientRequest {
    const { url, headers, certificateAuthorities } = this.#options;
    const settings = {
      method: "POST",
      headers: { "user-agent": "gatewright", ...headers, "content-type": "application/json", "content-length": length },
    };
    if (!url.startsWith("https:")) return httpRequest(url, settings);
    return httpsRequest(
      url,
      certificateAuthorities === undefined ? settings : { ...settings, ca: certificateAuthorities },
    );
  }

  /** Sends the waiting spans, unless that takes too long. */
  async close(): Promise<void> {
    this.#closed = true;
    let late: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
      late = setTimeout(resolve, farewell);
      if (this.#underWay > 0 && this.#request !== undefined) return;
      // A batch that waits for a retry gets none.
      this.#stats.failed += this.#underWay;
      this.#underWay = 0;
      this.#send();
    });
    clearTimeout(late);
    clearTimeout(this.#timer);
    this.#stats.dropped += this.#waiting.length;
    this.#waiting = [];
    this.#request?.destroy();
  }
}

/** Reads the result from a response (OTLP specification, "OTLP/HTTP Response"). */
function readOutcome(response: IncomingMessage, done: (outcome: Outcome) => void): void {
  const { statusCode = 0, headers } = response;
  let text = "";
  response.setEncoding("utf8");
  // A broken connection is handled in the request's "close".
  response.on("error", () => {});
  response.on("data", (more: string) => {
    if (text.length < longestAnswer) text += more;
  });
  response.on("end", () => {
    if (statusCode >= 200 && statusCode < 300) done({ kind: "taken", rejected: rejectedIn(text) });
    else if (retried.has(statusCode)) done({ kind: "unavailable", wait: waitOf(headers["retry-after"]) });
    else done({ kind: "refused" });
  });
}

const retried: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Parses `Retry-After` in seconds into milliseconds; a date counts as no wait. */
function waitOf(value: string | undefined): number {
  return /^\d{1,6}$/.test(value ?? "") ? Math.min(Number(value) * 1000, longestWait) : 0;
}

/** Returns the number of rejected spans (ExportTracePartialSuccess), which is a number or a string of digits. */
function rejectedIn(answer: string): number {
  try {
    const rejected = Number(
      (JSON.parse(answer) as { partialSuccess?: { rejectedSpans?: unknown } }).partialSuccess?.rejectedSpans ?? 0,
    );
    return Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0;
  } catch {
    return 0;
  }
}
