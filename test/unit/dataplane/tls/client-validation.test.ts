import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { ConnectionOptions } from "node:tls";
import { issueCertificate } from "../../../../proxy/control/issue-certificate.ts";
import { HttpDataPlane } from "../../../../proxy/dataplane/proxy.ts";
import type { KeyPair } from "../../../../proxy/dataplane/tls/key-pairs.ts";
import { ok } from "../harness/backend.ts";
import { gateway } from "../harness/configuration.ts";
import { startBackend } from "../harness/setup.ts";
import { eventually, get, parseMessage } from "../harness/wire.ts";
import { authority, keyPairFor } from "./key-pairs.ts";
import { dial, type ListenerOptions, sessionOf, tlsSnapshot } from "./setup.ts";

const pairs = { acme: keyPairFor(["acme.io"]) };
const trusted = authority("trusted");
const other = authority("other");
const stranger = authority("stranger");
const anchors = { trusted: trusted.certificates, both: trusted.certificates + other.certificates };

const client = (issuer: KeyPair, validity = {}) => issueCertificate({ commonName: "client", issuer, ...validity });
const good = client(trusted);
const between = issueCertificate({ commonName: "between", authority: true, issuer: trusted });
const chained = client(between);

async function start(
  t: TestContext,
  clients: NonNullable<ListenerOptions["clients"]>,
  trust: Readonly<Record<string, string>> = anchors,
) {
  const backend = await startBackend(t, () => ok());
  const proxy = new HttpDataPlane();
  t.after(() => proxy.close());
  const [bound] = await proxy.apply(tlsSnapshot([{ secrets: ["acme"], clients }], pairs, backend.port, trust));
  return { backend, proxy, port: bound?.localPort ?? 0 };
}

/** Returns the status of a request by a client with this certificate; undefined if it is refused. */
async function status(port: number, pair?: KeyPair, options: ConnectionOptions = {}): Promise<number | undefined> {
  const shown = pair === undefined ? {} : { cert: pair.certificates, key: pair.key };
  try {
    const { socket, wire } = await dial(port, "acme.io", { ...shown, ...options });
    wire.send(get("/", ["Connection: close"]));
    const answer = parseMessage(await wire.end());
    socket.destroy();
    return answer?.status;
  } catch {
    return undefined;
  }
}

for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
  test(`${maxVersion}: AllowValidOnly lets in whoever an authority that is named has signed for, and nobody else`, async (t) => {
    const { port, proxy, backend } = await start(t, { mode: "AllowValidOnly", anchors: ["trusted"] });
    const versions = { maxVersion };
    assert.equal(await status(port, good, versions), 200);
    assert.equal(
      await status(port, { ...chained, certificates: chained.certificates + between.certificates }, versions),
      200,
    );
    const served = backend.requests.length;
    const day = 86_400_000;
    const expired = client(trusted, { notBefore: Date.now() - 2 * day, notAfter: Date.now() - day });
    const early = client(trusted, { notBefore: Date.now() + day });
    for (const pair of [undefined, client(stranger), client(other), expired, early, pairs.acme, chained]) {
      assert.equal(await status(port, pair, versions), undefined);
    }
    assert.equal(backend.requests.length, served);
    await eventually(() => proxy.stats.handshakeErrors.clientCertificate === 7, "seven refusals");
    await eventually(() => proxy.stats.connections.active === 0, "no connection to be left");
  });

  test(`${maxVersion}: AllowInsecureFallback lets in everybody`, async (t) => {
    const { port } = await start(t, { mode: "AllowInsecureFallback", anchors: ["trusted"] });
    for (const pair of [good, undefined, client(stranger)]) assert.equal(await status(port, pair, { maxVersion }), 200);
  });
}

for (const keyType of ["ec", "rsa"] as const) {
  test(`an authority with the name of a trusted one is no authority, and AllowInsecureFallback does not mind: ${keyType}`, async (t) => {
    const named = () => issueCertificate({ commonName: "same", authority: true, keyType });
    const [real, namesake] = [named(), named()];
    const pair = issueCertificate({ commonName: "client", issuer: namesake, keyType });
    const chain = { ...pair, certificates: pair.certificates + real.certificates };
    const same = { same: real.certificates };
    const strict = await start(t, { mode: "AllowValidOnly", anchors: ["same"] }, same);
    const open = await start(t, { mode: "AllowInsecureFallback", anchors: ["same"] }, same);
    for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
      for (const shown of [pair, chain]) {
        assert.equal(await status(strict.port, shown, { maxVersion }), undefined);
        for (let i = 0; i < 5; i++) assert.equal(await status(open.port, shown, { maxVersion }), 200);
      }
    }
    await eventually(() => strict.proxy.stats.handshakeErrors.clientCertificate === 4, "four refusals");
    await eventually(() => open.proxy.stats.connections.active === 0, "no connection to be left");
  });
}

test("every certificate of every object counts", async (t) => {
  const { port } = await start(t, { mode: "AllowValidOnly", anchors: ["both"] });
  for (const issuer of [trusted, other]) assert.equal(await status(port, client(issuer)), 200);
});

test("a validated client resumes its session", async (t) => {
  const { port } = await start(t, { mode: "AllowValidOnly", anchors: ["trusted"] });
  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
    const options = { cert: good.certificates, key: good.key, maxVersion };
    const { socket, wire } = await dial(port, "acme.io", options);
    const session = await sessionOf(socket, wire);
    const again = await dial(port, "acme.io", { maxVersion, session });
    assert.equal(again.socket.isSessionReused(), true, maxVersion);
    again.wire.send(get("/"));
    assert.equal((await again.wire.message()).status, 200);
    again.socket.destroy();
  }
});

test("without any authority nobody is let in", async (t) => {
  for (const mode of ["AllowValidOnly", "AllowInsecureFallback"] as const) {
    const { port, proxy } = await start(t, { mode, anchors: ["missing"] });
    assert.equal(await status(port, good), undefined);
    assert.equal(proxy.stats.handshakeErrors.noCertificate, 1);
  }
});

test("an authority that is taken away counts no more in the next handshake; connections go on", async (t) => {
  const { port, proxy, backend } = await start(t, { mode: "AllowValidOnly", anchors: ["trusted"] });
  const { socket, wire } = await dial(port, "acme.io", { cert: good.certificates, key: good.key });
  t.after(() => socket.destroy());
  const clients = { mode: "AllowValidOnly", anchors: ["trusted"] } as const;
  const changed = { trusted: other.certificates };
  await proxy.apply({
    ...tlsSnapshot([{ secrets: ["acme"], clients }], pairs, backend.port, changed),
    sockets: [{ gateway, port: 80, host: "127.0.0.1", localPort: 0 }],
  });
  assert.equal(await status(port, good), undefined);
  assert.equal(await status(port, client(other)), 200);
  wire.send(get("/"));
  assert.equal((await wire.message()).status, 200);
});
