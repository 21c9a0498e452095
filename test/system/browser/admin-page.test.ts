import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { countBackends, dev, scratch } from "../../unit/cli/gatewright.ts";
import { BrowserPage, chromiumCommand } from "./chromium.ts";

const command = chromiumCommand();
const skip = command === undefined && "no browser: install chromium, or name one in CHROMIUM";

const manifests = (backends: string) => `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: acme }
spec:
  gatewayClassName: acme
  listeners: [{ name: http, protocol: HTTP, port: 80 }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: store }
spec:
  parentRefs: [{ name: acme }]
  rules: [{ backendRefs: [${backends}] }]
`;
const split = manifests("{ name: stable, port: 80, weight: 9 }, { name: canary, port: 80, weight: 1 }");

/** Reads the page's table of shares, one row for each backend. */
const rows = `[...document.querySelectorAll("table[data-split] tr[data-key]")]
  .map((row) => [...row.children].map((cell) => cell.textContent).slice(0, 4).join(" | "))`;

const shows = (row: RegExp) => `${rows}.some((row) => ${row}.test(row))`;

test("the admin page works in a browser", { skip, timeout: 180_000 }, async (t) => {
  const file = join(await scratch(t), "a.yaml");
  await writeFile(file, split);
  const served = await dev(t, [file]);
  const page = await BrowserPage.open(t, command ?? "", `${served.admin}/`);

  await page.until(`document.getElementById("live")?.textContent === "Live"`);
  assert.equal(await page.value("document.title"), "Gatewright");
  assert.equal(await page.value(`${rows}.length`), 2);
  // The style applies, so the page's content security policy admits it.
  assert.equal(await page.value(`getComputedStyle(document.body).maxWidth`), "1152px");

  await countBackends(served.address("default/acme"), 200, { host: "acme.io" });
  await page.until(shows(/stable.* \| 90 % \| 180 \|/));
  await page.until(shows(/canary.* \| 10 % \| 20 \|/));

  // A change of routes shows in the open page without a reload. A backend's name is text, whatever it contains.
  await page.value("window.opened = true");
  await writeFile(file, manifests("{ name: stable, port: 80 }, { name: '<b>x', port: 80 }"));
  await page.until(shows(/<b>x.* \| 50 % \| 0 \|/));
  assert.equal(await page.value("window.opened"), true);
  await countBackends(served.address("default/acme"), 10, { host: "acme.io" });
  await page.until(shows(/<b>x.* \| 50 % \| 5 \| 50\.0 %/));
  assert.deepEqual(page.complaints, []);

  await served.stop();
  await page.until(`document.getElementById("live").textContent === "No connection; trying again"`);
});
