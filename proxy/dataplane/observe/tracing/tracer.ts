import type { Head } from "../../message/head.ts";
import type { Sampling, TracingOptions } from "../options.ts";
import type { RequestRecord } from "../request-record.ts";
import { RequestSpan } from "./request-span.ts";
import { isSampled } from "./sampler.ts";
import { SpanExporter, type SpanStats } from "./span-exporter.ts";
import { randomId, traceContextOf } from "./trace-context.ts";

const everything: Sampling = { ratio: 1, followsCaller: true };

/** Traces requests through the proxy: a span for each request, and one for each attempt at a backend. */
export class Tracer {
  readonly #sampling: Sampling;
  readonly #exporter: SpanExporter;

  constructor(options: TracingOptions, stats: SpanStats) {
    this.#sampling = options.sampling ?? everything;
    this.#exporter = new SpanExporter(options, stats);
  }

  begin(record: RequestRecord, head: Head): RequestSpan {
    const parent = traceContextOf(head);
    const traceId = parent?.traceId ?? randomId(16);
    return new RequestSpan(record, parent, traceId, isSampled(this.#sampling, parent, traceId));
  }

  finish({ span }: RequestRecord): void {
    if (!(span instanceof RequestSpan)) return;
    for (const encoded of span.finish()) this.#exporter.add(encoded);
  }

  close(): Promise<void> {
    return this.#exporter.close();
  }
}
