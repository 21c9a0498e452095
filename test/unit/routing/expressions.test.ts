import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { RE2JS } from "re2js";
import { estimateProgramSize, maxProgramSize, maxRepetition } from "../../../lib/routing/index/expressions/size.ts";
import { compilePattern, type Pattern } from "../../../lib/routing/index/pattern.ts";
import { MatchWork, maxMatchSteps } from "../../../lib/routing/match.ts";
import { expressionText } from "../../hostile/fuzz/expression-grammar.ts";
import { ordinaryExpressions } from "./ordinary-expressions.ts";

function compiled(source: string): Pattern {
  const result = compilePattern(source);
  assert.ok("pattern" in result, `${source}: ${"error" in result ? result.error : ""}`);
  return result.pattern;
}

/** Returns whether the pattern matches, and the number of steps. */
function run(pattern: Pattern, text: string): readonly [matches: boolean, steps: number] {
  const work = new MatchWork();
  return [pattern.matches(text, work), maxMatchSteps - work.left];
}

const ab = (length: number) => Array.from({ length }, (_, i) => "ab"[(i * i + (i >> 3)) & 1]).join("");

describe("a regular expression", () => {
  const text = fc.string({ unit: fc.constantFrom(..."abcABCx019_-/. \n\téÄ€😀") });

  test("matches what re2js says that it matches", () => {
    const property = fc.property(expressionText, fc.array(text, { maxLength: 5 }), (source, texts) => {
      const result = compilePattern(source);
      if (!("pattern" in result)) return;
      const reference = RE2JS.compile(source);
      for (const one of texts) assert.equal(result.pattern.matches(one), reference.testExact(one), `${source} ${one}`);
    });
    fc.assert(property, { numRuns: 1500 });
  });

  test("takes the same steps whatever has been matched before", () => {
    const property = fc.property(expressionText, fc.array(text, { maxLength: 5 }), (source, texts) => {
      const result = compilePattern(source);
      if (!("pattern" in result)) return;
      for (const one of texts) result.pattern.matches(one);
      for (const one of texts) assert.deepEqual(run(result.pattern, one), run(compiled(source), one));
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("takes no more steps than four for each instruction and character", () => {
    const property = fc.property(expressionText, text, (source, one) => {
      const result = compilePattern(source);
      if (!("pattern" in result)) return;
      const [, steps] = run(result.pattern, one);
      assert.ok(steps <= 4 * (result.pattern.size + 1) * (one.length + 1));
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test("takes steps in proportion to the text, also where its states are more than are kept", () => {
    for (const source of ["[ab]*a[ab]{60}", "(?:[ab]*a){3}[ab]{200}", ".*a.*b.*a.*b", "(a|b|ab|ba)*"]) {
      const pattern = compiled(source);
      const [[, few], [, many]] = [run(pattern, ab(1000)), run(pattern, ab(4000))];
      assert.ok(many / few < 5, `${source}: ${few}, ${many}`);
    }
  });
});

describe("the bound of one expression", () => {
  test("is what repetitions may add to its length", () => {
    assert.equal(maxProgramSize("abc"), 3 + maxRepetition);
    const prefix = "[ab]*a[ab]";
    assert.equal(compiled(`${prefix}{700}`).size, 705);
    const large = compilePattern(`${prefix}{900}`);
    assert.ok("error" in large);
    assert.equal(large.error, "it compiles to 905 instructions, and 783 are allowed");
    assert.deepEqual(large.tooLarge, { allowed: 783 });
  });

  test("holds before anything is compiled", () => {
    for (const source of ["[ab]{1000}".repeat(400), "(a{50}){20}".repeat(50), "(?:(?:a|b){30}c{0,30}){30}".repeat(9)]) {
      const large = compilePattern(source);
      assert.ok("error" in large && large.tooLarge !== undefined && /about \d+/.test(large.error), source.slice(0, 40));
    }
  });

  test("refuses by the estimate nothing that would fit", () => {
    const property = fc.property(expressionText, (source) => {
      let size: number;
      try {
        size = RE2JS.compile(source).programSize();
      } catch {
        return;
      }
      const result = compilePattern(source);
      assert.equal(
        "pattern" in result,
        size <= maxProgramSize(source),
        `${source} ${size} ${estimateProgramSize(source)}`,
      );
    });
    fc.assert(property, { numRuns: 1500 });
  });

  test("leaves out characters that only look like repetitions", () => {
    assert.equal(estimateProgramSize("\\{1000}[{1000}]"), 1 + 5 + 1);
    assert.equal(estimateProgramSize("\\x{1000}\\p{L}{3}"), 1 + 3);
    assert.equal(estimateProgramSize("\\Qa{9}\\Ex{2}"), 4 + 2);
    assert.equal(estimateProgramSize("a{,5}a{b"), 8);
  });
});

test("ordinary expressions fit and take a small part of what a request may take", () => {
  for (const [source, text] of ordinaryExpressions) {
    const pattern = compiled(source);
    const [matches, steps] = run(pattern, text);
    assert.equal(matches, true, `${source} ${text}`);
    assert.ok(steps < maxMatchSteps / 100, `${source}: ${steps} steps`);
    // The largest value that a browser sends is tested too.
    const [, most] = run(pattern, text.repeat(Math.ceil(8192 / text.length)));
    assert.ok(most < maxMatchSteps / 10, `${source}: ${most} steps on 8 KB`);
  }
});

test("the work of a request is that of all its expressions, and what is over it matches nothing", () => {
  const work = new MatchWork();
  const patterns = Array.from({ length: 16 }, (_, i) => compiled(`[ab]*a[ab]{${700 + i}}`));
  const value = ab(60_000);
  const start = performance.now();
  for (const pattern of patterns) assert.equal(pattern.matches(value, work), false);
  assert.equal(work.exhausted, true);
  assert.equal(compiled("a").matches("a", work), false);
  // The excess is at most the work for one character of the last expression.
  assert.ok(work.left > -10_000);
  assert.ok(performance.now() - start < 5000);
  work.reset();
  assert.equal(compiled("a").matches("a", work), true);
});
