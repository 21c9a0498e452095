import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "../../../lib/analysis/traffic/simulate.ts";
import { simulate as simulated } from "../../../lib/testing/index.ts";
import { gateway, onlyGateway, route } from "./given.ts";

const a = "backendRefs: [{ name: a, port: 80 }]";
const both = (listeners: string) =>
  onlyGateway(
    listeners +
      route("acme", `[{ ${a} }]`, { hostnames: "acme.io" }) +
      route("echo", "[{ backendRefs: [{ name: echo, port: 80 }] }]", { hostnames: "127.0.0.1.example" }),
  );
const served = both(gateway({ name: "http" }));

test("a Host header decides the host, whatever the URL names", () => {
  for (const host of ["acme.io", "ACME.io", "acme.io:8080", "acme.io."]) {
    const answer = simulate(served, { url: "http://127.0.0.1.example/x", headers: { Host: host } });
    assert.equal(answer.route, "HTTPRoute app/acme", host);
    assert.equal(answer.request?.host, host, "the backend gets it as it was sent");
  }
  assert.equal(simulate(served, { url: "http://acme.io/", headers: { host: "other.io" } }).status, 404);
});

test("a path may be asked with a Host header", () => {
  assert.equal(simulate(served, { url: "/x?y=1", headers: { host: "acme.io" } }).request?.query, "y=1");
  assert.equal(simulate(served, { url: "/x" }).status, 400);
  assert.equal(simulate(served, { url: "/x", headers: { host: "" } }).status, 400);
  assert.equal(simulate(served, { url: "/x", headers: { host: ["acme.io", "acme.io"] } }).status, 400);
});

test("its port is that of the Host if the Gateway opens it, else 80, else the lowest", () => {
  const listener = (ports: readonly number[], headers: { host: string }) =>
    simulate(both(gateway(...ports.map((port) => ({ name: `p${port}`, port })))), { url: "/", headers }).listener;
  assert.equal(listener([80, 8080], { host: "acme.io:8080" }), "p8080");
  assert.equal(listener([80, 8080], { host: "acme.io:9" }), "p80");
  assert.equal(listener([8080, 9090], { host: "acme.io" }), "p8080");
});

test("over TLS the URL's host is the server name, and a host of another listener is misdirected", () => {
  const tls = (yaml: string) =>
    yaml.replaceAll("protocol: HTTP,", "protocol: HTTPS, tls: { certificateRefs: [{ name: c }] },");
  const gate = both(
    tls(gateway({ name: "acme", port: 443, hostname: "acme.io" }, { name: "b", port: 443, hostname: "b.io" })),
  );
  const at = (url: string, host: string) => simulate(gate, { url, headers: { host } });
  assert.equal(at("https://acme.io/", "acme.io:443").listener, "acme");
  assert.equal(at("https://b.io/", "acme.io").status, 421);
  assert.match(at("https://c.io/", "acme.io").reason ?? "", /server name c\.io, so the TLS handshake fails/);
  assert.match(at("https://127.0.0.1/", "acme.io").reason ?? "", /no server name/);
});

test("the same in unit tests, with an explanation", () => {
  const traffic = simulated(gateway({ name: "http" }) + route("acme", `[{ ${a} }]`, { hostnames: "acme.io" }));
  const headers = { Host: "acme.io" };
  assert.deepEqual(traffic.get("http://127.0.0.1/", { headers }).backends, { "app/a:80": 1 });
  assert.equal(traffic.explain("GET", "/", { headers }).winner?.route, "HTTPRoute app/acme");
});
