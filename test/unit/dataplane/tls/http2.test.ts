import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { connect } from "node:tls";
import { HttpDataPlane } from "../../../../proxy/dataplane/proxy.ts";
import type { Backend } from "../harness/backend.ts";
import { snapshot } from "../harness/configuration.ts";
import { preface } from "../harness/frames.ts";
import { connectHttp2, request } from "../harness/http2.ts";
import { startBackend } from "../harness/setup.ts";
import { get, RawConnection } from "../harness/wire.ts";
import { keyPairFor } from "./key-pairs.ts";

const both = keyPairFor(["acme.io", "*.acme.io"]);

/** Starts two listeners on one port that share a certificate: acme.io and www.acme.io. */
async function start(context: TestContext): Promise<{ readonly backend: Backend; readonly port: number }> {
  const backend = await startBackend(context);
  const base = snapshot({ endpoints: { main: backend.port }, protocol: "HTTPS" });
  const [ir] = base.gateways;
  const [port] = ir?.ports ?? [];
  const [first] = port?.listeners ?? [];
  if (ir === undefined || port === undefined || first === undefined) throw new Error("no listener");
  const tls = { mode: "Terminate" as const, certificates: [{ namespace: "default", name: "both" }] };
  const listeners = ["acme.io", "www.acme.io"].map((hostname) => ({
    ...first,
    name: hostname,
    hostname,
    tls,
    hosts: first.hosts.map((host) => ({ ...host, hostname })),
  }));
  const proxy = new HttpDataPlane();
  context.after(() => proxy.close());
  const [bound] = await proxy.apply({
    ...base,
    gateways: [{ ...ir, ports: [{ ...port, listeners }] }],
    keyPairs: new Map([["default/both", both]]),
  });
  assert.equal(bound?.error, undefined);
  return { backend, port: bound?.localPort ?? 0 };
}

const client = { servername: "acme.io", rejectUnauthorized: false };

test("HTTP/2 is spoken to clients that agree on it in the handshake", async (context) => {
  const { backend, port } = await start(context);
  const session = await connectHttp2(context, port, client, "https");
  assert.equal(session.alpnProtocol, "h2");
  const answers = await Promise.all(Array.from({ length: 10 }, () => request(session, {}, "body")));
  assert.ok(answers.every(({ status, body }) => status === 200 && body === "ok"));
  assert.ok(backend.requests.every(({ headers }) => headers["x-forwarded-proto"] === "https"));
});

test("a connection that serves another listener's host as well is told so: 421", async (context) => {
  const { port } = await start(context);
  const session = await connectHttp2(context, port, client, "https");
  assert.equal((await request(session)).status, 200);
  assert.equal((await request(session, { ":authority": "www.acme.io" })).status, 421);
  assert.equal((await request(session, { ":authority": "nobody.io" })).status, 404);
  assert.equal((await request(session)).status, 200);
});

test("HTTP/1.1 is spoken to clients that agree on it, or on nothing; they get no HTTP/2 by its preface", async (context) => {
  const { port } = await start(context);
  for (const ALPNProtocols of [["http/1.1"], undefined]) {
    for (const first of [get("/"), preface]) {
      const socket = connect({ host: "127.0.0.1", port, ...client, ...(ALPNProtocols && { ALPNProtocols }) });
      await once(socket, "secureConnect");
      const wire = new RawConnection(socket);
      wire.send(first);
      assert.equal((await wire.message()).status, first === preface ? 505 : 200);
      wire.close();
    }
  }
});
