import assert from "node:assert/strict";
import { Agent, get } from "node:http";
import { createServer } from "node:net";
import { type TestContext, test } from "node:test";
import type { SourceContent } from "../../../lib/api/load/sources.ts";
import { parseDocuments } from "../../../lib/api/parse/documents.ts";
import { ownProfile } from "../../../lib/routing/attach/controller-profile.ts";
import { type Applied, type EmbeddedOptions, EmbeddedProxy } from "../../../proxy/control/embedded.ts";
import { issueCertificate } from "../../../proxy/control/issue-certificate.ts";
import { ask } from "../cli/gatewright.ts";
import { startTlsBackend } from "../dataplane/harness/tls-backend.ts";
import { authority } from "../dataplane/tls/key-pairs.ts";

function sources(...backends: string[]): SourceContent[] {
  const text = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: g }
spec: { gatewayClassName: c, listeners: [{ name: http, protocol: HTTP, port: 80 }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r }
spec: { parentRefs: [{ name: g }], rules: [{ backendRefs: [${backends.map((name) => `{ name: ${name}, port: 80 }`).join(", ")}] }] }
`;
  return [{ name: "a.yaml", ...parseDocuments(text, "a.yaml"), texts: new Map([["a.yaml", text]]) }];
}

function embedded(t: TestContext, options: Partial<EmbeddedOptions> = {}): EmbeddedProxy {
  const proxy = new EmbeddedProxy({ channel: "standard", attach: { undeclared: "exists" }, ...options });
  t.after(() => proxy.close());
  return proxy;
}

async function answer(url: string): Promise<string | null> {
  return (await fetch(url)).headers.get("x-backend");
}

test("changes that come together are taken in one after the other, the newest last, those between not at all", async (t) => {
  const proxy = embedded(t);
  const applied = await Promise.all(["a", "b", "c", "d"].map((name) => proxy.apply(sources(name))));
  assert.equal(new Set(applied).size, 1, "all came before the first was begun");
  const first = proxy.apply(sources("e"));
  await Promise.resolve();
  const [second, third] = [proxy.apply(sources("f")), proxy.apply(sources("g"))];
  assert.notEqual(await first, await second);
  assert.equal(await second, await third);
  assert.equal(proxy.current, await third);
  const { sockets } = await third;
  assert.equal(await answer(`http://127.0.0.1:${sockets[0]?.localPort}/`), "default/g:80");
});

test("sockets are kept from one change to the next", async (t) => {
  const proxy = embedded(t);
  const [before, after] = [await proxy.apply(sources("a")), await proxy.apply(sources("b"))];
  assert.deepEqual(before.sockets, after.sockets);
});

test("an address that is taken moves on; one that was asked for is told, and tried again with the next change", async (t) => {
  const taken = createServer();
  await new Promise<void>((resolve) => {
    taken.listen(0, "127.0.0.1", resolve);
  });
  t.after(() => taken.close());
  const { port } = taken.address() as { port: number };
  const proxy = embedded(t, { listen: new Map([["default/g:80", { host: "127.0.0.1", port }]]) });
  const refused = await proxy.apply(sources("a"));
  assert.deepEqual(
    refused.findings.map(({ code, given, reason }) => ({ code, given, reason })),
    [{ code: "GW2202", given: `127.0.0.1:${port}`, reason: "PortUnavailable" }],
  );
  await new Promise((resolve) => taken.close(resolve));
  const bound = await proxy.apply(sources("b"));
  assert.deepEqual(bound.findings, []);
  assert.equal(await answer(`http://127.0.0.1:${port}/`), "default/b:80");
});

const ours = `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: c }
spec: { controllerName: gatewright.dev/gateway-controller }
`;

test("protocols that this proxy lacks are refused by the handshake, and left out under other classes", async (t) => {
  const proxy = embedded(t);
  const [content] = sources("a");
  const tcp = JSON.parse(
    JSON.stringify(content?.declared).replace('"protocol":"HTTP"', '"protocol":"TCP"'),
  ) as SourceContent["declared"];
  const source = { name: "a.yaml", declared: tcp, findings: [] };
  const refused = await proxy.apply([source, { name: "c.yaml", ...parseDocuments(ours, "c.yaml") }]);
  assert.ok(refused.findings.some(({ code, reason }) => code === "GW2201" && reason === "UnsupportedProtocol"));
  assert.deepEqual(refused.sockets, []);
  const { findings, sockets } = await proxy.apply([source]);
  assert.ok(
    findings.some(({ code, message }) => code === "GW2221" && message.endsWith(": not served: listener http (TCP).")),
  );
  assert.deepEqual(sockets, []);
});

