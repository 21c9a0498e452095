import assert from "node:assert/strict";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";
import { script } from "../../../../../lib/cli/admin/page-assets.ts";

/** Makes the parts of a browser that the script uses: one table with two rows. */
function browser(answers: (object | Error)[]) {
  const element = (key?: string) => {
    const parts: Record<string, { textContent: string; value: number }> = {};
    const querySelector = (selector: string) => {
      parts[selector] ??= { textContent: "", value: -1 };
      return parts[selector];
    };
    return { dataset: { key }, querySelector };
  };
  const rows = [element("a"), element("b")];
  const table = { querySelectorAll: () => rows };
  const live = { textContent: "" };
  const main = {
    dataset: { topology: "1" },
    replacedWith: undefined as unknown,
    replaceWith: (next: unknown) => (main.replacedWith = next),
  };
  let next: () => unknown = () => assert.fail("no tick is planned");
  const context = createContext({
    document: {
      getElementById: () => live,
      querySelector: () => main,
      querySelectorAll: () => [table],
    },
    location: { href: "http://localhost/" },
    fetch: async (url: string) => {
      if (url !== "traffic") return { text: async () => "<main>new</main>" };
      const answer = answers.shift();
      if (answer instanceof Error || answer === undefined) throw answer;
      return { ok: true, json: async () => answer };
    },
    DOMParser: class {
      parseFromString(text: string) {
        return { querySelector: () => text };
      }
    },
    setTimeout: (tick: () => unknown) => {
      next = tick;
    },
  });
  runInContext(script, context);
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const text = (row: number, part: string) => rows[row]?.querySelector(part).textContent;
  return { live, main, rows, text, settle, tick: async () => [await next(), await settle()] };
}

test("the script shows totals, and shares of what came since", async () => {
  const page = browser([
    { topology: "1", counts: { a: 100, b: 0 } },
    { topology: "1", counts: { a: 109, b: 1 } },
  ]);
  await page.settle();
  assert.equal(page.live.textContent, "Live");
  assert.deepEqual([page.text(0, "[data-total]"), page.text(0, "[data-live]")], ["100", "–"], "nothing came since");
  await page.tick();
  assert.deepEqual([page.text(0, "[data-total]"), page.text(0, "[data-live]")], ["109", "90.0 %"]);
  assert.deepEqual([page.text(1, "[data-total]"), page.text(1, "[data-live]")], ["1", "10.0 %"]);
  assert.equal(page.rows[1]?.querySelector("meter").value, 0.1);
});

test("it says when the connection is lost, goes on trying, and takes a new topology", async () => {
  const page = browser([new Error("refused"), { topology: "2", counts: {} }]);
  await page.settle();
  assert.equal(page.live.textContent, "No connection; trying again");
  await page.tick();
  assert.equal(page.live.textContent, "Live");
  assert.equal(page.main.replacedWith, "<main>new</main>");
});
