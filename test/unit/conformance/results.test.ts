import assert from "node:assert/strict";
import { test } from "node:test";
import { resultsOf } from "../../system/conformance/results.ts";

/** Output of `-test.v` for parallel tests: their outputs alternate, and their outcomes come last. */
const log = `=== RUN   TestConformance
    conformance.go:59: Running conformance tests
=== RUN   TestConformance/First
    suite.go:1: applying first
=== PAUSE TestConformance/First
=== RUN   TestConformance/Second
    suite.go:2: applying second
=== PAUSE TestConformance/Second
=== RUN   TestConformance/Third
    suite.go:3: unsupported
=== CONT  TestConformance/First
=== RUN   TestConformance/First/a_part
    http.go:4: first is asked
=== NAME  TestConformance/Second
    http.go:5: second got 500
=== CONT  TestConformance/First
=== RUN   TestConformance/Hung
    http.go:6: never ends
--- FAIL: TestConformance (1.00s)
    --- PASS: TestConformance/First (0.50s)
        --- PASS: TestConformance/First/a_part (0.20s)
    --- FAIL: TestConformance/Second (0.40s)
        --- FAIL: TestConformance/Second/another_part (0.20s)
    --- SKIP: TestConformance/Third (0.00s)
FAIL
`;

test("each test of the suite has its outcome, and what was said while it ran", () => {
  const results = resultsOf(log);
  assert.deepEqual(
    results.map(({ name, outcome }) => `${outcome} ${name}`),
    ["PASS First", "FAIL Second", "SKIP Third"],
  );
  const outputs = new Map(results.map(({ name, output }) => [name, output]));
  assert.match(outputs.get("Second") ?? "", /applying second[\s\S]*second got 500/);
  assert.doesNotMatch(outputs.get("Second") ?? "", /first is asked|never ends/);
  assert.match(outputs.get("First") ?? "", /first is asked/);
});

test("of a long output the end is kept", () => {
  const lines = Array.from({ length: 1_000 }, (_, index) => `    line ${index}`);
  const long = ["=== RUN   TestConformance/Long", ...lines, "    --- FAIL: TestConformance/Long (1.00s)"].join("\n");
  const [{ output = "" } = {}] = resultsOf(long);
  assert.match(output, /line 999/);
  assert.doesNotMatch(output, /line 100\b/);
});

test("a suite that ended before its first test has no results", () => {
  assert.deepEqual(resultsOf("panic: no cluster\n"), []);
});
