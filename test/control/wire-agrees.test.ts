import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { type RoutedGateway, routingModel } from "../../lib/analysis/model.ts";
import { type Answer, simulate } from "../../lib/analysis/simulate.ts";
import { load } from "../../lib/api/load.ts";
import { parseDocuments } from "../../lib/api/parse/documents.ts";
import type { Echo } from "../../proxy/control/echo.ts";
import { EmbeddedProxy } from "../../proxy/control/embedded.ts";

const backends = "backendRefs: [{ name: a, port: 80 }]";
const redirect = (fields: string) => `filters: [{ type: RequestRedirect, requestRedirect: { ${fields} } }]`;
const rewrite = (fields: string) => `filters: [{ type: URLRewrite, urlRewrite: { ${fields} } }]`;
const rules = [
  `{ matches: [{ path: { value: /plain } }], ${backends} }`,
  `{ matches: [{ path: { type: Exact, value: /exact } }], ${backends} }`,
  `{ matches: [{ path: { value: /header }, headers: [{ name: Serve, value: canary }] }], backendRefs: [{ name: canary, port: 80 }] }`,
  `{ matches: [{ path: { value: /query }, queryParams: [{ name: v, value: "2" }] }], ${backends} }`,
  `{ matches: [{ path: { value: /method }, method: POST }], ${backends} }`,
  `{ matches: [{ path: { type: RegularExpression, value: "/re/[0-9]+" } }], ${backends} }`,
  `{ matches: [{ path: { value: /redirect } }], ${redirect("scheme: https, hostname: new.io, statusCode: 301")} }`,
  `{ matches: [{ path: { value: /moved } }], ${redirect("path: { type: ReplacePrefixMatch, replacePrefixMatch: /to }, port: 8443")} }`,
  `{ matches: [{ path: { value: /rewrite } }], ${rewrite("hostname: in.io, path: { type: ReplacePrefixMatch, replacePrefixMatch: / }")}, ${backends} }`,
  `{ matches: [{ path: { value: /full } }], ${rewrite("path: { type: ReplaceFullPath, replaceFullPath: /one/place }")}, ${backends} }`,
  `{ matches: [{ path: { value: /headers } }], filters: [
      { type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: X-Set, value: new }], add: [{ name: x-add, value: more }], remove: [x-gone] } },
      { type: ResponseHeaderModifier, responseHeaderModifier: { set: [{ name: x-answer, value: changed }] } }], ${backends} }`,
  `{ matches: [{ path: { value: /own } }], backendRefs: [{ name: a, port: 80, filters: [{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: x-set, value: own }] } }] }] }`,
  `{ matches: [{ path: { value: /zero } }], backendRefs: [{ name: a, port: 80, weight: 0 }] }`,
  "{ matches: [{ path: { value: /nothing } }] }",
  "{ matches: [{ path: { value: /kind } }], backendRefs: [{ group: x.io, kind: Pod, name: a, port: 80 }] }",
];
const yaml = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: g }
spec:
  gatewayClassName: c
  listeners:
  - { name: all, protocol: HTTP, port: 80, hostname: "*.io" }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r }
spec:
  parentRefs: [{ name: g }]
  hostnames: [acme.io, "*.shop.io"]
  rules:
