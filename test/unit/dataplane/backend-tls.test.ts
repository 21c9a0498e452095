import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createServer as createTlsServer, type PeerCertificate } from "node:tls";
import type { BackendTlsIR } from "../../../lib/routing/ir.ts";
import { issueCertificate } from "../../../proxy/control/issue-certificate.ts";
import { HttpDataPlane, type ProxyOptions } from "../../../proxy/dataplane/proxy.ts";
import type { Snapshot } from "../../../proxy/dataplane/routing/snapshot.ts";
import type { KeyPair } from "../../../proxy/dataplane/tls/key-pairs.ts";
import { identityFault } from "../../../proxy/dataplane/upstream/backend-tls.ts";
import { gateway, mirrorTo, type RuleOptions, snapshot } from "./harness/configuration.ts";
import { startBackend } from "./harness/setup.ts";
import { startTlsBackend } from "./harness/tls-backend.ts";
import { dial, eventually, exchange, get, type Message } from "./harness/wire.ts";
import { authority } from "./tls/key-pairs.ts";

const trusted = authority("trusted");
const other = authority("other");
const forStore = (issuer: KeyPair, names: readonly string[] = ["store.io"]) =>
  issueCertificate({ commonName: "store.io", names, issuer });
const good = forStore(trusted);
const source = { kind: "ConfigMap", namespace: "default", name: "authorities" } as const;
const own = issueCertificate({ commonName: "gateway", issuer: trusted });

interface Terms {
  readonly tls?: Partial<BackendTlsIR>;
  readonly anchors?: string | undefined;
  readonly rules?: readonly RuleOptions[];
  readonly keyPairs?: Readonly<Record<string, KeyPair>>;
  readonly others?: Readonly<Record<string, number>>;
}

/** Returns one backend, `main`, over TLS as store.io; `others` have the same settings. */
function secured(
  port: number,
  localPort: number,
  { tls, anchors, rules = [{}], keyPairs = {}, others }: Terms,
): Snapshot {
  const terms: BackendTlsIR = { hostname: "store.io", subjectAltNames: [], trust: [source], ...tls };
  const base = snapshot({ endpoints: { main: port, ...others }, rules, localPort, backend: { tls: terms } });
  const name = `${source.kind}/${source.namespace}/${source.name}`;
  return {
    ...base,
    keyPairs: new Map(Object.entries(keyPairs)),
    trustAnchors: new Map(anchors === undefined ? [] : [[name, anchors]]),
  };
}

async function start(t: TestContext, port: number, terms: Terms = {}, options: ProxyOptions = {}) {
  const proxy = new HttpDataPlane(options);
  t.after(() => proxy.close());
  const complete = { anchors: trusted.certificates, ...terms };
  const [bound] = await proxy.apply(secured(port, 0, complete));
  const localPort = bound?.localPort ?? 0;
  return {
    proxy,
    localPort,
    send: (text = get("/")): Promise<Message> => exchange(localPort, text),
    change: (next: Terms) => proxy.apply(secured(port, localPort, { ...complete, ...next })),
    get errors() {
      const errors = proxy.stats.gateways.get(`${gateway.namespace}/${gateway.name}`)?.backends.get("default/main:80");
      return errors?.errors;
    },
  };
}

/** Returns the reason in a response of the proxy itself. */
const reasonIn = (body: string): string | undefined => /^\d+ (\w+): /.exec(body)?.[1];

test("a backend is asked for by the policy's hostname, over HTTP/1.1, and its connection is kept", async (t) => {
  const backend = await startTlsBackend(t, good);
  const { send } = await start(t, backend.port);
  for (let i = 0; i < 3; i++) {
    const { status, body } = await send();
    assert.deepEqual([status, body], [200, "secured acme.io"]);
  }
  assert.equal(backend.connections.length, 1);
  const [{ serverName, protocol, shown } = {}] = backend.connections;
  assert.deepEqual([serverName, protocol, shown], ["store.io", "http/1.1", undefined]);
});

