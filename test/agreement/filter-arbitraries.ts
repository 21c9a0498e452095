import fc from "fast-check";

/** Random filters of every type, for rules and for backends. */

export interface RandomFilter {
  readonly type: string;
  readonly requestMirror?: { readonly backendRef: { readonly name: string } };
  readonly extensionRef?: object;
}

const requestNames = [
  ...["x-one", "x-two", "X-One", "X-Odd-Case", "x-drop", "Authorization"],
  ...["Host", "host", "Cookie", "cookie", "X-Forwarded-Proto"],
  ...["Content-Length", "Connection", "Transfer-Encoding", "TE", "Keep-Alive", "Upgrade", "trailer"],
];
const responseNames = [
  ...["x-one", "X-Kept", "x-listed", "x-drop", "Set-Cookie", "Content-Length", "Connection", "Transfer-Encoding"],
  ...["Access-Control-Allow-Origin", "Vary"],
];
const hostValues = ["new.io", "acme.io:8080", "No Host", "10.0.0.1"];

const fields = (names: readonly string[], excluded: readonly string[] = []) => {
  const name = fc.constantFrom(...names.filter((each) => !excluded.includes(each)));
  const field = name.chain((given) =>
    fc.record({
      name: fc.constant(given),
      value: /^host$/i.test(given) ? fc.constantFrom(...hostValues) : fc.constantFrom("new", "more=1", "a, b", " c\t"),
    }),
  );
  return fc.uniqueArray(field, { minLength: 1, maxLength: 3, selector: (each) => each.name });
};

const modifier = (names: readonly string[], notAdded: readonly string[]) =>
  fc
    .record(
      {
        set: fields(names),
        add: fields(names, notAdded),
        remove: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 2 }),
      },
      { requiredKeys: [] },
    )
    .filter((given) => Object.keys(given).length > 0);

/** Modifiers do not add to fields that the proxy writes, since the model does not know their values. */
const requestModifier = modifier(requestNames, ["X-Forwarded-Proto"]).map((requestHeaderModifier) => ({
  type: "RequestHeaderModifier",
  requestHeaderModifier,
}));
const responseModifier = modifier(responseNames, []).map((responseHeaderModifier) => ({
  type: "ResponseHeaderModifier",
  responseHeaderModifier,
}));

const fullPath = fc
  .constantFrom("/full", "/full?own=1", "/", "relative", "/a b/../%zz#x", "//full")
  .map((replaceFullPath) => ({ type: "ReplaceFullPath", replaceFullPath }));
const prefixPath = fc
  .constantFrom("/", "/new", "/new/", "", "relative", "/longer/base", "http://internal")
  .map((replacePrefixMatch) => ({ type: "ReplacePrefixMatch", replacePrefixMatch }));

/** @param byPrefix the rule has the single prefix that a ReplacePrefixMatch replaces. */
const destination = (byPrefix: boolean) => ({
  hostname: fc.constantFrom("new.io", "acme.io"),
  path: byPrefix ? fc.oneof(prefixPath, prefixPath, fullPath) : fullPath,
});

const rewrite = (byPrefix: boolean) =>
  fc.record(destination(byPrefix), { requiredKeys: [] }).map((urlRewrite) => ({ type: "URLRewrite", urlRewrite }));
const redirect = (byPrefix: boolean) =>
  fc
    .record(
      {
        ...destination(byPrefix),
        scheme: fc.constantFrom("http", "https"),
        port: fc.constantFrom(80, 443, 8443),
        statusCode: fc.constantFrom(301, 302, 303, 307, 308),
      },
      { requiredKeys: ["statusCode"] },
    )
    .map((requestRedirect) => ({ type: "RequestRedirect", requestRedirect }));

/**
 * Generates a mirror. Mirrors of rules and of backends go to different backends, and only some mirrors of rules take a
 * share of the requests. So the certain number of copies at a backend is known for each request.
 */
const mirror = (backends: readonly string[], percents: readonly number[] = []) =>
  fc
    .record(
      {
        backendRef: fc.constantFrom(...backends).map((name) => ({ name, port: 80 })),
        percent: fc.constantFrom(100, ...percents),
      },
      { requiredKeys: ["backendRef"] },
    )
    .map((requestMirror) => ({ type: "RequestMirror", requestMirror }));
const ruleMirror = fc.oneof(mirror(["a", "h"]), mirror(["m"], [0, 50]));
const backendMirror = mirror(["n"]);

const cors = fc
  .record(
    {
      allowOrigins: fc.constantFrom(["*"], ["https://foo.com"], ["https://*.foo.com"]),
      allowMethods: fc.constantFrom(["*"], ["GET", "PUT"]),
      allowHeaders: fc.constantFrom(["*"], ["x-one"]),
      exposeHeaders: fc.constantFrom(["*"], ["x-two"]),
      allowCredentials: fc.boolean(),
      maxAge: fc.constantFrom(1, 600),
    },
    { requiredKeys: ["allowOrigins"] },
  )
  .map((given) => ({ type: "CORS", cors: given }));

const objects = [
  ["Mark", "soon"],
  ["Mark", "late"],
  ["Move", "soon"],
  ["Deny", "soon"],
];
const extension = fc
  .constantFrom(...objects, ...objects, ...objects, ["Mark", "missing"])
  .map(([kind, name]) => ({ type: "ExtensionRef", extensionRef: { group: "acme.io", kind, name } }));

/** Generates filters in any order, each type once; mirrors once for each backend, and custom filters each once. */
function list(...kinds: readonly fc.Arbitrary<RandomFilter>[]): fc.Arbitrary<RandomFilter[]> {
  const selector = ({ type, requestMirror, extensionRef }: RandomFilter) =>
    JSON.stringify([type, requestMirror?.backendRef.name, extensionRef]);
  return fc
    .uniqueArray(fc.oneof(...kinds), { maxLength: 4, selector })
    .filter((all) => !(has(all, "RequestRedirect") && has(all, "URLRewrite")));
}

function has(all: readonly RandomFilter[], type: string): boolean {
  return all.some((filter) => filter.type === type);
}

/** Filters of a rule that has backends. */
export const ruleFilters = (byPrefix: boolean): fc.Arbitrary<RandomFilter[]> =>
  list(requestModifier, responseModifier, ruleMirror, cors, rewrite(byPrefix), extension);

/** Filters of a rule that redirects. */
export const redirectFilters = (byPrefix: boolean): fc.Arbitrary<RandomFilter[]> =>
  fc
    .tuple(redirect(byPrefix), list(requestModifier, responseModifier, cors, extension), fc.nat(4))
    .map(([own, others, position]) => others.toSpliced(position, 0, own));

/** Filters of a backend. */
export const backendFilters = (byPrefix: boolean): fc.Arbitrary<RandomFilter[]> =>
  list(
    ...[requestModifier, responseModifier, backendMirror, cors, extension],
    ...[rewrite(byPrefix), rewrite(byPrefix), redirect(byPrefix)],
  );

/** Filters of a GRPCRoute and of its backends, which speak HTTP/2, as the backends of mirrors do. */
export const grpcRuleFilters: fc.Arbitrary<RandomFilter[]> = list(
  ...[requestModifier, responseModifier, mirror(["n"], [0, 50]), extension],
);
export const grpcBackendFilters: fc.Arbitrary<RandomFilter[]> = list(
  ...[requestModifier, responseModifier, mirror(["o"]), extension],
);
