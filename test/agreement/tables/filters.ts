import { type Case, type CaseTable, type Expected, filtered, gateway, prefix, route, rule } from "../case.ts";

const rewrite = (fields: string) => `{ type: URLRewrite, urlRewrite: { ${fields} } }`;
const prefixTo = (value: string) => `path: { type: ReplacePrefixMatch, replacePrefixMatch: ${value} }`;
const request = (fields: string) => `{ type: RequestHeaderModifier, requestHeaderModifier: { ${fields} } }`;
const response = (fields: string) => `{ type: ResponseHeaderModifier, responseHeaderModifier: { ${fields} } }`;
const own = (path: string, filters: string) =>
  `{ matches: [${prefix(path)}], backendRefs: [{ name: a, port: 80, filters: [${filters}] }] }`;

function sends(path: string, forwarded: Expected["forwarded"] & object, more: Partial<Case> = {}): Case {
  const { headers, ...line } = forwarded;
  return {
    what: `${path} is forwarded as ${JSON.stringify({ ...line, ...headers })}`,
    request: { url: `http://acme.io${path}` },
    expect: { backend: "default/a:80", forwarded },
    ...more,
  };
}

const rewrites: CaseTable = {
  name: "rewrites",
  configuration:
    gateway() +
    route("r", [
      filtered(prefix("/root"), "a", rewrite(prefixTo("/"))),
      filtered(prefix("/prefix"), "a", rewrite(prefixTo("/to"))),
      filtered(prefix("/slash/"), "a", rewrite(prefixTo("/to/"))),
      filtered(
        prefix("/full"),
        "a",
        rewrite("path: { type: ReplaceFullPath, replaceFullPath: /one/place }, hostname: in.io"),
      ),
      filtered(prefix("/host"), "a", rewrite("hostname: in.io")),
      own("/own", rewrite("hostname: own.io")),
      filtered(prefix("/"), "a", rewrite(prefixTo("/under"))),
    ]),
  cases: [
    sends("/root", { target: "/", host: "acme.io" }),
    sends("/root/a/b?c=d", { target: "/a/b?c=d" }),
    sends("/prefix", { target: "/to" }),
    sends("/prefix/", { target: "/to/" }),
    sends("/prefix/a%20b?", { target: "/to/a%20b" }),
    sends("/prefix/../prefix/x", { target: "/to/x" }),
    sends("/slash/x", { target: "/to/x" }),
    sends("/slash", { target: "/to" }),
    sends("/full/a?b=c", { target: "/one/place?b=c", host: "in.io" }),
    sends("/host/x", { target: "/host/x", host: "in.io" }),
    sends("/own/x", { target: "/own/x", host: "own.io" }),
    sends("/prefixed", { target: "/under/prefixed" }),
    sends("/", { target: "/under/" }),
  ],
};