test("what only another controller knows is replaced by something that can be tried, and said so", async (t) => {
  const text = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: g }
spec:
  gatewayClassName: other
  addresses: [{ type: acme.io/Pool, value: p }]
  listeners: [{ name: http, protocol: HTTP, port: 80 }, { name: https, protocol: HTTPS, port: 443 }, { name: mesh, protocol: HBONE, port: 15008 }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r }
spec:
  parentRefs: [{ name: g }]
  rules:
  - filters: [{ type: ExtensionRef, extensionRef: { group: acme.io, kind: RateLimit, name: few } }]
    backendRefs: [{ group: acme.io, kind: Bucket, name: b }, { group: acme.io, kind: Bucket, name: d, port: 8080 }]
`;
  const proxy = embedded(t);
  const content = { name: "a.yaml", ...parseDocuments(text, "a.yaml"), texts: new Map([["a.yaml", text]]) };
  const { findings, sockets } = await proxy.apply([content]);
  assert.deepEqual(
    findings.filter(({ severity }) => severity === "error"),
    [],
  );
  assert.deepEqual(
    sockets.map(({ port, error }) => [port, error]),
    [
      [80, undefined],
      [443, undefined],
    ],
  );
  const url = `http://127.0.0.1:${sockets[0]?.localPort}/`;
  const answers = [await answer(url), await answer(url)].sort();
  assert.deepEqual(answers, ["acme.io/Bucket default/b", "acme.io/Bucket default/d:8080"]);
  const [note] = findings.filter(({ code }) => code === "GW2221");
  for (const named of [
    "through acme.io/RateLimit default/few",
    "an echo answers for acme.io/Bucket default/b, acme.io/Bucket default/d:8080",
    "a self-signed certificate serves listener https",
    "not served: listener mesh (HBONE)",
  ])
    assert.ok(note?.message.includes(named), `${note?.message} names: ${named}`);
});

test("a process that serves every class itself refuses what it does not have", async (t) => {
  const proxy = embedded(t, { attach: { undeclared: "exists", profile: ownProfile } });
  const [content] = sources("a");
  const opaque = JSON.parse(
    JSON.stringify(content?.declared).replace('{"name":"a"', '{"group":"acme.io","kind":"Bucket","name":"a"'),
  ) as SourceContent["declared"];
  const { findings, sockets } = await proxy.apply([{ name: "a.yaml", declared: opaque, findings: [] }]);
  assert.ok(findings.some(({ code, severity }) => code === "GW2412" && severity === "error"));
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const url = `http://127.0.0.1:${sockets[0]?.localPort}/`;
    get(url, { agent: false }, (response) => resolve(response.resume().statusCode)).on("error", reject);
  });
  assert.equal(status, 500);
});

test("a backend that runs is spoken to as its policy says; the echo stands in without TLS, and says so", async (t) => {
  const trusted = authority();
  const pair = issueCertificate({ commonName: "a", names: ["a.io"], issuer: trusted });
  const text = `apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: { name: p }
spec:
  targetRefs: [{ group: "", kind: Service, name: a }]
  validation: { hostname: a.io, caCertificateRefs: [{ group: "", kind: ConfigMap, name: ca }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: ca }
data: { ca.crt: ${JSON.stringify(trusted.certificates)} }
`;
  const policy = { name: "p.yaml", ...parseDocuments(text, "p.yaml") };
  const notes = ({ findings }: Applied) => findings.filter(({ code }) => code === "GW2507").map(({ fix }) => fix);
  const echoed = embedded(t);
  const applied = await echoed.apply([...sources("a", "b"), policy]);
  assert.deepEqual(notes(applied), ["Give the backend an address: --backend default/a:80=HOST:PORT."]);
  const [{ localPort = 0 } = {}] = applied.sockets;
  assert.equal(await answer(`http://127.0.0.1:${localPort}/`), "default/a:80");
  const running = await startTlsBackend(t, pair);
  const backends = new Map([["default/a:80", { host: "localhost", port: running.port }]]);
  const secured = await embedded(t, { backends }).apply([...sources("a"), policy]);
  assert.deepEqual(notes(secured), []);
  const response = await fetch(`http://127.0.0.1:${secured.sockets[0]?.localPort}/`);
  assert.match(await response.text(), /^secured /);
  assert.equal(running.connections[0]?.serverName, "a.io");
});

