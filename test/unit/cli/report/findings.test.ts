import assert from "node:assert/strict";
import { test } from "node:test";
import { palette } from "../../../../lib/cli/report/color.ts";
import { failed, formatFinding, sortFindings, tally } from "../../../../lib/cli/report/findings.ts";
import type { Finding } from "../../../../lib/findings/finding.ts";

const error: Finding = {
  code: "GW2405",
  severity: "error",
  message: "No listener covers a hostname of the route.",
  object: { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", namespace: "store", name: "acme-store" },
  origin: { file: "store.yaml", line: 7, column: 3 },
  field: "spec.hostnames",
  given: "acme.io",
  allowed: "http: *.example.com",
  fix: "Use a hostname that the listener covers.",
  reason: "NoMatchingListenerHostname",
};

test("a finding reads as a compiler's", () => {
  assert.equal(
    String(formatFinding(error)),
    `store.yaml:7:3  error GW2405 HTTPRoute store/acme-store spec.hostnames: No listener covers a hostname of the route.
  given   acme.io
  allowed http: *.example.com
  fix     Use a hostname that the listener covers.
  reason  NoMatchingListenerHostname`,
  );
});

test("what is not known is left out; a construct's path stands for a place", () => {
  const origin = { construct: "edge/acme-external" };
  assert.equal(
    String(formatFinding({ code: "GW1007", severity: "error", message: "It threw.", origin })),
    "edge/acme-external  error GW1007: It threw.",
  );
  assert.equal(
    String(formatFinding({ code: "GW1007", severity: "note", message: "It threw." })),
    "note GW1007: It threw.",
  );
});

test("text from outside cannot steer the terminal, with colour or without", () => {
  const hostile = { ...error, given: "a\u001b[2Jb\rc\u202e", message: "x\u0007" };
  for (const color of [false, true]) {
    const text = String(formatFinding(hostile, palette(color)));
    for (const character of ["\u001b[2J", "\r", "\u0007", "\u202e"]) assert.ok(!text.includes(character));
    assert.match(text, /a\\u001b\[2Jb\\rc\\u202e/);
  }
  assert.ok(String(formatFinding(error, palette(true))).includes("\u001b[31merror\u001b[39m"));
});

test("errors come first, then the order of sources and lines", () => {
  const at = (severity: Finding["severity"], file: string, line: number): Finding => ({
    ...error,
    severity,
    origin: { file, line },
  });
  const sorted = sortFindings([
    at("note", "b", 9),
    at("advice", "a", 2),
    at("error", "b", 5),
    at("error", "a", 9),
    at("error", "b", 2),
  ]);
  assert.deepEqual(
    sorted.map(({ severity, origin }) => [severity, origin]),
    [
      ["error", { file: "b", line: 2 }],
      ["error", { file: "b", line: 5 }],
      ["error", { file: "a", line: 9 }],
      ["advice", { file: "a", line: 2 }],
      ["note", { file: "b", line: 9 }],
    ],
  );
});

test("only errors fail, and the count names each severity", () => {
  const advice: Finding = { ...error, severity: "advice" };
  assert.equal(failed([advice, { ...error, severity: "note" }]), false);
  assert.equal(failed([advice, error]), true);
  assert.equal(tally([]), "nothing found");
  assert.equal(tally([error, error, advice]), "2 errors, 1 piece of advice");
});
