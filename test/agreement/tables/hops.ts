import { type Case, type CaseTable, filtered, gateway, prefix, route, rule } from "../case.ts";

/** TRACE and OPTIONS with Max-Forwards, TRACE with credentials, and fields with underscores in their names. */

const rules = [
  rule(prefix("/a"), "a"),
  filtered(
    prefix("/set"),
    "a",
    `{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: x, value: "1" }] } }`,
  ),
  rule(`{ path: { value: /forged }, headers: [{ name: x_forwarded_for, value: forged }] }`, "forged"),
];

type Headers = NonNullable<Case["request"]["headers"]>;

const request = (method: string, path: string, headers: Headers) => ({ method, url: `http://acme.io${path}`, headers });

function ends(method: string, headers: Headers, status: number, path = "/a"): Case {
  return {
    what: `${method} ${path} with ${JSON.stringify(headers)} ends with ${status}`,
    request: request(method, path, headers),
    expect: { status, rule: "none" },
  };
}

function passes(
  method: string,
  headers: Headers,
  forwarded: Readonly<Record<string, string | null>>,
  path = "/a",
): Case {
  return {
    what: `${method} ${path} passes with ${JSON.stringify(headers)}`,
    request: request(method, path, headers),
    expect: { backend: "default/a:80", forwarded: { headers: forwarded } },
  };
}

const bounded = ["OPTIONS", "TRACE"].flatMap((method): Case[] => [
  ends(method, { "max-forwards": "0" }, method === "TRACE" ? 501 : 204),
  ends(method, { "max-forwards": "0" }, method === "TRACE" ? 501 : 204, "/unknown"),
  ...["x", "-1", "1".repeat(10)].map((hops) => ends(method, { "max-forwards": hops }, 400)),
  ends(method, { "max-forwards": "1, 2" }, 400),
  passes(method, { "Max-Forwards": "10" }, { "max-forwards": "9" }),
  passes(method, { "Max-Forwards": "1" }, { "max-forwards": "0", x: "1" }, "/set"),
  passes(method, {}, { "max-forwards": null }),
  passes(method, { max_forwards: "0" }, { max_forwards: "0", "max-forwards": null }),
]);

export const hops: readonly CaseTable[] = [
  {
    name: "hops",
    configuration: gateway() + route("r", rules),
    cases: [
      ...bounded,
      passes("GET", { "max-forwards": "0" }, { "max-forwards": "0" }),
      passes("POST", { "max-forwards": "x" }, { "max-forwards": "x" }),
      ends("TRACE", { authorization: "Basic eDp5" }, 400),
      ends("TRACE", { Cookie: "a=b" }, 400),
      ends("TRACE", { "proxy-authorization": "Basic eDp5", "max-forwards": "0" }, 400),
      passes("OPTIONS", { cookie: "a=b" }, { cookie: "a=b" }),
    ],
  },
  {
    name: "fields with underscores",
    configuration: gateway() + route("r", rules),
    cases: [
      passes("GET", { x_forwarded_for: "forged", x_user: "u" }, { x_forwarded_for: null, x_user: "u" }),
      ends("GET", { x_forwarded_for: "forged" }, 404, "/forged"),
    ],
  },
];