test("bodies of any size go both ways", async (t) => {
  const body = "x".repeat(300_000);
  const server = createTlsServer({ cert: good.certificates, key: good.key }, (socket) => {
    let seen = 0;
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      seen += chunk.toString("latin1").split("x").length - 1;
      if (seen >= body.length) socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const { send, proxy } = await start(t, port);
  const answer = await send(`POST / HTTP/1.1\r\nHost: test\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  assert.equal(answer.status, 200);
  assert.equal(answer.body.length, body.length);
  await proxy.close();
});

test("a client that reads slowly holds the backend up, and loses nothing", async (t) => {
  const length = 24 * 1024 * 1024;
  let written = 0;
  const server = createTlsServer({ cert: good.certificates, key: good.key }, (socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`);
      const piece = Buffer.alloc(64 * 1024, "y");
      const more = () => {
        while (written < length) {
          written += piece.length;
          if (!socket.write(piece)) return void socket.once("drain", more);
        }
      };
      more();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { localPort, proxy } = await start(t, (server.address() as { port: number }).port);
  const client = connect(localPort, "127.0.0.1");
  await once(client, "connect");
  client.write(get("/"));
  await eventually(() => written > 0, "the response to begin");
  let before = -1;
  while (before !== written) {
    before = written;
    await sleep(100);
  }
  assert.ok(written < length, "the backend waits");
  let read = 0;
  client.on("data", (chunk: Buffer) => {
    read += chunk.length;
  });
  await eventually(() => read > length, "all of it");
  client.destroy();
  await proxy.close();
});

for (const [what, pair, terms] of [
  ["of an authority that is not trusted", forStore(other), {}],
  ["that signs for itself", issueCertificate({ commonName: "store.io", names: ["store.io"] }), {}],
  ["for another name", forStore(trusted, ["other.io"]), {}],
  ["with the name as common name alone", forStore(trusted, []), {}],
  [
    "that has expired",
    issueCertificate({ commonName: "a", names: ["store.io"], issuer: trusted, notAfter: Date.now() - 1_000 }),
    {},
  ],
  ["of an authority that nobody trusts", good, { tls: { trust: "System" } }],
  ["without any of the alternatives", good, { tls: { subjectAltNames: [{ type: "Hostname", value: "api.io" }] } }],
] as const satisfies readonly (readonly [string, KeyPair, Terms])[]) {
  test(`a certificate ${what} is not accepted, and nothing is sent`, async (t) => {
    const backend = await startTlsBackend(t, pair);
    const proxy = await start(t, backend.port, terms);
    const { status, body } = await proxy.send();
    assert.deepEqual([status, reasonIn(body)], [502, "BackendCertificateInvalid"]);
    assert.deepEqual(backend.requests, []);
    assert.equal(proxy.errors?.certificate, 2, "another endpoint is looked for, once");
  });
}

test("with alternatives one of them has to be in the certificate, and the hostname is only asked for", async (t) => {
  const uri = "spiffe://acme.io/ns/store/sa/api, DNS:evil.io";
  const backend = await startTlsBackend(t, forStore(trusted, ["api.io", uri]));
  const proxy = await start(t, backend.port);
  const statusWith = async (...subjectAltNames: BackendTlsIR["subjectAltNames"][number][]) => {
    await proxy.change({ tls: { subjectAltNames } });
    return (await proxy.send()).status;
  };
  assert.equal(await statusWith(), 502);
  assert.equal(await statusWith({ type: "Hostname", value: "api.io" }), 200);
  assert.equal(await statusWith({ type: "Hostname", value: "evil.io" }), 502);
  assert.equal(await statusWith({ type: "URI", value: uri }), 200);
  assert.equal(await statusWith({ type: "URI", value: "spiffe://acme.io/ns/store/sa/api" }), 502);
  assert.equal(await statusWith({ type: "Hostname", value: "store.io" }, { type: "URI", value: uri }), 200);
  assert.ok(backend.connections.every(({ serverName }) => serverName === "store.io"));
});

test("alternative names are read value by value", () => {
  const certificate = (subjectaltname: string) => ({ subject: { CN: "a.io" }, subjectaltname }) as PeerCertificate;
  const fault = (names: string, type: "Hostname" | "URI", value: string) =>
    identityFault(certificate(names), { hostname: "a.io", subjectAltNames: [{ type, value }] });
  assert.equal(fault("DNS:b.io, URI:spiffe://x/y", "URI", "spiffe://x/y"), undefined);
  assert.equal(fault('URI:"spiffe://x/\\"y, z", DNS:b.io', "URI", 'spiffe://x/"y, z'), undefined);
  for (const names of [
    'DNS:"b.io, URI:spiffe://x/y"',
    'DNS:"b.io\\", URI:spiffe://x/y"',
    "email:URI:spiffe://x/y",
    'URI:"spiffe://x/y',
    "DNS:b.io,URI:spiffe://x/y",
    "URI:spiffe://x/y/",
    "",
  ]) {
    assert.ok(fault(names, "URI", "spiffe://x/y"), names);
  }
  assert.ok(identityFault(certificate(""), { hostname: "a.io", subjectAltNames: [] }), "no common name counts");
});

test("a backend that asks for a certificate is shown the Gateway's", async (t) => {
  const options = { ca: trusted.certificates, requestCert: true, rejectUnauthorized: false };
  const backend = await startTlsBackend(t, good, options);
  const clientCertificate = { namespace: "edge", name: "own" };
  const proxy = await start(t, backend.port);
  assert.equal((await proxy.send()).status, 200);
  await proxy.change({ tls: { clientCertificate }, keyPairs: { "edge/own": own } });
  assert.equal((await proxy.send()).status, 200);
  assert.deepEqual(
    backend.connections.map(({ shown }) => shown),
    [undefined, "gateway"],
  );
});

test("without what TLS needs nothing is sent, in clear text least of all", async (t) => {
  const backend = await startTlsBackend(t, good);
  const plain = await startBackend(t);
  const clientCertificate = { namespace: "edge", name: "missing" };
  for (const [port, terms] of [
    [backend.port, { anchors: undefined }],
    [plain.port, { anchors: undefined }],
    [backend.port, { tls: { clientCertificate } }],
  ] as const) {
    const { status, body } = await (await start(t, port, terms)).send();
    assert.deepEqual([status, reasonIn(body)], [502, "BackendNotSecured"]);
  }
  assert.deepEqual([backend.requests.length, plain.requests.length, plain.connections.length], [0, 0, 0]);
  // This backend does not speak TLS at all.
  const toPlain = await start(t, plain.port, {}, { limits: { connectTimeout: 300 } });
  assert.equal((await toPlain.send()).status, 503);
  assert.equal(plain.requests.length, 0);
});

test("a handshake that does not end is a connection that is not made in time", async (t) => {
  const silent = createServer((socket) => socket.on("error", () => {})).listen(0, "127.0.0.1");
  await once(silent, "listening");
  t.after(() => silent.close());
  const { port } = silent.address() as { port: number };
  const proxy = await start(t, port, {}, { limits: { connectTimeout: 200 } });
  const { status, body } = await proxy.send();
  assert.deepEqual([status, reasonIn(body)], [503, "BackendConnectTimeout"]);
  await proxy.proxy.close();
});

test("changed authorities and certificates count for new connections, and no request fails", async (t) => {
  const options = { ca: trusted.certificates, requestCert: true, rejectUnauthorized: false };
  const backend = await startTlsBackend(t, good, options);
  const proxy = await start(t, backend.port);
  backend.hold();
  const underWay = proxy.send(get("/slow"));
  await eventually(() => backend.requests.length === 1, "the request");
  await proxy.change({ anchors: trusted.certificates + other.certificates });
  backend.show(forStore(other));
  backend.letGo();
  assert.equal((await underWay).status, 200);
  for (let i = 0; i < 3; i++) assert.equal((await proxy.send()).status, 200);
  assert.equal(backend.connections.length, 2, "one for each state of the policy");
  await eventually(() => backend.connections[0]?.socket.destroyed === true, "the first to be closed");
  // Equal content is no change.
  await proxy.change({ anchors: trusted.certificates + other.certificates });
  assert.equal((await proxy.send()).status, 200);
  assert.equal(backend.connections.length, 2);
  await proxy.change({ anchors: trusted.certificates });
  assert.equal((await proxy.send()).status, 502, "an authority that is taken away counts no more");
  await proxy.change({ anchors: other.certificates });
  assert.equal((await proxy.send()).status, 200);
});

test("endpoints with certificates that are not accepted are left out after a while, as those that cannot be reached", async (t) => {
  const bad = await startTlsBackend(t, forStore(other));
  const fine = await startTlsBackend(t, good);
  const proxy = new HttpDataPlane({ ejection: { failures: 2, baseTime: 60_000 } });
  t.after(() => proxy.close());
  const base = secured(bad.port, 0, { anchors: trusted.certificates });
  const [key, [endpoint] = []] = [...base.endpoints][0] ?? ["", []];
  assert.ok(endpoint);
  const endpoints = new Map([[key, [endpoint, { ...endpoint, port: fine.port }]]]);
  const [bound] = await proxy.apply({ ...base, endpoints });
  for (let i = 0; i < 8; i++) assert.equal((await exchange(bound?.localPort ?? 0, get("/"))).status, 200);
  assert.equal(proxy.stats.gateways.get("edge/test")?.backends.get(key)?.ejected, 1);
});

test("mirrors go over TLS as well", async (t) => {
  const backend = await startTlsBackend(t, good);
  const copy = await startTlsBackend(t, good);
  const rules = [{ backends: { main: 1 }, filters: [mirrorTo("copy")] }];
  const proxy = await start(t, backend.port, { rules, others: { copy: copy.port } });
  assert.equal((await proxy.send(get("/copied"))).status, 200);
  await eventually(() => copy.requests.length === 1, "the copy");
  assert.deepEqual(copy.requests, ["GET /copied"]);
});

test("a connection that switches protocols is a tunnel within TLS", async (t) => {
  const server = createTlsServer({ cert: good.certificates, key: good.key }, (socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello ");
      socket.on("data", (chunk) => socket.write(chunk));
      socket.on("end", () => socket.end());
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const { localPort, proxy } = await start(t, port);
  const client = await dial(localPort);
  client.send(get("/", ["Connection: Upgrade", "Upgrade: websocket"]));
  await eventually(() => /\r\n\r\nhello $/.test(client.received), "the upgrade");
  client.send("there");
  await eventually(() => client.received.endsWith("hello there"), "the echo");
  client.close();
  await eventually(
    () => proxy.stats.gateways.get("edge/test")?.backends.get("default/main:80")?.tunnels.active === 0,
    "the end",
  );
});
