import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { assertAgrees, certainCopies } from "./agreement.ts";
import { aimAt, anyAim } from "./aim.ts";
import { configuration } from "./arbitraries.ts";
import type { CaseRequest } from "./case.ts";
import { caseOverTLS, overTLS } from "./configuration.ts";
import { Model } from "./model.ts";
import { kindsOf, Outcomes } from "./outcomes.ts";
import { type Transport, transports } from "./transports.ts";
import { Wire } from "./wire.ts";

/** How many requests are asked of both, over all transports together. */
const total = Number(process.env.AGREEMENT_REQUESTS ?? 640);
/** The unit tier asks the same requests each time; another seed asks others. */
const seed = Number(process.env.AGREEMENT_SEED ?? 20_241);
/** To each configuration. Swapping one in takes as long as some requests. */
const batch = total > 10_000 ? 32 : 8;

const share = Math.max(1, Math.round(total / batch / transports.length));

const filterTypes = [
  ...["RequestHeaderModifier", "ResponseHeaderModifier", "URLRewrite", "RequestMirror", "CORS", "ExtensionRef"],
];

/** Kinds of outcome that at least one of 1,000 requests comes to. */
const wanted = [
  ...["HTTPRoute forwarded", "GRPCRoute forwarded", "mirrored", "400 without a rule", "refused handshake"],
  ...filterTypes.flatMap((type) => [`passed rule ${type}`, `passed backend ${type}`]),
  ...["RequestRedirect", "CORSPreflight", "ExtensionRef"].flatMap((what) => [
    `rule answers ${what}`,
    `backend answers ${what}`,
  ]),
  ...["rule answers 500", "backend answers BackendNotFound", "backend answers InvalidKind"],
];

const everywhere = new Outcomes();

for (const [index, transport] of transports.entries()) {
  test(`whatever is configured and asked, simulate and ${transport.name} agree`, async (t) => {
    const wire = new Wire(transport, true);
    t.after(() => wire.close());
    const outcomes = new Outcomes();
    const property = fc.asyncProperty(
      configuration,
      fc.array(anyAim, { minLength: batch, maxLength: batch }),
      async (declared, aims) => {
        const model = new Model(transport.tls ? overTLS(declared) : declared);
        await wire.apply(declared);
        for (const aim of aims) {
          outcomes.add(await compare(model, wire, transport, aimAt(model.gateway.ir, aim)));
        }
      },
    );
    await fc.assert(property, { numRuns: share, seed: seed + index, endOnFailure: total > 10_000 });
    t.diagnostic(`${outcomes.asked} requests without a difference; ${outcomes}`);
    everywhere.addAll(outcomes);
  });
}

test("the requests come to every kind of outcome, and few come to no rule", (t) => {
  t.diagnostic(`${everywhere.asked} requests; ${everywhere}`);
  const missing = wanted.filter((kind) => everywhere.of(kind) < Math.max(1, everywhere.asked / 1_000));
  assert.deepEqual(missing, []);
  const unrouted = everywhere.of("404 without a rule") / everywhere.asked;
  assert.ok(unrouted > 0.02 && unrouted < 0.2, `the share of 404 is ${unrouted}`);
});

/** Asks one request of both, and says to what kinds of outcome it came. */
async function compare(model: Model, wire: Wire, transport: Transport, given: CaseRequest): Promise<readonly string[]> {
  const plain = transport.http2 ? withoutConnectionFields(given) : given;
  const asked = transport.tls ? caseOverTLS({ what: "", request: plain, expect: {} }).request : plain;
  const answer = await model.run(asked);
  const exchanged = await wire.send(asked, certainCopies(answer));
  // A server name that no listener takes ends the handshake before anything can be asked.
  const closed = transport.tls && !model.isListenedFor(asked);
  assert.equal(exchanged.response === "refused", closed);
  if (closed) return ["refused handshake"];
  try {
    return kindsOf(model.gateway.ir, answer, assertAgrees(answer, exchanged));
  } catch (error) {
    throw new Error(`asked ${text(asked)}\nsimulate says ${text(answer)}\nthe wire did ${text(exchanged)}`, {
      cause: error,
    });
  }
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
