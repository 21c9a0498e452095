/**
 * Encodes OTLP as JSON (opentelemetry-proto, trace/v1/trace.proto, and the OTLP specification, "JSON Protobuf
 * Encoding"): ids are hex digits, 64-bit numbers are strings, enumerations are numbers.
 */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

export const SERVER = 2;
export const CLIENT = 3;

export interface SpanData {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly traceState: string | undefined;
  readonly flags: number;
  readonly name: string;
  readonly kind: typeof SERVER | typeof CLIENT;
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  readonly attributes: Attributes;
  readonly failed: boolean;
}

const STATUS_ERROR = 2;
/** Maximum length of an attribute's value; clients may choose longer ones. */
const longestValue = 1_024;

/** Flags that say that it is known whether the parent is remote, and that it is (trace.proto, SpanFlags). */
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

/** Encodes a span for a batch. This happens at once, so that waiting spans do not hold the request. */
export function encodeSpan(span: SpanData): string {
  const remote = span.kind === SERVER ? HAS_IS_REMOTE | IS_REMOTE : HAS_IS_REMOTE;
  return JSON.stringify({
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    traceState: span.traceState?.slice(0, longestValue),
    flags: span.flags | (span.parentSpanId === undefined ? 0 : remote),
    name: span.name.slice(0, longestValue),
    kind: span.kind,
    startTimeUnixNano: nanoseconds(span.start),
    endTimeUnixNano: nanoseconds(Math.max(span.start, span.end)),
    attributes: keyValues(span.attributes),
    status: span.failed ? { code: STATUS_ERROR } : {},
  });
}

/** Encodes the body of an ExportTraceServiceRequest from encoded spans. */
export function encodeBatch(resource: Attributes, scope: string, spans: readonly string[]): string {
  const about = JSON.stringify({ attributes: keyValues(resource) });
  return `{"resourceSpans":[{"resource":${about},"scopeSpans":[{"scope":{"name":${JSON.stringify(scope)}},"spans":[${spans.join()}]}]}]}`;
}

interface KeyValue {
  readonly key: string;
  readonly value: { readonly stringValue: string } | { readonly intValue: string };
}

function keyValues(attributes: Attributes): KeyValue[] {
  return Object.entries(attributes).flatMap(([key, value]): KeyValue[] => {
    if (value === undefined || value === "") return [];
    if (typeof value === "number") return [{ key, value: { intValue: String(value) } }];
    return [{ key, value: { stringValue: value.slice(0, longestValue) } }];
  });
}

/** Formats nanoseconds, which exceed the exact range of numbers: microseconds with zeros appended. */
function nanoseconds(time: number): string {
  return `${Math.round(time * 1000)}000`;
}
