import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { assertAgrees, certainCopies } from "./agreement.ts";
import { configuration, request } from "./arbitraries.ts";
import { caseOverTLS, overTLS } from "./configuration.ts";
import { Model } from "./model.ts";
import { transports } from "./transports.ts";
import { Wire } from "./wire.ts";

/** For each transport. The wire is a real proxy, so this is a matter of time, not of a number of runs. */
const seconds = Number(process.env.AGREEMENT_SECONDS ?? 1.5);

for (const transport of transports) {
  test(`whatever is configured and asked, simulate and ${transport.name} agree`, async (t) => {
    const wire = new Wire(transport);
    t.after(() => wire.close());
    const outcomes = new Map<number, number>();
    const property = fc.asyncProperty(
      configuration,
      fc.array(request, { minLength: 8, maxLength: 8 }),
      async (declared, requests) => {
        const model = new Model(transport.tls ? overTLS(declared) : declared);
        await wire.apply(declared);
        for (const given of requests) {
          const each = { what: "", request: given, expect: {} };
          const asked = transport.tls ? caseOverTLS(each).request : given;
          const answer = model.answer(asked);
          const exchanged = await wire.send(asked, certainCopies(answer));
          // A server name that no listener takes ends the handshake before anything can be asked.
          const closed = transport.tls && !model.isListenedFor(asked);
          assert.equal(exchanged.response === "refused", closed);
          if (closed) continue;
          assertAgrees(answer, exchanged);
          const status = answer.status ?? 200;
          outcomes.set(status, (outcomes.get(status) ?? 0) + 1);
        }
      },
    );
    await fc.assert(property, { numRuns: 1_000_000, interruptAfterTimeLimit: seconds * 1_000 });
    const of = (status: number) => outcomes.get(status) ?? 0;
    t.diagnostic(
      [...outcomes]
        .sort(([a], [b]) => a - b)
        .map(([status, count]) => `${status}: ${count}`)
        .join(", "),
    );
    assert.ok(of(200) > 0 && of(404) > 0, "the generator no longer finds backends, or finds nothing else");
  });
}
