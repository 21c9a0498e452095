import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { Workers } from "../../../../proxy/control/workers/workers.ts";
import { keyPairFor } from "../../dataplane/tls/key-pairs.ts";
import { dial, sessionOf, tlsSnapshot } from "../../dataplane/tls/setup.ts";
import { namedBackend } from "./harness.ts";

test("a session is resumed whichever of four threads it comes to, in every version of TLS", async (t) => {
  const backend = await namedBackend(t, "main");
  const workers = new Workers(4);
  t.after(() => workers.close());
  const [bound] = await workers.apply(
    tlsSnapshot([{ secrets: ["acme"] }], { acme: keyPairFor(["acme.io"]) }, backend.port),
  );
  const port = bound?.localPort ?? 0;
  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
    const { socket, wire } = await dial(port, "acme.io", { maxVersion });
    const session = await sessionOf(socket, wire);
    for (let i = 0; i < 24; i++) {
      const again = await dial(port, "acme.io", { maxVersion, session });
      assert.equal(again.socket.isSessionReused(), true, `${maxVersion}, connection ${i}`);
      again.socket.destroy();
      await once(again.socket, "close");
    }
  }
});

test("options that cannot be meant are errors before any thread starts", () => {
  assert.throws(() => new Workers(1, { proxyProtocol: { from: ["nowhere"] } }), /"nowhere" is no IP address/);
  assert.throws(() => new Workers(1, { ticketSecret: new Uint8Array(8) }), /ticketSecret has 8 bytes/);
});