const policyWithoutAuthority = `apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: { name: p }
spec:
  targetRefs: [{ group: "", kind: Service, name: a }]
  validation: { hostname: a.io, caCertificateRefs: [{ group: "", kind: ConfigMap, name: ca }] }
`;

test("a made-up CA stands in for one that no source declares, and a note says so; strict has none", async (t) => {
  const policy = { name: "p.yaml", ...parseDocuments(policyWithoutAuthority, "p.yaml") };
  const { findings, sockets } = await embedded(t).apply([...sources("a"), policy]);
  const notes = findings.filter(({ code }) => code === "GW2535");
  assert.deepEqual(
    notes.map(({ severity, object, message }) => [severity, object?.name, /ConfigMap default\/ca/.test(message)]),
    [["note", "p", true]],
  );
  assert.equal(
    (await ask(`http://127.0.0.1:${sockets[0]?.localPort}/`, { agent: new Agent() })).backend,
    "default/a:80",
  );
  const strict = await embedded(t, { attach: { undeclared: "missing" } }).apply([...sources("a"), policy]);
  assert.ok(strict.findings.some(({ code, severity }) => code === "GW2505" && severity === "error"));
  assert.ok(strict.findings.every(({ code }) => code !== "GW2535"));
});

test("a listener that validates clients by an undeclared CA is served, and lets nobody in", async (t) => {
  const text = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: g }
spec:
  gatewayClassName: c
  tls: { frontend: { default: { validation: { caCertificateRefs: [{ group: "", kind: ConfigMap, name: ca }] } } } }
  listeners: [{ name: https, protocol: HTTPS, port: 443, tls: { certificateRefs: [{ name: c }] } }]
`;
  const { findings, sockets } = await embedded(t, { localRedirects: true }).apply([
    { name: "g.yaml", ...parseDocuments(text, "g.yaml") },
  ]);
  assert.ok(findings.some(({ code, severity }) => code === "GW2235" && severity === "note"));
  assert.deepEqual(
    sockets.map(({ port, error }) => [port, error]),
    [[443, undefined]],
  );
});

test("redirects to the Gateway's own ports go to where they are bound, and a note says so; others stay", async (t) => {
  const redirect = (path: string, filter: string) =>
    `{ matches: [{ path: { value: ${path} } }], filters: [{ type: RequestRedirect, requestRedirect: { ${filter} } }] }`;
  const text = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: g }
spec:
  gatewayClassName: c
  listeners:
    - { name: http, protocol: HTTP, port: 80 }
    - { name: https, protocol: HTTPS, port: 443, hostname: "*.acme.io", tls: { certificateRefs: [{ name: c }] } }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r }
spec:
  parentRefs: [{ name: g, sectionName: http }]
  rules:
    - ${redirect("/scheme", "scheme: https")}
    - ${redirect("/port", "scheme: https, port: 443")}
    - ${redirect("/host", "scheme: https, hostname: a.acme.io")}
    - ${redirect("/elsewhere", "scheme: https, hostname: docs.example.com")}
    - ${redirect("/other-port", "scheme: https, port: 9443")}
`;
  const { findings, sockets } = await embedded(t, { localRedirects: true }).apply([
    { name: "g.yaml", ...parseDocuments(text, "g.yaml") },
  ]);
  const [http, https] = [80, 443].map((port) => sockets.find((socket) => socket.port === port)?.localPort);
  assert.ok(https !== undefined && https !== 443);
  // An agent of its own avoids connections that other tests have left, whose ports may be in use again.
  const agent = new Agent();
  const locations = [];
  for (const path of ["scheme", "port", "host", "elsewhere", "other-port"]) {
    locations.push((await ask(`http://127.0.0.1:${http}/${path}`, { host: "127.0.0.1", agent })).headers.location);
  }
  assert.deepEqual(locations, [
    `https://127.0.0.1:${https}/scheme`,
    `https://127.0.0.1:${https}/port`,
    `https://a.acme.io:${https}/host`,
    "https://docs.example.com/elsewhere",
    "https://127.0.0.1:9443/other-port",
  ]);
  const notes = findings.filter(({ code }) => code === "GW2435");
  assert.deepEqual(
    notes.map(({ severity, object, message }) => [severity, object?.name, message.includes(String(https))]),
    [["note", "r", true]],
  );
});
