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

/** The number of requests that both sides answer, over all transports together. */
const total = Number(process.env.AGREEMENT_REQUESTS ?? 640);
/** The seed of the requests. The unit tier always uses the same one. */
const seed = Number(process.env.AGREEMENT_SEED ?? 20_241);
/** The number of requests for each configuration. Applying one takes as long as several requests. */
const batch = total > 10_000 ? 32 : 8;

const share = Math.max(1, Math.round(total / batch / transports.length));

const filterTypes = [
  ...["RequestHeaderModifier", "ResponseHeaderModifier", "URLRewrite", "RequestMirror", "CORS", "ExtensionRef"],
];

/** Kinds of outcome that must each occur in at least one of 1,000 requests. */
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

/** Sends one request to both sides, and returns its kinds of outcome. */
async function compare(model: Model, wire: Wire, transport: Transport, given: CaseRequest): Promise<readonly string[]> {
  const plain = transport.http2 ? withoutConnectionFields(given) : given;
  const asked = transport.tls ? caseOverTLS({ what: "", request: plain, expect: {} }).request : plain;
  const answer = await model.run(asked);
  const exchanged = await wire.send(asked, certainCopies(answer));
  // A server name that no listener accepts ends the handshake before the request.
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

/** Removes connection fields, which HTTP/2 does not have, except `TE: trailers` (RFC 9113 section 8.2.2). */
function withoutConnectionFields({ headers = {}, ...rest }: CaseRequest): CaseRequest {
  const isAllowed = ([name, value]: readonly [string, unknown]) =>
    name === "TE" ? value === "trailers" : name !== "Connection" && name !== "Keep-Alive";
  return { ...rest, headers: Object.fromEntries(Object.entries(headers).filter(isAllowed)) };
}

function text(value: unknown): string {
  return JSON.stringify(value, undefined, 1);
}
