import assert from "node:assert/strict";
import { test } from "node:test";
import { service, serviceImport } from "../../../lib/application-developer/backends.ts";
import {
  cors,
  mirrorTo,
  redirect,
  replacePath,
  replacePrefix,
  requestHeaders,
  responseHeaders,
  rewrite,
  setHeaders,
  setResponseHeaders,
} from "../../../lib/application-developer/filters.ts";
import {
  exactPath,
  grpcMethod,
  header,
  method,
  pathPrefix,
  pathRegex,
  queryParam,
} from "../../../lib/application-developer/matches.ts";
import { configMap, secret } from "../../../lib/constructs/core-objects.ts";

const shapes: readonly (readonly [what: string, shape: unknown, expected: unknown])[] = [
  ["service", service("a", 80), { name: "a", port: 80 }],
  ["service elsewhere", service("a", 80, { namespace: "n" }), { name: "a", port: 80, namespace: "n" }],
  [
    "serviceImport",
    serviceImport("a", 80),
    { group: "multicluster.x-k8s.io", kind: "ServiceImport", name: "a", port: 80 },
  ],
  ["secret", secret("a", { namespace: "n" }), { group: "", kind: "Secret", name: "a", namespace: "n" }],
  ["configMap", configMap("a"), { group: "", kind: "ConfigMap", name: "a" }],
  ["pathPrefix", pathPrefix("/a"), { path: { type: "PathPrefix", value: "/a" } }],
  ["exactPath", exactPath("/a"), { path: { type: "Exact", value: "/a" } }],
  ["pathRegex", pathRegex("/a+"), { path: { type: "RegularExpression", value: "/a+" } }],
  ["method", method("GET"), { method: "GET" }],
  ["header", header("serve", "canary"), { name: "serve", value: "canary" }],
  [
    "header by regex",
    header("serve", "c.*", { type: "RegularExpression" }),
    { type: "RegularExpression", name: "serve", value: "c.*" },
  ],
  ["queryParam", queryParam("q", "1"), { name: "q", value: "1" }],
  ["grpc service", grpcMethod("acme.Store"), { method: { service: "acme.Store" } }],
  ["grpc method", grpcMethod("acme.Store", "Get"), { method: { service: "acme.Store", method: "Get" } }],
  [
    "mirror",
    mirrorTo(service("a", 80), { percent: 10 }),
    { type: "RequestMirror", requestMirror: { backendRef: { name: "a", port: 80 }, percent: 10 } },
  ],
  [
    "mirror of a fraction",
    mirrorTo(service("a", 80), { fraction: { numerator: 1, denominator: 1000 } }),
    {
      type: "RequestMirror",
      requestMirror: { backendRef: { name: "a", port: 80 }, fraction: { numerator: 1, denominator: 1000 } },
    },
  ],
  [
    "redirect",
    redirect({ scheme: "https", statusCode: 301 }),
    { type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } },
  ],
  [
    "rewrite of a prefix",
    rewrite({ path: replacePrefix("/v2") }),
    { type: "URLRewrite", urlRewrite: { path: { type: "ReplacePrefixMatch", replacePrefixMatch: "/v2" } } },
  ],
  [
    "rewrite of host and path",
    rewrite({ hostname: "b.io", path: replacePath("/") }),
    { type: "URLRewrite", urlRewrite: { hostname: "b.io", path: { type: "ReplaceFullPath", replaceFullPath: "/" } } },
  ],
  [
    "request headers",
    requestHeaders({ set: { a: "1", b: "2" }, add: { c: "3" }, remove: ["d"] }),
    {
      type: "RequestHeaderModifier",
      requestHeaderModifier: {
        set: [
          { name: "a", value: "1" },
          { name: "b", value: "2" },
        ],
        add: [{ name: "c", value: "3" }],
        remove: ["d"],
      },
    },
  ],
  [
    "response headers",
    responseHeaders({ remove: ["server"] }),
    { type: "ResponseHeaderModifier", responseHeaderModifier: { remove: ["server"] } },
  ],
  ["setHeaders", setHeaders({ a: "1" }), requestHeaders({ set: { a: "1" } })],
  ["setResponseHeaders", setResponseHeaders({ a: "1" }), responseHeaders({ set: { a: "1" } })],
  ["cors", cors({ allowOrigins: ["https://a.io"] }), { type: "CORS", cors: { allowOrigins: ["https://a.io"] } }],
];

for (const [what, shape, expected] of shapes) {
  test(`${what} is the plain shape of the spec`, () => assert.deepEqual(shape, expected));
}
