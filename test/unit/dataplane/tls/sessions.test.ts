import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { ConnectionOptions } from "node:tls";
import { HttpDataPlane, type ProxyOptions } from "../../../../proxy/dataplane/proxy.ts";
import { TicketKeys } from "../../../../proxy/dataplane/tls/ticket-keys.ts";
import { ok } from "../harness/backend.ts";
import { gateway } from "../harness/configuration.ts";
import { startBackend } from "../harness/setup.ts";
import { get } from "../harness/wire.ts";
import { authority, keyPairFor } from "./key-pairs.ts";
import { dial, type ListenerOptions, sessionOf, tlsSnapshot } from "./setup.ts";

const pairs = { acme: keyPairFor(["acme.io", "*.acme.io"]) };
const clientAuthority = authority();
const anchors = { clients: clientAuthority.certificates };
const shop: readonly ListenerOptions[] = [{ hostname: "acme.io", secrets: ["acme"] }];
const versions = ["TLSv1.2", "TLSv1.3"] as const;

async function start(t: TestContext, listeners: readonly ListenerOptions[], options: ProxyOptions = {}) {
  const backend = await startBackend(t, () => ok());
  const proxy = new HttpDataPlane(options);
  t.after(() => proxy.close());
  const [bound] = await proxy.apply(tlsSnapshot(listeners, pairs, backend.port, anchors));
  return { backend, proxy, port: bound?.localPort ?? 0 };
}

async function newSession(port: number, name: string, options: ConnectionOptions): Promise<Buffer> {
  const { socket, wire } = await dial(port, name, options);
  return sessionOf(socket, wire);
}

async function resumes(port: number, name: string, session: Buffer, options: ConnectionOptions): Promise<boolean> {
  const { socket } = await dial(port, name, { ...options, session });
  const reused = socket.isSessionReused();
  socket.destroy();
  return reused;
}

for (const version of versions) {
  const options = { minVersion: version, maxVersion: version };

  test(`${version}: a session is resumed, also after its certificate was renewed`, async (t) => {
    const { port, proxy, backend } = await start(t, shop);
    const session = await newSession(port, "acme.io", options);
    assert.equal(await resumes(port, "acme.io", session, options), true);
    const renewed = tlsSnapshot(shop, { acme: keyPairFor(["acme.io"]) }, backend.port);
    await proxy.apply({ ...renewed, sockets: [{ gateway, port: 80, host: "127.0.0.1", localPort: 0 }] });
    assert.equal(await resumes(port, "acme.io", session, options), true);
  });

  test(`${version}: proxies with one secret resume each other's sessions, others do not`, async (t) => {
    const ticketSecret = Buffer.alloc(32, 7);
    const first = await start(t, shop, { ticketSecret });
    const second = await start(t, shop, { ticketSecret });
    const stranger = await start(t, shop);
    const session = await newSession(first.port, "acme.io", options);
    assert.equal(await resumes(second.port, "acme.io", session, options), true);
    assert.equal(await resumes(stranger.port, "acme.io", session, options), false);
  });

  test(`${version}: a session does not get past the validation of clients that another listener asks for`, async (t) => {
    const strict = { mode: "AllowValidOnly", anchors: ["clients"] } as const;
    const lax = { mode: "AllowInsecureFallback", anchors: ["clients"] } as const;
    const { port } = await start(t, [
      { hostname: "acme.io", secrets: ["acme"] },
      { hostname: "lax.acme.io", secrets: ["acme"], clients: lax },
      { hostname: "strict.acme.io", secrets: ["acme"], clients: strict },
    ]);
    for (const name of ["acme.io", "lax.acme.io"]) {
      const session = await newSession(port, name, options);
      assert.equal(await resumes(port, name, session, options), true, name);
      const { socket, wire } = await dial(port, "strict.acme.io", { ...options, session }).catch(() => ({
        socket: undefined,
        wire: undefined,
      }));
      // TLS 1.3 clients learn of a refusal only after their own half of the handshake.
      wire?.send(get("/"));
      assert.equal(await (wire?.end() ?? ""), "");
      socket?.destroy();
    }
  });
}

test("a session ends with the validation that it was made under", async (t) => {
  const lax = { mode: "AllowInsecureFallback", anchors: ["clients"] } as const;
  const { port, proxy, backend } = await start(t, [{ secrets: ["acme"], clients: lax }]);
  const options = { maxVersion: "TLSv1.3" } as const;
  const session = await newSession(port, "acme.io", options);
  assert.equal(await resumes(port, "acme.io", session, options), true);
  const other = { clients: authority("another").certificates };
  const changed = tlsSnapshot([{ secrets: ["acme"], clients: lax }], pairs, backend.port, other);
  await proxy.apply({ ...changed, sockets: [{ gateway, port: 80, host: "127.0.0.1", localPort: 0 }] });
  assert.equal(await resumes(port, "acme.io", session, options), false);
});

test("keys of tickets change with time, alike for all that share the secret, and differ by purpose", () => {
  let now = 0;
  const secret = Buffer.alloc(32, 1);
  const [a, b] = [new TicketKeys(secret, () => now), new TicketKeys(secret, () => now)];
  const keyOf = (keys: TicketKeys, purpose: string) => keys.key(keys.epoch, purpose).toString("hex");
  const first = keyOf(a, "x");
  assert.equal(first.length, 96);
  assert.equal(keyOf(b, "x"), first);
  assert.notEqual(keyOf(a, "y"), first);
  now += 11 * 3_600_000;
  assert.equal(keyOf(a, "x"), first);
  now += 3_600_000;
  assert.notEqual(keyOf(a, "x"), first);
  assert.equal(keyOf(a, "x"), keyOf(b, "x"));
});

test("a secret that can be guessed is refused", () => {
  assert.throws(() => new HttpDataPlane({ ticketSecret: Buffer.alloc(16) }), /ticketSecret has 16 bytes; at least 32/);
});
