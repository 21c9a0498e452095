import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyPairParser, type KeyPairs } from "../../../../proxy/dataplane/tls/key-pairs.ts";
import type { TlsMaterial } from "../../../../proxy/dataplane/tls/listener-tls.ts";
import { PortTls } from "../../../../proxy/dataplane/tls/port-tls.ts";
import { TicketKeys } from "../../../../proxy/dataplane/tls/ticket-keys.ts";
import { keyPairFor } from "./key-pairs.ts";
import { type ListenerOptions, tlsSnapshot } from "./setup.ts";

const [acme, other] = [keyPairFor(["acme.io"]), keyPairFor(["other.io"])];
const shop: readonly ListenerOptions[] = [
  { hostname: "acme.io", secrets: ["acme"] },
  { hostname: "other.io", secrets: ["other"] },
];

test("a key pair is parsed once for as long as snapshots have its content, under whatever name", () => {
  const parser = new KeyPairParser();
  const first = parser.parse(new Map([["a/acme", acme]])).get("a/acme");
  assert.ok(first);
  const again = parser.parse(new Map([["b/copy", { ...acme }]])).get("b/copy");
  assert.equal(again, first);
  parser.parse(new Map());
  assert.notEqual(parser.parse(new Map([["a/acme", acme]])).get("a/acme"), first);
});

test("a key pair that is none is left out, and its content is not tried again", () => {
  const parser = new KeyPairParser();
  const mixed: KeyPairs = new Map([
    ["a/good", acme],
    ["a/mismatch", { certificates: acme.certificates, key: other.key }],
    ["a/junk", { certificates: "junk", key: "junk" }],
  ]);
  for (let i = 0; i < 2; i++) assert.deepEqual([...parser.parse(mixed).keys()], ["a/good"]);
});

test("what was made for handshakes stays while its listener is the same, whatever else changes", () => {
  let now = 0;
  const parser = new KeyPairParser();
  const ticketKeys = new TicketKeys(Buffer.alloc(32, 1), () => now);
  const port = (listeners: readonly ListenerOptions[], pairs: Parameters<typeof tlsSnapshot>[1], before?: PortTls) => {
    const { gateways, keyPairs = new Map(), trustAnchors = new Map() } = tlsSnapshot(listeners, pairs, 1);
    const material: TlsMaterial = { keyPairs: parser.parse(keyPairs), trustAnchors, ticketKeys };
    const ir = gateways[0]?.ports[0];
    assert.ok(ir);
    return new PortTls(ir, material, before);
  };
  const context = (tls: PortTls, name: string) => {
    const listener = tls.listener(name);
    assert.ok(typeof listener === "object");
    return listener.terms(name)?.context;
  };
  const before = port(shop, { acme, other });
  const [first, second] = [context(before, "acme.io"), context(before, "other.io")];
  assert.ok(first && second && first !== second);
  const after = port(shop, { acme, other: keyPairFor(["other.io"]) }, before);
  assert.equal(context(after, "acme.io"), first);
  assert.notEqual(context(after, "other.io"), second);
  const options = { minVersion: "TLSv1.3" } as const;
  const stricter = port([{ hostname: "acme.io", secrets: ["acme"], options }], { acme }, after);
  assert.notEqual(context(stricter, "acme.io"), first);
  now += 24 * 3_600_000;
  assert.notEqual(context(after, "acme.io"), first);
});
