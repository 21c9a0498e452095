import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gatewright } from "./gatewright.ts";

const cases = fileURLToPath(new URL("../../agreement/", import.meta.url));
const acme = fileURLToPath(new URL("../../../examples/acme/acme.ts", import.meta.url));

test("what is refused stands beside the answer, in text and JSON", async () => {
  const args = ["explain", "refused-listener-in-explain", "--", "GET", "/", "-H", "Host: shop.lab.test"];
  const https = ["explain", "refused-listener-in-explain", "-o", "json", "--", "GET", "https://shop.lab.test/"];
  const [text, json] = await Promise.all([args, https].map((own) => gatewright(own, { cwd: cases })));
  assert.equal(text?.code, 0, text?.stderr);
  assert.match(text?.stdout ?? "", /listener {2}a of Gateway infra\/edge, port 80, host shop\.lab\.test/);
  const [{ refused }] = JSON.parse(json?.stdout ?? "").explanations;
  assert.deepEqual(
    refused.map(({ kind, reason }: Record<string, string>) => [kind, reason]),
    [["listener", "RefNotPermitted"]],
  );
});

test("what cannot be honoured is refused with what to write instead", async () => {
  const url = "http://acme.io/store";
  const refusals: readonly (readonly [readonly string[], RegExp])[] = [
    [["GET", url, "--resolve", "acme.io:80:127.0.0.1"], /--resolve: explain cannot honour it; no connection is made/],
    [["POST", url, "-d", "x=1"], /-d: explain cannot honour it; no body is sent/],
    [["GET", url, "--http2"], /--http2: explain cannot honour it; routing is the same/],
    [["GET", url, "-XPOST"], /-XPOST: explain cannot honour it; write the method first/],
    [["GET", url, "--compressed"], /--compressed: explain cannot honour it; allowed are/],
    [["GET", url, "-H", "Content-Length: 3"], /-H content-length: announces a body/],
    [["GET", url, "-H", "Host: a.io", "-H", "Host: b.io"], /-H Host: given twice/],
    [["GET", "/store"], /\/store: expected an absolute http or https URL.*or a path with -H 'Host: acme\.io'/],
    [["GET", url, "extra"], /too many arguments/],
  ];
  const ended = await Promise.all(refusals.map(([rest]) => gatewright(["explain", acme, "--", ...rest])));
  for (const [index, { code, stdout, stderr }] of ended.entries()) {
    assert.deepEqual([code, stdout], [2, ""], stderr);
    assert.match(stderr, refusals[index]?.[1] as RegExp);
  }
});

test("a Gateway that is not declared is asked for by a name that is near", async () => {
  const asked = ["GET", "http://acme.io/", "--gateway"];
  for (const name of ["acme-external", "edge/acme-externl"]) {
    const { code, stderr } = await gatewright(["explain", acme, "--", ...asked, name]);
    assert.equal(code, 1);
    assert.match(stderr, /did you mean edge\/acme-external\?/);
  }
});

test("each backend whose own filters change the request is shown with the request that it gets", async () => {
  const args = ["explain", "backend-rewrite-after-rule-rewrite", "--", "GET", "http://x/store/cart/items"];
  const { stdout } = await gatewright(args, { cwd: cases });
  assert.match(stdout, /^ {2}sends +GET \/cart\/items host x {2}to web\/stable:80$/m);
  assert.match(stdout, /^ {2}sends +GET \/v2\/cart\/items host x {2}to web\/canary:80$/m);
});
