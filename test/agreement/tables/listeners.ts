import { type Case, type CaseTable, type Expected, gateway, prefix, route, rule } from "../case.ts";

const everything = (name: string) => rule(prefix("/"), name);

function answers(url: string, expect: Expected, more: Partial<Case> = {}): Case {
  return { what: `${url} ${more.request?.authority ?? ""}`, request: { url }, expect, ...more };
}

const to = (backend: string, listener: string): Expected => ({ backend: `default/${backend}:80`, listener });
const nobody: Expected = { status: 404, rule: "none" };
const refused: Expected = { status: 404, rule: "none", onWire: { handshake: "refused" } };

/** A request reaches the most specific listener for its host and no other, whatever its routes are. */
const isolation: CaseTable = {
  name: "listener isolation",
  configuration:
    gateway(`{ name: empty, protocol: HTTP, port: 80 }
      { name: wild, protocol: HTTP, port: 80, hostname: "*.acme.io" }
      { name: deep, protocol: HTTP, port: 80, hostname: "*.foo.acme.io" }
      { name: name, protocol: HTTP, port: 80, hostname: "abc.foo.acme.io" }`) +
    route("empty", [rule(prefix("/empty"), "empty")], "parentRefs: [{ name: g, sectionName: empty }]") +
    route("wild", [rule(prefix("/wild"), "wild")], "parentRefs: [{ name: g, sectionName: wild }]") +
    route("deep", [rule(prefix("/deep"), "deep")], "parentRefs: [{ name: g, sectionName: deep }]") +
    route("name", [rule(prefix("/name"), "name")], "parentRefs: [{ name: g, sectionName: name }]"),
  cases: [
    answers("http://bar.org/empty", to("empty", "empty")),
    answers("http://bar.org/wild", nobody),
    answers("http://acme.io/empty", to("empty", "empty")),
    answers("http://a.acme.io/wild", to("wild", "wild")),
    answers("http://a.acme.io/empty", nobody),
    answers("http://a.b.acme.io/wild", to("wild", "wild")),
    answers("http://x.foo.acme.io/deep", to("deep", "deep")),
    answers("http://x.foo.acme.io/wild", nobody),
    answers("http://abc.foo.acme.io/name", to("name", "name")),
    answers("http://abc.foo.acme.io/deep", nobody),
  ],
};

const hostnames: CaseTable = {
  name: "hostnames of listeners and routes",
  configuration:
    gateway(`{ name: io, protocol: HTTP, port: 80, hostname: "*.io" }
      { name: org, protocol: HTTP, port: 80, hostname: "very.acme.org" }`) +
    route("names", [everything("names")], 'hostnames: [acme.io, "*.shop.io"]') +
    route("all", [everything("all")], "parentRefs: [{ name: g, sectionName: org }]"),
  cases: [
    answers("http://acme.io/", to("names", "io")),
    answers("http://acme.io/", to("names", "io"), {
      what: "the case of a host says nothing",
      request: { url: "http://acme.io/", authority: "ACME.io" },
    }),
    answers("http://acme.io/", to("names", "io"), {
      what: "nor does a port",
      request: { url: "http://acme.io/", authority: "acme.io:8080" },
    }),
    answers("http://acme.io/", to("names", "io"), {
      what: "nor does a trailing dot",
      request: { url: "http://acme.io/", authority: "acme.io." },
    }),
    answers("http://a.shop.io/", to("names", "io")),
    answers("http://a.b.shop.io/", to("names", "io")),
    answers("http://shop.io/", nobody),
    answers("http://other.io/", nobody),
    answers("http://very.acme.org/", to("all", "org")),
    answers("http://acme.com/", nobody, { overTLS: refused }),
    answers("http://io/", nobody, { overTLS: refused }),
  ],
};

const ports: CaseTable = {
  name: "ports and sections of parentRefs",
  configuration:
    gateway(`{ name: first, protocol: HTTP, port: 80 }
      { name: second, protocol: HTTP, port: 8080 }
      { name: third, protocol: HTTP, port: 8080, hostname: acme.org }`) +
    route("both", [rule(prefix("/both"), "both")]) +
    route("by-port", [rule(prefix("/by-port"), "by-port")], "parentRefs: [{ name: g, port: 8080 }]") +
    route("by-name", [rule(prefix("/by-name"), "by-name")], "parentRefs: [{ name: g, sectionName: first }]") +
    route(
      "by-both",
      [rule(prefix("/by-both"), "by-both")],
      "parentRefs: [{ name: g, sectionName: third, port: 8080 }]",
    ),
  cases: [
    answers("http://acme.io/both", to("both", "first")),
    answers("http://acme.io:8080/both", to("both", "second")),
    answers("http://acme.org:8080/both", to("both", "third")),
    answers("http://acme.io/by-port", nobody),
    answers("http://acme.io:8080/by-port", to("by-port", "second")),
    answers("http://acme.io/by-name", to("by-name", "first")),
    answers("http://acme.io:8080/by-name", nobody),
    answers("http://acme.org:8080/by-both", to("by-both", "third")),
    answers("http://acme.io:8080/by-both", nobody),
  ],
};

const named: CaseTable = {
  name: "named rules, and rules that say nothing",
  configuration:
    gateway() +
    route("r", [
      `{ name: first, matches: [${prefix("/first")}], backendRefs: [{ name: a, port: 80 }] }`,
      `{ name: second, matches: [${prefix("/second")}], backendRefs: [{ name: b, port: 80 }] }`,
      "{ backendRefs: [{ name: c, port: 80 }] }",
    ]),
  cases: [
    answers("http://acme.io/first", { backend: "default/a:80", rule: "default/r#0" }),
    answers("http://acme.io/second", { backend: "default/b:80", rule: "default/r#1" }),
    answers("http://acme.io/third", { backend: "default/c:80", rule: "default/r#2" }),
  ],
};

export const listeners: readonly CaseTable[] = [isolation, hostnames, ports, named];
