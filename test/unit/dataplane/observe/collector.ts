import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import type { TracingOptions } from "../../../../proxy/dataplane/proxy.ts";
import { eventually } from "../harness/wire.ts";

/** A span with its attributes as an object. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number };
  readonly attributes: Readonly<Record<string, string>>;
}

interface KeyValue {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: string };
}

interface Batch {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string };
      readonly spans: readonly (Omit<CollectedSpan, "attributes"> & { readonly attributes: readonly KeyValue[] })[];
    }[];
  }[];
}

/** A receiver of OTLP over HTTP that decodes requests, and answers as the test configures. */
export class Collector {
  readonly spans: CollectedSpan[] = [];
  readonly requests: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];
  resource: Readonly<Record<string, string>> = {};
  answer: (response: ServerResponse) => void = (response) => response.end("{}");
  #port = 0;

  async listen(t: TestContext): Promise<this> {
    const server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8");
      request.on("data", (more: string) => {
        body += more;
      });
      request.on("end", () => {
        this.requests.push({ path: request.url ?? "", headers: request.headers });
        this.#take(JSON.parse(body) as Batch);
        this.answer(response);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    this.#port = (server.address() as AddressInfo).port;
    t.after(() => {
      server.close();
      server.closeAllConnections();
    });
    return this;
  }

  /** Returns options with which spans are sent soon. */
  options(more: Partial<TracingOptions> = {}): TracingOptions {
    return { url: `http://127.0.0.1:${this.#port}/v1/traces`, delay: 20, ...more };
  }

  async until(count: number): Promise<readonly CollectedSpan[]> {
    await eventually(() => this.spans.length >= count, `${count} spans`);
    return this.spans;
  }

  #take({ resourceSpans }: Batch): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      this.resource = attributesOf(resource.attributes);
      for (const { spans } of scopeSpans) {
        for (const span of spans) this.spans.push({ ...span, attributes: attributesOf(span.attributes) });
      }
    }
  }
}

function attributesOf(list: readonly KeyValue[]): Readonly<Record<string, string>> {
  return Object.fromEntries(list.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? ""]));
}
