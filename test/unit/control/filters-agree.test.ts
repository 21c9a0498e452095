import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { type RoutedGateway, routingModel } from "../../../lib/analysis/traffic/model.ts";
import { simulateRunning } from "../../../lib/analysis/traffic/simulate.ts";
import { load, type SourceContent } from "../../../lib/api/load/load.ts";
import { parseDocuments } from "../../../lib/api/parse/documents.ts";
import { defineFilter } from "../../../lib/filters/definition.ts";
import { EmbeddedProxy } from "../../../proxy/control/embedded.ts";

/** The wire treats filters for ExtensionRef as `simulate` does, whatever other filters are in the list. */

const mark = defineFilter({
  group: "acme.io",
  kind: "Mark",
  request({ method, host, path, query, headers }, { name }) {
    const seen = [method, host, path, query, headers.get("x-set"), headers.get("x-given")].join(" ");
    const late = headers.has("x-late") ? new Promise((resolve) => setTimeout(resolve, 1)) : undefined;
    const outcome = { headers: { add: { [`x-seen-${name}`]: seen }, remove: ["x-gone"] } };
    return late === undefined ? outcome : late.then(() => outcome);
  },
});
const move = defineFilter({
  group: "acme.io",
  kind: "Move",
  request: ({ path, query }) => ({
    path: `/moved${path}`,
    query: query === "" ? "" : `${query}&m`,
    host: "moved.io:81",
  }),
});
const deny = defineFilter({
  group: "acme.io",
  kind: "Deny",
  request: ({ headers }) => (headers.has("x-allow") ? undefined : { respond: { status: 403, body: "denied" } }),
});
const fail = defineFilter({
  group: "acme.io",
  kind: "Fail",
  request() {
    throw new Error("broken");
  },
});
const filters = [mark, move, deny, fail];

const ref = (kind: string, name = "a") =>
  `{ type: ExtensionRef, extensionRef: { group: acme.io, kind: ${kind}, name: ${name} } }`;
const set = `{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: x-set, value: m }], remove: [x-given] } }`;
const setHost = `{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: Host, value: set.io }] } }`;
const prefix = `{ type: URLRewrite, urlRewrite: { hostname: inner, path: { type: ReplacePrefixMatch, replacePrefixMatch: /v2 } } }`;
const redirect = `{ type: RequestRedirect, requestRedirect: { scheme: https, path: { type: ReplacePrefixMatch, replacePrefixMatch: /new } } }`;

const lists: Readonly<Record<string, string>> = {
  alone: ref("Mark"),
  before: [ref("Mark"), set, prefix].join(", "),
  behind: [set, prefix, ref("Mark")].join(", "),
  between: [ref("Mark"), set, ref("Mark", "b"), prefix, ref("Mark", "c")].join(", "),
  moved: [ref("Move"), prefix, ref("Mark")].join(", "),
  "moved-last": [prefix, ref("Move"), ref("Mark")].join(", "),
  host: [setHost, ref("Move"), ref("Mark")].join(", "),
  "host-last": [ref("Move"), setHost, ref("Mark")].join(", "),
  redirect: [ref("Mark"), redirect, ref("Fail")].join(", "),
  "redirect-moved": [ref("Move"), redirect].join(", "),
  denied: [ref("Deny"), ref("Fail")].join(", "),
  fails: [ref("Mark"), ref("Fail")].join(", "),
  unknown: [ref("Mark"), ref("Unknown")].join(", "),
  missing: [ref("Mark", "missing"), ref("Fail")].join(", "),
};
const rules = Object.entries(lists).map(([name, list]) => {
  const backend = name.startsWith("redirect") ? "" : ", backendRefs: [{ name: a, port: 80 }]";
  return `  - { matches: [{ path: { value: /${name} } }], filters: [${list}]${backend} }`;
});
rules.push(
  `  - { matches: [{ path: { value: /own } }], filters: [${ref("Mark")}, ${set}], backendRefs: [{ name: a, port: 80, filters: [${ref("Mark", "b")}, ${ref("Move")}] }] }`,
);
const objects = ["Mark a", "Mark b", "Mark c", "Move a", "Deny a", "Fail a"].map((named) => {
  const [kind, name] = named.split(" ");
  return `---\napiVersion: acme.io/v1\nkind: ${kind}\nmetadata: { name: ${name} }\n`;
});
const yaml = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: g }
spec: { gatewayClassName: c, listeners: [{ name: http, protocol: HTTP, port: 80 }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r }
spec:
  parentRefs: [{ name: g }]
  rules:
${rules.join("\n")}
${objects.join("")}`;
const registered = { path: "/filters.ts", version: "1", kinds: filters };
const content: SourceContent = { name: "a.yaml", ...parseDocuments(yaml, "a.yaml"), filters: registered };

const proxy = new EmbeddedProxy({
  channel: "standard",
  attach: { undeclared: "exists" },
  onFilterFailure: () => undefined,
});
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

interface Echo {
  readonly url: string;
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Sent {
  readonly status: number | undefined;
  readonly location: string | undefined;
  readonly text: string;
  readonly echoed: boolean;
}

function send(path: string, headers: Record<string, string>): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path, headers: { ...headers, host: "acme.io" } };
    request(options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      const { statusCode: status, headers: own } = response;
      response.on("end", () => resolve({ status, location: own.location, text, echoed: "x-backend" in own }));
    })
      .on("error", reject)
      .end();
  });
}

const given = { "x-given": "g", "x-gone": "1" };
for (const name of [...Object.keys(lists), "own"]) {
  for (const headers of [given, { ...given, "x-late": "1", "x-allow": "1" }]) {
    test(`/${name} with ${Object.keys(headers).join(", ")}`, async () => {
      const path = `/${name}/deep?q=1`;
      const answer = await simulateRunning(gateway, { url: `http://acme.io${path}`, headers });
      const sent = await send(path, headers);
      assert.equal(sent.status, answer.status ?? 200, answer.reason);
      assert.equal(sent.location, answer.location);
      if (answer.respond !== undefined) assert.equal(sent.text, answer.respond.body);
      const expected = answer.requests["default/a:80"];
      assert.equal(sent.echoed, expected !== undefined);
      if (expected === undefined) return;
      const echo = JSON.parse(sent.text) as Echo;
      assert.equal(echo.url, `${expected.path}?${expected.query}`);
      assert.equal(echo.host, expected.host);
      const own = Object.entries(echo.headers).filter(([field]) => /^x-(seen|set|given|gone|late|allow)/.test(field));
      assert.deepEqual(Object.fromEntries(own), expected.headers);
    });
  }
}
