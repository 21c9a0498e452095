import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { assertAgrees, certainCopies } from "./agreement.ts";
import { configuration, request } from "./arbitraries.ts";
import type { CaseRequest } from "./case.ts";
import { caseOverTLS, overTLS } from "./configuration.ts";
import { Model } from "./model.ts";
import { type Transport, transports } from "./transports.ts";
import { Wire } from "./wire.ts";

/** How many requests are asked of both, over all transports together. */
const total = Number(process.env.AGREEMENT_REQUESTS ?? 640);
/** The unit tier asks the same requests each time; another seed asks others. */
const seed = Number(process.env.AGREEMENT_SEED ?? 20_241);
/** To each configuration. Swapping one in takes as long as some requests. */
const batch = total > 10_000 ? 32 : 8;

const share = Math.max(1, Math.round(total / batch / transports.length));

for (const [index, transport] of transports.entries()) {
  test(`whatever is configured and asked, simulate and ${transport.name} agree`, async (t) => {
    const wire = new Wire(transport, true);
    t.after(() => wire.close());
    const outcomes = new Map<number, number>();
    let asked = 0;
    const property = fc.asyncProperty(
      configuration,
      fc.array(request, { minLength: batch, maxLength: batch }),
      async (declared, requests) => {
        const model = new Model(transport.tls ? overTLS(declared) : declared);
        await wire.apply(declared);
        for (const given of requests) {
          const status = await compare(model, wire, transport, given);
          asked++;
          outcomes.set(status, (outcomes.get(status) ?? 0) + 1);
        }
      },
    );
    await fc.assert(property, { numRuns: share, seed: seed + index, endOnFailure: total > 10_000 });
    const counts = [...outcomes].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
    t.diagnostic(`${asked} requests without a difference; ${counts.join(", ")}`);
    const of = (status: number) => outcomes.get(status) ?? 0;
    assert.ok(of(200) > 0 && of(404) > 0, "the generator no longer finds backends, or finds nothing else");
  });
}

/** Asks one request of both. Returns the status, 0 for a handshake that is refused. */
async function compare(model: Model, wire: Wire, transport: Transport, given: CaseRequest): Promise<number> {
  const plain = transport.http2 ? withoutConnectionFields(given) : given;
  const asked = transport.tls ? caseOverTLS({ what: "", request: plain, expect: {} }).request : plain;
  const answer = await model.run(asked);
  const exchanged = await wire.send(asked, certainCopies(answer));
  // A server name that no listener takes ends the handshake before anything can be asked.
  const closed = transport.tls && !model.isListenedFor(asked);
  assert.equal(exchanged.response === "refused", closed);
  if (closed) return 0;
  try {
    assertAgrees(answer, exchanged);
  } catch (error) {
    throw new Error(`asked ${text(asked)}\nsimulate says ${text(answer)}\nthe wire did ${text(exchanged)}`, {
      cause: error,
    });
  }
  return answer.status ?? 200;
}

/** RFC 9113 section 8.2.2: HTTP/2 has none of them, and TE is trailers. */
function withoutConnectionFields({ headers = {}, ...rest }: CaseRequest): CaseRequest {
  const isAllowed = ([name, value]: readonly [string, unknown]) =>
    name === "TE" ? value === "trailers" : name !== "Connection" && name !== "Keep-Alive";
  return { ...rest, headers: Object.fromEntries(Object.entries(headers).filter(isAllowed)) };
}

function text(value: unknown): string {
  return JSON.stringify(value, undefined, 1);
}
