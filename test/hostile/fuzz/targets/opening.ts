import assert from "node:assert/strict";
import { isIP } from "node:net";
import { readClientHello } from "../../../../proxy/dataplane/connection-preamble/client-hello.ts";
import { readProxyHeader } from "../../../../proxy/dataplane/connection-preamble/proxy-header.ts";
import { clientHelloFor } from "../../../unit/dataplane/tls/setup.ts";
import type { Random } from "../random.ts";
import { type FuzzTarget, kindOf, magnitude } from "../target.ts";

const limit = 8 * 1024;

/** Asserts that a reading is incomplete until its last byte, and does not change with the bytes after it. */
function checkPrefixes<T>(
  input: Buffer,
  random: Random,
  read: (bytes: Buffer) => T,
  isComplete: (reading: T) => boolean,
): void {
  const whole = read(input);
  let complete = false;
  const places = input.length < 64 ? input.length : 24;
  const cuts = Array.from({ length: places }, (_, i) => (input.length < 64 ? i : random.below(input.length)));
  for (const cut of cuts.sort((a, b) => a - b)) {
    const part = read(input.subarray(0, cut));
    if (complete) assert.deepEqual(part, whole, "a reading changes with what follows");
    else if (part !== "incomplete") {
      complete = true;
      assert.deepEqual(part, whole, `${cut} bytes read otherwise than all`);
    }
  }
  if (isComplete(whole)) assert.deepEqual(read(Buffer.concat([input, Buffer.from("more")])), whole);
}

export const clientHellos: FuzzTarget = {
  name: "client-hellos",
  holds: "a hello reads the same in any records and with anything behind it, and a name is visible ASCII",
  tokens: ["\x16\x03\x01", "\x16\x03\x03", "\x01\0", "\0\0", "\0\x10", "\xff\xff", "\0\0\0\x05\0\x03\0\0\0", "a.io"],
  seeds: async () => [
    await clientHelloFor("www.acme.io"),
    await clientHelloFor(""),
    await clientHelloFor("a.io", { maxVersion: "TLSv1.2", ALPNProtocols: ["h2", "http/1.1"] }),
  ],
  check: (input, random) => {
    const read = (bytes: Buffer) => readClientHello(bytes, limit);
    const whole = read(input);
    checkPrefixes(input, random, read, (reading) => typeof reading === "object");
    if (typeof whole !== "object") return kindOf(whole, magnitude(input.length));
    assert.match(whole.serverName, /^[\x21-\x7e]{0,255}$/);
    assert.equal(whole.serverName, whole.serverName.toLowerCase());
    assert.ok(
      whole.serverName === "" ||
        input
          .toString("latin1")
          .replace(/\x16\x03.../gs, "")
          .toLowerCase()
          .includes(whole.serverName),
    );
    return kindOf("hello", magnitude(whole.serverName.length), magnitude(input.length));
  },
};

export const proxyHeaders: FuzzTarget = {
  name: "proxy-headers",
  holds:
    "a PROXY header reads the same with anything behind it, has an IP address, and version 1 is what its text says",
  tokens: [
    ...[
      "PROXY ",
      "TCP4 ",
      "TCP6 ",
      "UNKNOWN",
      "\r\n",
      "192.0.2.1 ",
      "2001:db8::1 ",
      "::ffff:1.2.3.4 ",
      "65535",
      "fe80::1%eth0",
    ],
    ...[
      "\r\n\r\n\0\r\nQUIT\n",
      "\x21\x11\0\x0c",
      "\x21\x21\0\x24",
      "\x20\0\0\0",
      "\x21\x31\0\xd8",
      "\x03\0\x04\0\0\0\0",
    ],
  ],
  check: (input, random) => {
    const read = (bytes: Buffer) => readProxyHeader(bytes, limit);
    const whole = read(input);
    checkPrefixes(input, random, read, (reading) => typeof reading === "object");
    if (typeof whole !== "object") return kindOf(whole, magnitude(input.length));
    assert.ok(whole.length > 0 && whole.length <= input.length);
    assert.ok(whole.address === undefined || isIP(whole.address) !== 0, whole.address);
    if (input.toString("latin1", 0, 6) === "PROXY ") {
      const text = input.toString("latin1", 0, whole.length);
      const [, source] = /^PROXY TCP[46] (\S+) \S+ \d{1,5} \d{1,5}\r\n$/.exec(text) ?? [];
      assert.equal(whole.address, source);
      assert.ok(source !== undefined || /^PROXY UNKNOWN(?: .*)?\r\n$/s.test(text));
    } else {
      assert.equal(whole.length, 16 + input.readUInt16BE(14));
      if (isIP(whole.address ?? "") === 4) assert.equal(whole.address, [...input.subarray(16, 20)].join("."));
    }
    return kindOf(
      "header",
      whole.address === undefined ? "none" : String(isIP(whole.address)),
      input[0],
      magnitude(input.length),
    );
  },
};