const headers: CaseTable = {
  name: "header modifiers",
  configuration:
    gateway() +
    route("r", [
      filtered(
        prefix("/request"),
        "a",
        request(
          "set: [{ name: X-Set, value: new }, { name: x-made, value: made }], add: [{ name: x-add, value: more }, { name: x-first, value: one }], remove: [x-gone, X-Gone-Too]",
        ),
      ),
      filtered(
        prefix("/response"),
        "a",
        response(
          "set: [{ name: x-kept, value: changed }, { name: x-made, value: made }], add: [{ name: X-Listed, value: c }], remove: [x-drop]",
        ),
      ),
      own("/own-request", request("set: [{ name: x-set, value: own }], remove: [x-gone]")),
      own("/own-response", response("set: [{ name: x-kept, value: own }], remove: [x-drop]")),
      `{ matches: [${prefix("/both")}], filters: [${request("set: [{ name: x-set, value: rule }], add: [{ name: x-add, value: rule }]")}], backendRefs: [{ name: a, port: 80, filters: [${request("set: [{ name: x-set, value: backend }], add: [{ name: x-add, value: backend }]")}] }] }`,
      filtered(prefix("/cookies"), "a", response('add: [{ name: set-cookie, value: "c=3" }]')),
      rule(prefix("/none"), "a"),
    ]),
  cases: [
    sends(
      "/request",
      {
        headers: {
          "x-set": "new",
          "x-made": "made",
          "x-add": "some, more",
          "x-first": "one",
          "x-gone": null,
          "x-gone-too": null,
          "x-kept": "kept",
        },
      },
      {
        request: {
          url: "http://acme.io/request",
          headers: { "x-set": "old", "x-add": "some", "x-gone": "here", "x-gone-too": ["a", "b"], "x-kept": "kept" },
        },
      },
    ),
    sends(
      "/request",
      { headers: { "x-set": "new" } },
      {
        what: "several fields become the one that is set",
        request: { url: "http://acme.io/request", headers: { "x-set": ["one", "two"] } },
      },
    ),
    {
      what: "a response is changed",
      request: { url: "http://acme.io/response" },
      expect: { response: { "x-kept": "changed", "x-made": "made", "x-listed": "a, b, c", "x-drop": null } },
    },
    {
      what: "a response without a filter is as it was",
      request: { url: "http://acme.io/none" },
      expect: { response: { "x-kept": "kept", "x-made": null, "x-listed": "a, b", "x-drop": "dropped" } },
    },
    sends(
      "/own-request",
      { headers: { "x-set": "own", "x-gone": null } },
      {
        request: { url: "http://acme.io/own-request", headers: { "x-set": "old", "x-gone": "here" } },
      },
    ),
    {
      what: "a backend's own filter changes its responses",
      request: { url: "http://acme.io/own-response" },
      expect: { onWire: { response: { "x-kept": "own", "x-drop": null, "x-listed": "a, b" } } },
    },
    sends("/both", { headers: { "x-set": "backend", "x-add": "rule, backend" } }),
    {
      what: "cookies stay fields of their own",
      request: { url: "http://acme.io/cookies" },
      expect: { response: { "set-cookie": "a=1, b=2, c=3" } },
    },
  ],
};

const cors = (fields: string) => `{ type: CORS, cors: { ${fields} } }`;
const origin = (value: string, rest: Record<string, string> = {}) => ({ origin: value, ...rest });
const preflight = (value: string, rest: Record<string, string> = {}) => ({
  method: "OPTIONS",
  headers: { origin: value, "access-control-request-method": "PUT", ...rest },
});
const moved = "{ type: RequestRedirect, requestRedirect: { hostname: new.io } }";
const absent = {
  "access-control-allow-origin": null,
  "access-control-allow-methods": null,
  "access-control-allow-headers": null,
  "access-control-allow-credentials": null,
};

