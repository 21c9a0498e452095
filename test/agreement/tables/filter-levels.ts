import { readFileSync } from "node:fs";
import { type Case, type CaseTable, type Expected, gateway, prefix, route } from "../case.ts";

/** Filters of a rule and of its backend together, and fields with special rules: Host, Cookie, framing. */

const given = (folder: string) => readFileSync(new URL(`../${folder}/gw.yaml`, import.meta.url), "utf8");

const rewrites: CaseTable = {
  name: "a rule's rewrite and its backend's",
  configuration: given("backend-rewrite-after-rule-rewrite"),
  cases: [
    {
      what: "the prefix that matched is replaced for the backend that asks for it",
      request: { url: "http://shop.lab.test/store/cart/items" },
      times: 2,
      expect: { rule: "web/shop#0", split: { "web/stable:80": 1, "web/canary:80": 1 } },
    },
    ...[
      ["/a/cart?q=1", "/v2/cart?q=1"],
      ["/a", "/v2"],
      ["/a/", "/v2/"],
      ["/a/http://internal/x", "/v2/http://internal/x"],
      ["/a//internal/x", "/v2//internal/x"],
    ].map(
      ([path, target]): Case => ({
        what: `the backend's rewrite starts from the path that matched: ${path}`,
        request: { url: `http://shop.lab.test${path}` },
        expect: { backend: "web/canary:80", forwarded: { target: target as string } },
      }),
    ),
    ...["/store/http://internal/x", "/store/x%20y", "/store//v2", "/store"].map(
      (path): Case => ({
        what: `no client chooses the form of a target: ${path}`,
        request: { url: `http://shop.lab.test${path}` },
        times: 2,
        expect: { rule: "web/shop#0" },
      }),
    ),
    {
      what: "only the backend rewrites",
      request: { url: "http://shop.lab.test/only/x" },
      times: 2,
      expect: { rule: "web/shop#2", split: { "web/stable:80": 1, "web/canary:80": 1 } },
    },
  ],
};

const sent = (path: string, forwarded: Expected["forwarded"] & object, more: Partial<Case["request"]> = {}): Case => ({
  what: `${path} is forwarded as ${JSON.stringify(forwarded)}`,
  request: { url: `http://hm.lab.test${path}`, ...more },
  expect: { backend: "web/app:80", forwarded },
});

const hosts: CaseTable = {
  name: "filters that name Host",
  configuration: given("host-filters"),
  cases: [
    sent("/sethost", { host: "up.lab.test", headers: { "x-env": "a" } }),
    sent("/addhost", { host: "hm.lab.test" }),
    sent("/rmhost", { host: "hm.lab.test" }, { method: "POST", body: "hello" }),
    sent("/both", { host: "up.lab.test" }),
    sent("/both2", { host: "rew.lab.test" }),
    {
      what: "a response keeps its length, and loses and gains other fields",
      request: { url: "http://hm.lab.test/resp" },
      expect: {
        backend: "web/app:80",
        response: { "content-type": null, "set-cookie": "a=1, b=2, a=b; Path=/", "x-backend": "hidden" },
      },
    },
    sent("/perbackend", { host: "svc.lab.test", headers: { "x-a": "rule, backend", "x-drop": null } }),
    sent("/same", { headers: { "x-s": "1, 3" } }),
  ],
};

const modifier = (type: string, fields: string) =>
  `{ type: ${type}, ${type[0]?.toLowerCase()}${type.slice(1)}: { ${fields} } }`;
const request = (fields: string) => modifier("RequestHeaderModifier", fields);
const redirect = (fields: string) => `{ type: RequestRedirect, requestRedirect: { ${fields} } }`;
const levels = (path: string, ofRule: string, ofBackend: string) =>
  `{ matches: [${prefix(path)}], filters: [${ofRule}], backendRefs: [{ name: a, port: 80, filters: [${ofBackend}] }] }`;
const rewrite = (fields: string) => `{ type: URLRewrite, urlRewrite: { ${fields} } }`;
const full = (value: string) => `path: { type: ReplaceFullPath, replaceFullPath: "${value}" }`;
const prefixed = (value: string) => `path: { type: ReplacePrefixMatch, replacePrefixMatch: ${value} }`;

const fields: CaseTable = {
  name: "filters of a rule and of its backend",
  configuration:
    gateway() +
    route("r", [
      levels("/cookie", request("add: [{ name: Cookie, value: r=1 }]"), request("add: [{ name: cookie, value: b=2 }]")),
      levels("/nohost", request('set: [{ name: Host, value: "no host" }]'), ""),
      levels("/backend-host", rewrite("hostname: rule.io"), request("set: [{ name: HOST, value: 'own.io:81' }]")),
      levels("/full-prefix", rewrite(full("/whole?q=rule")), rewrite(prefixed("/own"))),
      levels("/prefix-full", rewrite(prefixed("/own")), rewrite(full("/whole"))),
      levels("/moved", rewrite(`hostname: rule.io, ${prefixed("/inner")}`), redirect(prefixed("/outer"))),
      levels("/moved-as-is", rewrite(`hostname: rule.io, ${prefixed("/inner")}`), redirect("statusCode: 307")),
    ]),
  cases: [
    {
      what: "a cookie that is added joins those that are there",
      request: { url: "http://acme.io/cookie", headers: { cookie: "a=0" } },
      expect: { forwarded: { headers: { cookie: "a=0; r=1; b=2" } } },
    },
    {
      what: "a cookie is added where there is none",
      request: { url: "http://acme.io/cookie" },
      expect: { forwarded: { headers: { cookie: "r=1; b=2" } } },
    },
    {
      what: "a Host that names no host is not sent",
      request: { url: "http://acme.io/nohost" },
      expect: { forwarded: { host: "acme.io" } },
    },
    {
      what: "the backend's Host follows the rule's hostname",
      request: { url: "http://acme.io/backend-host" },
      expect: { forwarded: { host: "own.io:81" } },
    },
    {
      what: "a backend's prefix replaces what matched after a full replacement too",
      request: { url: "http://acme.io/full-prefix/x?q=asked" },
      expect: { forwarded: { target: "/own/x?q=asked" } },
    },
    {
      what: "the last path modifier decides",
      request: { url: "http://acme.io/prefix-full/x?q=asked" },
      expect: { forwarded: { target: "/whole?q=asked" } },
    },
    {
      what: "a redirect starts from the URL that was asked for",
      request: { url: "http://acme.io/moved/x?q=1" },
      expect: { status: 302, location: "http://acme.io/outer/x?q=1" },
    },
    {
      what: "a redirect that names nothing keeps the URL that was asked for",
      request: { url: "http://acme.io/moved-as-is/x" },
      expect: { status: 307, location: "http://acme.io/moved-as-is/x" },
    },
  ],
};

export const filterLevels: readonly CaseTable[] = [rewrites, hosts, fields];
