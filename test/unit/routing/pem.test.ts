import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { certificatesFault, pemCertificates } from "../../../lib/routing/attach/pem.ts";

const begin = "-----BEGIN CERTIFICATE-----";
const end = "-----END CERTIFICATE-----";

test("certificates are found as by a regular expression that takes the nearest end of each beginning", () => {
  const expression = new RegExp(`${begin}[\\s\\S]*?${end}`, "g");
  const piece = fc.constantFrom(begin, end, "\n", "MIIB", "-----", "-----BEGIN");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join("");
      assert.deepEqual(pemCertificates(text), text.match(expression) ?? []);
    }),
  );
});

test("a text of 1 MiB without a single end is judged in time linear in its length", () => {
  const cost = (count: number) => {
    const text = `${begin}\nabc`.repeat(count);
    const begun = process.cpuUsage();
    assert.equal(certificatesFault(text), "it holds no PEM certificate");
    return process.cpuUsage(begun).user;
  };
  cost(1_000);
  // The previous regular expression took 23 s for this text.
  assert.ok(cost(34_000) < 2_000_000);
});
