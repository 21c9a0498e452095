import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { planMarkdown } from "../../../lib/analysis/plan/markdown.ts";
import { planText } from "../../../lib/analysis/plan/text.ts";
import { trafficPlan } from "../../../lib/analysis/plan/traffic-plan.ts";
import { explain } from "../../../lib/analysis/traffic/explain.ts";
import { palette } from "../../../lib/cli/report/color.ts";
import { formatExplanation } from "../../../lib/cli/report/explanation.ts";
import { formatFindings } from "../../../lib/cli/report/findings.ts";
import { structured } from "../../../lib/cli/report/output.ts";
import { table } from "../../../lib/cli/report/table.ts";
import { stackText } from "../../../lib/cli/report/terminal.ts";
import type { Finding } from "../../../lib/findings/finding.ts";
import { findingLine } from "../../../lib/findings/finding-line.ts";
import type { Printed } from "../../../lib/printing/printed.ts";
import { streamed, type Text } from "../../../lib/printing/text.ts";
import { gateway, loaded, model, onlyGateway, route } from "../analysis/given.ts";
import { hostile, runnerCommand, steering, withTexts } from "./hostile.ts";

const http = gateway({ name: "http" });
const rule = (to: string, more = "") =>
  `[{ matches: [{ path: { value: /a }, headers: [{ name: x, value: z }] }], ${more}backendRefs: [{ name: ${to}, port: 80 }] }]`;
const filters = `filters: [{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: a, value: b }] } }], `;
const configuration = http + route("r", rule("a", filters)) + route("s", rule("b"));

const finding: Finding = {
  code: "GW2405",
  severity: "error",
  message: "m",
  object: { apiVersion: "v", kind: "k", namespace: "n", name: "o" },
  origin: { file: "f", line: 7, column: 3 },
  field: "spec",
  given: "g",
  allowed: "a",
  fix: "f",
  reason: "r",
};
const called: Finding = { ...finding, origin: { construct: "c", call: { file: "f", line: 1 } } };
const findings: readonly Finding[] = [
  finding,
  called,
  { ...finding, severity: "note" },
  { ...called, severity: "advice" },
];

const plan = trafficPlan(loaded(http + route("r", rule("a"))), loaded(http + route("r", rule("b", filters))));
const explanation = explain(onlyGateway(configuration), model(configuration).attachment, {
  method: "GET",
  url: "http://acme.io/a",
  headers: { x: "z" },
});

/** Generates each report of the command as text, from a value in which every text may be anything. */
const texts: Readonly<Record<string, { readonly of: unknown; readonly print: (value: never) => Text }>> = {
  findings: { of: findings, print: (value: Finding[]) => formatFindings(value) },
  "findings, each by itself": { of: findings, print: (value: Finding[]) => formatFindings(value, { verbose: true }) },
  explanation: { of: explanation, print: (value: typeof explanation) => formatExplanation(value, palette(false)) },
  plan: { of: plan, print: (value: typeof plan) => planText(value) },
  table: { of: [["a", "b"]], print: (value: string[][]) => table(["A", "B"], value) },
};

const lines = (printed: Printed) => String(printed).split("\n");

for (const [name, { of, print }] of Object.entries(texts)) {
  test(`whatever stands in a name, ${name} as text has the lines that it has with tame names`, () => {
    const tame = lines(print(withTexts(of, () => "x") as never)).length;
    assert.ok(tame > 1);
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 5, maxLength: 20 }), (words) => {
        const printed = streamed(print(withTexts(of, (index) => words[index % words.length] ?? "") as never));
        const own = printed.split("\n");
        assert.equal(own.length, tame, printed);
        for (const line of own) {
          assert.doesNotMatch(line, steering);
          assert.doesNotMatch(line, runnerCommand);
        }
      }),
      { numRuns: 300 },
    );
  });
}

test("whatever stands in a name, a plan as Markdown has the lines and cells that it has with tame names", () => {
  const shape = (value: typeof plan) =>
    lines(planMarkdown(value)).map((line) => line.replaceAll("\\|", "").split("|").length);
  const tame = shape(withTexts(plan, () => "x"));
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 5, maxLength: 20 }), (words) => {
      assert.deepEqual(shape(withTexts(plan, (index) => words[index % words.length] ?? "")), tame);
    }),
    { numRuns: 300 },
  );
});

test("a finding for an engine is one line, and structured output reads back as it was", () => {
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 5, maxLength: 20 }), (words) => {
      const own = withTexts(finding, (index) => words[index % words.length] ?? "");
      assert.doesNotMatch(findingLine(own), steering);
      assert.deepEqual(JSON.parse(String(structured(own, "json"))), JSON.parse(JSON.stringify(own)));
      for (const line of lines(structured(own, "json"))) assert.doesNotMatch(line, steering);
    }),
    { numRuns: 300 },
  );
});

test("a value that is very long is cut in text, and the rest is counted", () => {
  const long = { ...finding, given: "x".repeat(1_000_000) };
  const printed = String(formatFindings([long]));
  assert.ok(printed.length < 10_000);
  assert.match(printed, /given {3}x{4096}… \(995904 more characters\)/);
});

test("a stack is as many lines as it has, whatever its message holds", () => {
  const error = new Error("a\n::error::b\u001b[2J");
  error.stack = `Error: ${error.message}\n    at x (y.ts:1:2)`;
  assert.deepEqual(streamed(stackText(error)).split("\n"), [
    "Error: a",
    "    \\u003a:error::b\\u001b[2J",
    "    at x (y.ts:1:2)",
  ]);
});
