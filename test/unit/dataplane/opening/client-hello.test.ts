import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readClientHello } from "../../../../proxy/dataplane/connection-preamble/client-hello.ts";
import { clientHelloFor } from "../tls/setup.ts";

const limit = 16 * 1024;
const read = (bytes: Buffer) => readClientHello(bytes, limit);

const named = await clientHelloFor("www.Acme.io");
const unnamed = await clientHelloFor("");
const old = await clientHelloFor("www.acme.io", { maxVersion: "TLSv1.2", ALPNProtocols: ["http/1.1"] });

/** Splits the message into records of these lengths, and the rest into one more. */
function inRecords(hello: Buffer, lengths: readonly number[]): Buffer {
  let message = hello.subarray(5);
  const records: Buffer[] = [];
  for (const length of [...lengths, message.length]) {
    const payload = message.subarray(0, length);
    message = message.subarray(length);
    if (payload.length === 0) continue;
    records.push(Buffer.from([22, 3, 1, payload.length >> 8, payload.length & 0xff]), payload);
  }
  return Buffer.concat(records);
}

test("the server name is read in lower case, and none where there is none", () => {
  assert.deepEqual(read(named), { serverName: "www.acme.io" });
  assert.deepEqual(read(old), { serverName: "www.acme.io" });
  assert.deepEqual(read(unnamed), { serverName: "" });
});

test("a hello may come in any records, with anything behind it, and is read when it is whole", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(named, unnamed, old),
      fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 20 }),
      fc.uint8Array({ maxLength: 20 }),
      (hello, lengths, behind) => {
        const bytes = inRecords(hello, lengths);
        assert.deepEqual(read(Buffer.concat([bytes, behind])), read(hello));
        for (const part of [0, 1, 4, 5, 6, 8, 9, 10, bytes.length >> 1, bytes.length - 1]) {
          assert.equal(read(bytes.subarray(0, part)), "incomplete");
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("whatever comes, nothing throws, and what is too long is given up", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(named, unnamed, old),
      fc.array(fc.tuple(fc.nat(600), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 }),
      (hello, changes) => {
        const bytes = Buffer.from(hello);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        const result = read(bytes);
        if (typeof result === "object") assert.match(result.serverName, /^[\x21-\x7e]*$/);
      },
    ),
    { numRuns: 3_000 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void read(Buffer.from(bytes))));
  assert.equal(readClientHello(named, 64), "invalid");
  assert.equal(
    read(Buffer.concat([Buffer.from([22, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff]), Buffer.alloc(9)])),
    "invalid",
  );
  assert.equal(read(inRecords(named, new Array(40).fill(1))), "invalid");
});

test("a name that no host can have, two of them, or two lists of them, are refused", () => {
  const name = named.indexOf("www.Acme.io");
  const withName = (text: string) => {
    const bytes = Buffer.from(named);
    bytes.write(text, name, "latin1");
    return read(bytes);
  };
  assert.deepEqual(withName("www.acme-io"), { serverName: "www.acme-io" });
  assert.deepEqual(withName("www.acme.i."), { serverName: "www.acme.i" });
  for (const text of ["www.\0cme.io", "www acme.io", "www.\xe4cme.io"]) assert.equal(withName(text), "invalid");
  const otherType = Buffer.from(named);
  otherType[name - 3] = 1;
  assert.equal(read(otherType), "invalid");
});

test("what is not TLS is told at its first byte", () => {
  for (const text of ["G", "GET / HTTP/1.1\r\n\r\n", "\x80.\x01\x03\x01", "\x16\x02"]) {
    assert.equal(read(Buffer.from(text, "latin1")), "foreign", text);
  }
  assert.equal(read(Buffer.from([21, 3, 3, 0, 2, 2, 40])), "foreign");
  assert.equal(read(Buffer.from([22, 3, 1, 0, 4, 2, 0, 0, 0])), "invalid");
});
