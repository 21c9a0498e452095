import { type Case, type CaseTable, filtered, gateway, prefix, regex, route } from "../case.ts";

const redirect = (fields: string) => `{ type: RequestRedirect, requestRedirect: { ${fields} } }`;
const prefixTo = (value: string) => `path: { type: ReplacePrefixMatch, replacePrefixMatch: ${value} }`;
const fullTo = (value: string) => `path: { type: ReplaceFullPath, replaceFullPath: "${value}" }`;

const codes = [301, 302, 303, 307, 308];

/** The fields of a redirect by path: each part alone, with a path of its own. */
const parts = {
  "/scheme": "scheme: https",
  "/hostname": "hostname: new.io",
  "/port": "port: 8443",
  "/well-known": "scheme: https, port: 443",
  "/odd": "scheme: https, port: 80",
  "/to-http": "scheme: http",
  "/prefix": prefixTo("/to"),
  "/root": prefixTo("/"),
  "/slash": prefixTo("/to/"),
  "/full": fullTo("/one/place"),
  "/asked": fullTo("/one/place?own=query"),
  "/everything": `scheme: https, hostname: new.io, port: 8443, ${prefixTo("/to")}, statusCode: 308`,
};

const byCode = codes.map((code) => filtered(prefix(`/${code}`), "", redirect(`hostname: new.io, statusCode: ${code}`)));
const rules = [
  ...Object.entries(parts).map(([path, fields]) => filtered(prefix(path), "", redirect(fields))),
  filtered(regex("/re/.*"), "", redirect(fullTo("/re"))),
];

const at = (path: string) => Object.keys(parts).indexOf(`/${path.split(/[/?]/)[1]}`);

function goes(path: string, location: string, more: Partial<Case> & { readonly status?: number } = {}): Case {
  const { status = 302, ...rest } = more;
  return {
    what: `${path} goes to ${location}`,
    request: { url: `http://acme.io${path}` },
    expect: { status, location, rule: `default/r#${at(path)}` },
    ...rest,
  };
}

const listeners = `{ name: http, protocol: HTTP, port: 80 }
{ name: other, protocol: HTTP, port: 8080 }`;

export const redirects: readonly CaseTable[] = [
  {
    name: "codes of redirects",
    configuration: gateway() + route("r", byCode),
    cases: codes.map(
      (status, index): Case => ({
        what: `by ${status}, the method whatever it is`,
        request: { url: `http://acme.io/${status}/x?y=z`, method: "POST", body: "hello" },
        expect: { status, location: `http://new.io/${status}/x?y=z`, rule: `default/r#${index}` },
      }),
    ),
  },
  {
    name: "redirects",
    configuration: gateway(listeners) + route("r", rules),
    cases: [
      goes("/scheme/deep?x=1", "https://acme.io/scheme/deep?x=1"),
      goes("/hostname?x=1", "http://new.io/hostname?x=1"),
      goes("/port", "http://acme.io:8443/port"),
      goes("/well-known", "https://acme.io/well-known"),
      goes("/odd", "https://acme.io:80/odd"),
      goes("/to-http", "http://acme.io/to-http", { overTLS: { status: 302, location: "http://acme.io/to-http" } }),
      goes("/prefix/deep/er?x=1", "http://acme.io/to/deep/er?x=1"),
      goes("/prefix", "http://acme.io/to"),
      goes("/prefix/", "http://acme.io/to/"),
      goes("/root/deep", "http://acme.io/deep"),
      goes("/root", "http://acme.io/"),
      goes("/slash/deep", "http://acme.io/to/deep"),
      goes("/full/deep?x=1", "http://acme.io/one/place?x=1"),
      goes("/asked/deep?x=1", "http://acme.io/one/place?own=query"),
      goes("/everything/deep?x=1", "https://new.io:8443/to/deep?x=1", { status: 308 }),
      goes("/prefix/%7Ea/../b%2fc", "http://acme.io/to/b%2Fc"),
      {
        what: "by a regular expression",
        request: { url: "http://acme.io/re/x?q=1" },
        expect: { status: 302, location: "http://acme.io/re?q=1" },
      },
      {
        what: "the port of the listener is kept",
        request: { url: "http://acme.io:8080/hostname" },
        expect: { status: 302, location: "http://new.io:8080/hostname", listener: "other" },
      },
      {
        what: "a scheme brings its own port",
        request: { url: "http://acme.io:8080/scheme" },
        expect: { status: 302, location: "https://acme.io/scheme", listener: "other" },
      },
      {
        what: "an answer to HEAD",
        request: { url: "http://acme.io/hostname", method: "HEAD" },
        expect: { status: 302, location: "http://new.io/hostname" },
      },
    ],
  },
];