${rules.map((rule) => `  - ${rule}`).join("\n")}
`;
const content = { name: "a.yaml", ...parseDocuments(yaml, "a.yaml") };

const proxy = new EmbeddedProxy({ channel: "standard", attach: { undeclared: "exists" } });
let port = 0;
let gateway: RoutedGateway;
before(async () => {
  const loaded = load([content], { channel: "standard" });
  assert.deepEqual(loaded.findings, []);
  gateway = routingModel(loaded, { undeclared: "exists" }).gateways[0] as RoutedGateway;
  const { sockets } = await proxy.apply([content]);
  port = sockets[0]?.localPort ?? 0;
});
after(() => proxy.close());

interface Sent {
  readonly status: number | undefined;
  readonly location: string | undefined;
  readonly changed: string | undefined;
  readonly echo: Echo | undefined;
}

function send(path: string, host: string, method: string, headers: Record<string, string>): Promise<Sent> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path, method, headers: { ...headers, host } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => {
        const { statusCode, headers: own } = response;
        const echo = own["x-backend"] === undefined ? undefined : (JSON.parse(text) as Echo);
        resolve({ status: statusCode, location: own.location, changed: own["x-answer"] as string | undefined, echo });
      });
    })
      .on("error", reject)
      .end();
  });
}

const cases: [path: string, more?: { host?: string; method?: string; headers?: Record<string, string> }][] = [
  ["/plain"],
  ["/plain/below?x=1&y=%20"],
  ["/plainly"],
  ["/plain/../exact"],
  ["/a/./../plain/%7Euser"],
  ["/plain%2Fencoded"],
  ["/%zz"],
  ["/plain", { host: "ACME.io" }],
  ["/plain", { host: "acme.io:8080" }],
  ["/plain", { host: "a.shop.io" }],
  ["/plain", { host: "shop.io" }],
  ["/plain", { host: "other.io" }],
  ["/plain", { host: "acme.com" }],
  ["/exact"],
  ["/exact/"],
  ["/header", { headers: { serve: "canary" } }],
  ["/header", { headers: { serve: "Canary" } }],
  ["/header"],
  ["/query?v=2"],
  ["/query?a=b&v=2&v=3"],
  ["/query?v=3"],
  ["/method", { method: "POST" }],
  ["/method"],
  ["/re/42"],
  ["/re/42x"],
  ["/redirect/deep?x=1"],
  ["/moved/deep?x=1"],
  ["/moved"],
  ["/rewrite"],
  ["/rewrite/a/b?c=d"],
  ["/full/a?b=c"],
  ["/headers", { headers: { "x-set": "old", "x-add": "some", "x-gone": "here", "x-kept": "kept" } }],
  ["/own", { headers: { "x-set": "old" } }],
  ["/zero"],
  ["/nothing"],
  ["/kind"],
];

for (const [path, { host = "acme.io", method = "GET", headers = {} } = {}] of cases) {
  test(`${method} ${path} of ${host} ${JSON.stringify(headers)}`, async () => {
    const answer = simulate(gateway, { url: `http://${host.replace(/:\d+$/, "")}:80${path}`, method, headers });
    const sent = await send(path, host, method, headers);
    const [backend] = Object.keys(answer.backends);
    assert.equal(sent.status, answer.status ?? 200, answer.reason);
    assert.equal(sent.location, answer.location);
    assert.equal(sent.echo?.backend, backend);
    if (sent.echo !== undefined && backend !== undefined) agreesWithBackend(answer, backend, sent);
  });
}

/** What the backend got is what simulate says it gets, beside the proxy's own forwarding headers. */
function agreesWithBackend({ requests, responseHeaders }: Answer, backend: string, { echo, changed }: Sent): void {
  const expected = requests[backend];
  assert.ok(expected !== undefined && echo !== undefined);
  assert.equal(echo.url, `${expected.path}${expected.query === "" ? "" : `?${expected.query}`}`);
  assert.equal(echo.method, expected.method);
  assert.equal(echo.host?.replace(/:\d+$/, "").toLowerCase(), expected.host.replace(/:\d+$/, ""));
  for (const [name, value] of Object.entries(expected.headers))
    assert.equal([echo.headers[name] ?? []].flat().join(", "), value);
  const extra = Object.keys(echo.headers).filter(
    (name) => !(name in expected.headers) && !/^(x-forwarded-.*|host|connection|content-length)$/.test(name),
  );
  assert.deepEqual(extra, []);
  assert.equal(changed, responseHeaders.flatMap(({ set }) => set).find(({ name }) => name === "x-answer")?.value);
}