const crossOrigin: CaseTable = {
  name: "CORS",
  configuration:
    gateway() +
    route("r", [
      filtered(
        prefix("/listed"),
        "a",
        cors(
          'allowOrigins: ["https://www.foo.com", "https://*.bar.com"], allowMethods: [GET, PUT], allowHeaders: [x-one, X-Two], exposeHeaders: [x-seen], allowCredentials: true, maxAge: 3600',
        ),
      ),
      filtered(
        prefix("/any"),
        "a",
        cors('allowOrigins: ["*"], allowMethods: ["*"], allowHeaders: ["*"], exposeHeaders: ["*"]'),
      ),
      filtered(
        prefix("/credentials"),
        "a",
        cors('allowOrigins: ["*"], allowMethods: ["*"], allowHeaders: ["*"], allowCredentials: true'),
      ),
      filtered(prefix("/before"), "", `${cors('allowOrigins: ["*"]')}, ${moved}`),
      filtered(prefix("/behind"), "", `${moved}, ${cors('allowOrigins: ["*"]')}`),
      `{ matches: [${prefix("/nowhere")}], filters: [${cors('allowOrigins: ["*"]')}, ${response("set: [{ name: x-made, value: made }]")}] }`,
    ]),
  cases: [
    {
      what: "a redirect behind it may be read by scripts",
      request: { url: "http://acme.io/before", headers: origin("https://x.io") },
      expect: { status: 302, response: { "access-control-allow-origin": "https://x.io" } },
    },
    {
      what: "a redirect in front of it ends the filters",
      request: { url: "http://acme.io/behind", headers: origin("https://x.io") },
      expect: { status: 302, response: absent },
    },
    {
      what: "an answer of the proxy's own has its fields and no other filter's",
      request: { url: "http://acme.io/nowhere", headers: origin("https://x.io") },
      expect: { status: 500, response: { "access-control-allow-origin": "https://x.io", "x-made": null } },
    },
    {
      what: "a preflight from a listed origin",
      request: { url: "http://acme.io/listed", ...preflight("https://www.foo.com") },
      expect: {
        rule: "default/r#0",
        status: 200,
        response: {
          "access-control-allow-origin": "https://www.foo.com",
          "access-control-allow-methods": "GET, PUT",
          "access-control-allow-headers": "x-one, X-Two",
          "access-control-allow-credentials": "true",
          "access-control-max-age": "3600",
        },
      },
    },
    {
      what: "a preflight from a subdomain of a wildcard",
      request: { url: "http://acme.io/listed", ...preflight("https://a.b.bar.com") },
      expect: { response: { "access-control-allow-origin": "https://a.b.bar.com" } },
    },
    ...["https://www.foo.com:8443", "http://www.foo.com", "https://bar.com", "https://xbar.com", "null"].map(
      (from): Case => ({
        what: `a preflight from ${from} is allowed nothing`,
        request: { url: "http://acme.io/listed", ...preflight(from) },
        expect: { status: 200, response: absent },
      }),
    ),
    {
      what: "a request from a listed origin",
      request: { url: "http://acme.io/listed", headers: origin("https://www.foo.com") },
      expect: {
        backend: "default/a:80",
        response: {
          "access-control-allow-origin": "https://www.foo.com",
          "access-control-allow-credentials": "true",
          "access-control-expose-headers": "x-seen",
        },
      },
    },
    {
      what: "a request from an origin that is not listed is served without CORS fields, the backend's own included",
      request: { url: "http://acme.io/listed", headers: origin("https://evil.com", { "x-behave": "cors" }) },
      expect: { backend: "default/a:80", response: absent },
    },
    {
      what: "a request without an origin",
      request: { url: "http://acme.io/listed" },
      expect: { backend: "default/a:80", response: absent },
    },
    {
      what: "an OPTIONS that is no preflight goes to the backend",
      request: { url: "http://acme.io/listed", method: "OPTIONS", headers: origin("https://www.foo.com") },
      expect: { backend: "default/a:80", response: { "access-control-allow-origin": "https://www.foo.com" } },
    },
    {
      what: "a preflight where everything is allowed",
      request: { url: "http://acme.io/any", ...preflight("https://x.io", { "access-control-request-headers": "x-q" }) },
      expect: {
        response: {
          "access-control-allow-origin": "https://x.io",
          "access-control-allow-methods": "*",
          "access-control-allow-headers": "*",
          "access-control-allow-credentials": null,
          "access-control-max-age": "5",
        },
      },
    },
    {
      what: "a preflight with credentials, where a star would mean nothing",
      request: {
        url: "http://acme.io/credentials",
        ...preflight("https://x.io", { "access-control-request-headers": "x-q, x-r" }),
      },
      expect: {
        response: {
          "access-control-allow-origin": "https://x.io",
          "access-control-allow-methods": "PUT",
          "access-control-allow-headers": "x-q, x-r",
          "access-control-allow-credentials": "true",
        },
      },
    },
  ],
};

export const filters: readonly CaseTable[] = [rewrites, headers, crossOrigin];
