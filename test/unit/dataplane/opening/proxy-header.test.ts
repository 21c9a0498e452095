import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readProxyHeader } from "../../../../proxy/dataplane/connection-preamble/proxy-header.ts";
import { binaryHeader, sameAddress, textHeader } from "./headers.ts";

const limit = 4096;
const read = (bytes: Buffer) => readProxyHeader(bytes, limit);

const ipv4 = fc.ipV4();
const ipv6 = fc.ipV6();
const port = fc.integer({ min: 0, max: 65_535 });
const tlvs = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));

const headers = fc.oneof(
  fc.tuple(ipv4, ipv4, port, port).map(([from, to, a, b]) => ({ from, bytes: textHeader("TCP4", from, to, a, b) })),
  fc.tuple(ipv6, ipv6, port, port).map(([from, to, a, b]) => ({ from, bytes: textHeader("TCP6", from, to, a, b) })),
  fc.tuple(fc.oneof(ipv4, ipv6), tlvs).map(([from, rest]) => ({ from, bytes: binaryHeader({ from, tlvs: rest }) })),
);

test("whatever the header and whatever comes behind it, its address and length are read, and no byte too early", () => {
  fc.assert(
    fc.property(headers, fc.uint8Array({ maxLength: 50 }), ({ from, bytes }, behind) => {
      for (let length = 0; length < bytes.length; length++) assert.equal(read(bytes.subarray(0, length)), "incomplete");
      const header = read(Buffer.concat([bytes, behind]));
      assert.ok(typeof header === "object");
      assert.equal(header.length, bytes.length);
      assert.ok(sameAddress(header.address ?? "", from), `${header.address} is ${from}`);
    }),
    { numRuns: 300 },
  );
});

test("what anybody sends is read without an exception, and never beyond the limit", () => {
  const beginnings = fc.constantFrom(
    "",
    "PROXY ",
    "PROXY TCP4 ",
    "PROXY UNKNOWN",
    "\r\n\r\n\0\r\nQUIT\n",
    "\r\n\r\n\0\r\nQUIT\n!\x11",
  );
  fc.assert(
    fc.property(beginnings, fc.uint8Array({ maxLength: 300 }), (start, rest) => {
      const header = readProxyHeader(Buffer.concat([Buffer.from(start, "latin1"), rest]), 128);
      if (typeof header === "object") assert.ok(header.length <= 128);
    }),
    { numRuns: 2_000 },
  );
});

test("one changed byte of a text header never yields an address that is none", () => {
  const header = textHeader("TCP4", "192.0.2.1", "198.51.100.1", 56_324, 443);
  fc.assert(
    fc.property(fc.nat(header.length - 3), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      const bytes = Buffer.from(header);
      bytes[at] = byte;
      const read = readProxyHeader(bytes, limit);
      if (typeof read === "object" && read.address !== undefined) assert.match(read.address, /^\d+\.\d+\.\d+\.\d+$/);
    }),
  );
});

for (const [what, bytes] of [
  ["an UNKNOWN connection", Buffer.from("PROXY UNKNOWN\r\n")],
  ["an UNKNOWN connection with addresses", Buffer.from("PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n")],
  ["a connection of the sender's own", binaryHeader({ command: 0 })],
  ["a connection of the sender's own, with addresses", binaryHeader({ command: 0, from: "192.0.2.1" })],
  ["an unspecified family", binaryHeader({ tlvs: Buffer.from([4, 0, 1, 0]) })],
  ["a UNIX socket", binaryHeader({ family: 0x31, addresses: Buffer.alloc(216) })],
] as const) {
  test(`${what} has no address`, () => {
    assert.deepEqual(read(Buffer.concat([bytes, Buffer.from("GET")])), { length: bytes.length });
  });
}

for (const [what, bytes] of [
  ["a request", Buffer.from("GET / HTTP/1.1\r\n")],
  ["a method that begins like it", Buffer.from("PROPFIND / HTTP/1.1\r\n")],
  ["another case", Buffer.from("proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n")],
  ["another family", Buffer.from("PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n")],
  ["an address of the other family", Buffer.from("PROXY TCP4 ::1 ::1 1 2\r\n")],
  ["a zone", Buffer.from("PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n")],
  ["a leading zero in an address", Buffer.from("PROXY TCP4 01.2.3.4 1.2.3.4 1 2\r\n")],
  ["a leading zero in a port", Buffer.from("PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n")],
  ["a port out of range", Buffer.from("PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n")],
  ["two blanks", Buffer.from("PROXY TCP4  1.2.3.4 1.2.3.4 1 2\r\n")],
  ["something behind the ports", Buffer.from("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n")],
  ["nothing but the word", Buffer.from("PROXY \r\n")],
  ["a bare line feed", Buffer.from("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\nGET / HTTP/1.1\r\n")],
  ["a line that does not end", Buffer.from(`PROXY UNKNOWN ${"x".repeat(107)}\r\n`)],
  ["version 3", binaryHeader({ version: 3, from: "192.0.2.1" })],
  ["an unknown command", binaryHeader({ command: 2, from: "192.0.2.1" })],
  ["datagrams", binaryHeader({ family: 0x12, addresses: Buffer.alloc(12) })],
  ["a family that there is not", binaryHeader({ family: 0x41, addresses: Buffer.alloc(12) })],
  ["too few bytes for its addresses", binaryHeader({ family: 0x21, addresses: Buffer.alloc(12) })],
  ["more bytes than the limit", binaryHeader({ from: "192.0.2.1", tlvs: Buffer.alloc(limit) })],
] as const) {
  test(`${what} is no header`, () => assert.equal(read(bytes), "invalid"));
}
